"""Whether a policy lets somebody do something to a resource, with all that takes it away.

A denial wins, and a permissions boundary has to allow it too:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from assay.scanner.facts.denials import Spared, denied
from assay.scanner.facts.statements import Statement, allowed_of, reach_bounded
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, any_of

from .arns import statement_reaches
from .holdings import Holding
from .whose import as_for, spares


class Target(NamedTuple):
    """Actions, and the ARNs that they are on: one by each of its names."""

    actions: frozenset[str]
    arns: list[str]


Met = Callable[[Statement], bool | Unknown]
"""Whether what is asked about meets the conditions of a statement."""


def allowed(
    view: View, holding: Holding, targets: list[Target], denials: list[Statement], met: Met | None = None
) -> Iterator[tuple[str, Value[bool]]]:
    """The actions that a statement of an identity allows on what is asked about, with whether it certainly does."""
    if not any(statement_reaches(holding.statement, arn) for target in targets for arn in target.arns if holding.actions & target.actions):
        return iter(())
    holds = (met or unbounded)(holding.statement)
    if holds is False:
        return iter(())
    mine = [one for denial in (*holding.denials, *denials) if (one := as_for(denial, holding.who)) is not None]
    doubt = holding.doubt or exists(view, holding) or (holds if isinstance(holds, Unknown) else None)
    return on(targets, holding.statement, holding.actions, mine, holding.boundary, doubt)


def on(
    targets: list[Target],
    statement: Statement,
    actions: frozenset[str],
    denials: list[Statement],
    boundary: list[Statement | Unknown] | None,
    doubt: Unknown | None,
) -> Iterator[tuple[str, Value[bool]]]:
    """Which actions a statement allows, less what is denied. `doubt`: why it may not."""
    for target in targets:
        wanted = sorted(actions & target.actions)
        reached = [statement_reaches(statement, arn) for arn in target.arns] if wanted else []
        certain = True in reached
        why = doubt or (None if certain else next((answer for answer in reached if isinstance(answer, Unknown)), None))
        for action in wanted if certain or (why and any(answer is not False for answer in reached)) else ():
            left = kept(action, target.arns, statement, denials, boundary)
            if left.data is not False:
                yield action, Value(why or left.data, statement.seen)


def exists(view: View, holding: Holding) -> Unknown | None:
    """Why it is not known whether an identity is there beside what is asked about."""
    return None if view.item.coexists(holding.item) else holding.item.template


def unbounded(statement: Statement) -> bool | Unknown:
    """Whether no condition of a statement is about what it is for; where one is, it is not known whether that is met."""
    bound = reach_bounded(statement)
    if bound.data is False:
        return True
    place = statement.seen[0] if statement.seen else None
    return bound.unknown or Unknown(
        "whether a condition of a statement is met by this store", "name the store in the statement, or leave it out", place
    )


_NOTHING = Spared(lambda _: None)
"""A denial counts where no condition of it is left."""


def kept(action: str, arns: list[str], allow: Statement, denials: list[Statement], boundary: Any) -> Value[bool]:
    """Whether no denial takes an action away, and the boundary of the identity allows it."""
    one = [msgspec.structs.replace(allow, actions=[action], not_action=False, resources=[arn], not_resource=False) for arn in arns]
    taken = any_of([denied(narrow, denials, _NOTHING) for narrow in one] or [Value(False)])
    if boundary is None:
        return taken.negate()
    inside = any_of([within(action, arns, entry) for entry in boundary] or [Value(False)])
    return Value(False) if inside.data is False or taken.data is True else Value(inside.unknown or taken.negate().data)


def left_by(allow: Statement, denials: list[Statement], targets: list[Target], actions: frozenset[str]) -> Iterator[list[Any]]:
    """The ARNs that denials leave of everybody whom a statement of a resource's policy allows some actions: for each that spares some."""
    wanted = [(action, target.arns) for target in targets for action in sorted(actions & target.actions)]
    for denial in denials:
        arns, others = spares(denial)
        if arns and wanted and all(kept(action, names, allow, [others], None).data is False for action, names in wanted):
            yield arns


def within(action: str, arns: list[str], entry: Statement | Unknown) -> Value[bool]:
    """Whether a statement of a permissions boundary leaves an action. Its conditions are taken to be met."""
    if isinstance(entry, Unknown) or entry.allows is False:
        return Value(entry if isinstance(entry, Unknown) else False)
    actions, more = allowed_of(entry, [action])
    reached = [statement_reaches(entry, arn) for arn in arns]
    if not actions:
        return Value(more or False)
    return any_of([Value(answer) for answer in reached])
