"""Whether a policy lets somebody do something to a resource, with all that takes it away.

A denial wins, one of an organisation too, and a permissions boundary has to allow it as well:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from assay.scanner.facts.denials import Spared, denied
from assay.scanner.facts.statements import Statement, allowed_of, reach_bounded
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

from .arns import reaches_named
from .holdings import Holding
from .meeting import Told, meets, narrowed
from .requests import Request
from .whose import as_for, spares


class Target(NamedTuple):
    """Actions, and the ARNs that they are on: one by each of its names."""

    actions: frozenset[str]
    arns: list[str]


def allowed(
    view: View, holding: Holding, targets: list[Target], denials: list[Statement], told: Told | None = None
) -> Iterator[tuple[str, Value[bool]]]:
    """The actions that a statement of an identity allows on what is asked about, with whether it certainly does.

    `told`: of that, what conditions find; where none is given, a statement with a condition on resources is not told.
    """
    if not any(reaches_named(holding.statement, target.arns) for target in targets if holding.actions & target.actions):
        return iter(())
    holds = unbounded(holding.statement) if told is None else meets(holding.statement, told)
    if holds is False:
        return iter(())
    about = told or Told({})
    mine = [one for denial in (*holding.denials, *denials) if (one := as_for(denial, holding.who)) is not None]
    mine = [one for denial in mine if (one := narrowed(denial, about)) is not None]
    doubt = holding.doubt or exists(view, holding) or (holds if isinstance(holds, Unknown) else None)
    bounds = [] if holding.boundary is None else [applicable(holding.boundary, about)]
    if holding.organisation.has_policies:
        asked = told or Told({}, regions=region_of(view))
        limits = holding.organisation.limits(Request(holding.who, asked, asked.regions), holding.item, view.item)
        mine, bounds = [*mine, *limits.denials], [*bounds, *limits.bounds]
    return on(targets, holding.statement, holding.actions, mine, bounds, doubt)


def applicable(bound: list[Statement | Unknown], told: Told) -> list[Statement | Unknown]:
    """The statements of a bound whose conditions may hold."""
    return [one for entry in bound if (one := narrowed(entry, told) if isinstance(entry, Statement) else entry) is not None]


def on(
    targets: list[Target],
    statement: Statement,
    actions: frozenset[str],
    denials: list[Statement],
    bounds: list[list[Statement | Unknown]],
    doubt: Unknown | None,
) -> Iterator[tuple[str, Value[bool]]]:
    """Which actions a statement allows, less what is denied. `bounds`: what has to allow them too. `doubt`: why it may not."""
    for target in targets:
        wanted = sorted(actions & target.actions)
        reached = reaches_named(statement, target.arns) if wanted else False
        why = doubt or (reached if isinstance(reached, Unknown) else None)
        for action in wanted if reached is not False else ():
            left = kept(action, target.arns, statement, denials, bounds)
            if left.data is not False:
                yield action, Value(why or left.data, statement.seen)


def region_of(view: View) -> tuple[str | None, ...]:
    """The region that something is in."""
    region = view.item.region.data
    return (region if isinstance(region, str) else None,)


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


def kept(
    action: str, arns: list[str], allow: Statement, denials: list[Statement], bounds: Iterable[list[Statement | Unknown]] = ()
) -> Value[bool]:
    """Whether no denial takes an action away, and each of some bounds, as the boundary of an identity, allows it."""
    one = [msgspec.structs.replace(allow, actions=[action], not_action=False, resources=[arn], not_resource=False) for arn in arns]
    plain = [denial for denial in denials if not denial.not_resource]
    taken = any_of([denied(narrow, plain, _NOTHING) for narrow in one] or [Value(False)])
    for denial in denials if one else ():  # what one spares by any of its names, it spares
        if denial.not_resource and taken.data is not True:
            taken = any_of([taken, all_of([denied(narrow, [denial], _NOTHING) for narrow in one])])
    inside = [any_of([within(action, arns, entry) for entry in bound] or [Value(False)]) for bound in bounds]
    return all_of([taken.negate(), *inside])


def left_by(allow: Statement, denials: list[Statement], targets: list[Target], actions: frozenset[str]) -> Iterator[list[Any]]:
    """The ARNs that denials leave of everybody whom a statement of a resource's policy allows some actions: for each that spares some."""
    wanted = [(action, target.arns) for target in targets for action in sorted(actions & target.actions)]
    for denial in denials:
        arns, others = spares(denial)
        if arns and wanted and all(kept(action, names, allow, [others]).data is False for action, names in wanted):
            yield arns


def within(action: str, arns: list[str], entry: Statement | Unknown) -> Value[bool]:
    """Whether a statement of a bound leaves an action. Conditions that are left in it are taken to be met."""
    if isinstance(entry, Unknown) or entry.allows is False:
        return Value(entry if isinstance(entry, Unknown) else False)
    actions, more = allowed_of(entry, [action])
    if not actions:
        return Value(more or False)
    return all_of([Value(entry.allows), Value(reaches_named(entry, arns))])
