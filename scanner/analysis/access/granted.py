"""Whom policies of identities, and a resource's own policy, let do something to a resource of AWS.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from assay.scanner.facts.iam.entitlements import entitlements, statements_of
from assay.scanner.facts.messaging.kinds import Parties
from assay.scanner.facts.model import Identity
from assay.scanner.facts.policies import of_other_account
from assay.scanner.facts.spelling import Link
from assay.scanner.facts.statements import Statement, allowed_of, names_whole_account
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value

from .arns import Arns, spelled
from .decisions import Target, allowed, left_by, on
from .holdings import Holding, IdentityAt
from .meeting import Told, meets
from .organisation import NO_LIMITS, Limits, Organisation, caller_of
from .requests import Request
from .trusting import parties_of
from .whose import as_for, callers


class Granted(NamedTuple):
    """What one identity is let do by one statement."""

    who: Parties
    name: Value[Any]
    workload: Value[bool]
    """Code runs as it."""
    item: Item | None
    """The identity, where it is of the input."""
    given: list[tuple[str, Value[bool]]]
    """Actions, each with whether it certainly may."""

    @property
    def key(self) -> str:
        """Whom it is, so that one is told once."""
        return self.item.address if self.item is not None else str(self.name.data)


class Own(NamedTuple):
    """A resource's own policy."""

    written: list[Statement | Unknown]
    alone: bool
    """It is for this resource, whatever it names: a secret, a queue; not for parts of it, as objects of a bucket are."""

    def spelled(self, statement: Statement, arns: Arns) -> Statement:
        """A statement with its resources in the form of arns.py."""
        if self.alone and not statement.not_resource:
            return msgspec.structs.replace(statement, resources=["*"])
        return spelled(statement, arns)

    def denials(self, arns: Arns) -> list[Statement]:
        """What it denies."""
        return [self.spelled(entry, arns) for entry in self.written if isinstance(entry, Statement) and entry.allows is not True]

    @property
    def unread(self) -> list[Unknown]:
        """What of it is not read, and may deny anything."""
        return [entry for entry in self.written if isinstance(entry, Unknown)]


class Asking(NamedTuple):
    """What is asked of one resource."""

    view: View
    types: tuple[IdentityAt, ...]
    arns: Arns
    targets: list[Target]
    told: Told | None
    """What conditions find of it; None where a condition on resources is not told."""
    organisation: Organisation
    regions: tuple[str | None, ...]

    @property
    def actions(self) -> frozenset[str]:
        """All that is asked for."""
        return frozenset().union(*(target.actions for target in self.targets))


def of_identities(asked: Asking, holdings: Iterable[Holding], denials: list[Statement]) -> Iterator[Granted]:
    """By the policies of identities of the account. `denials`: of the resource's own policy."""
    for holding in holdings:
        if asked.view.item.same_account(holding.item) is False:
            continue
        if given := list(allowed(asked.view, holding, asked.targets, denials, asked.told)):
            yield Granted(Parties(holding.who), holding.name, holding.workload, holding.item, given)


def of_policy(asked: Asking, own: Own) -> Iterator[Granted]:
    """By the resource's own policy. The account as a whole is let nothing by it that the policies of its identities do not let it."""
    denials = own.denials(asked.arns)
    for entry in own.written:
        if isinstance(entry, Unknown) or entry.allows is False:
            continue
        met = True if asked.told is None else meets(entry, asked.told)
        actions, more = allowed_of(entry, asked.actions)
        if met is False or not (actions or more):
            continue
        doubts = (met, more if not actions or entry.not_action else None, entry.allows)
        doubt = next((why for why in doubts if isinstance(why, Unknown)), None)
        for kind, who in callers(entry, left_by(entry, denials, asked.targets, actions)):
            of_whole = kind == "AWS" and names_whole_account(who)
            if of_whole and of_other_account(kind, who, asked.view.account, entry).data is False:
                continue
            yield from _to(asked, own.spelled(entry, asked.arns), actions or asked.actions, kind, who, denials, doubt)


def _to(
    asked: Asking, entry: Statement, actions: frozenset[str], kind: str, who: Any, denials: list[Statement], doubt: Unknown | None
) -> Iterator[Granted]:
    """What a statement gives to one of its principals."""
    view = asked.view
    everyone = kind == "*" or entry.not_principal
    parties = parties_of(view, others_of(asked.types), kind, who, entry)
    named = parties.principal if isinstance(parties.principal, Identity) and not everyone else None
    item = view.items.at(named.address) if named else None
    mine = [one for denial in denials if (one := as_for(denial, named) if named else denial) is not None]
    above, own = _limits(asked, kind, who, named if item else None), of_itself(asked.view, asked.types, asked.arns, item)
    taking = [*mine, *above.denials, *own.denials]
    if given := list(on(asked.targets, entry, actions, taking, [*above.bounds, *own.bounds], doubt)):
        called = "anyone" if everyone else named.name if named and item else describe(who)
        yield Granted(parties, Value(called, entry.seen), Value(True, entry.seen), item, given)


def others_of(types: tuple[IdentityAt, ...]) -> Link:
    """Whom principals of policies may name."""
    return next((one.others for one in types if one.others is not None), None) or Link("", ())


def _limits(asked: Asking, kind: str, who: Any, named: Identity | None) -> Limits:
    """What policies of the organisation take from a principal."""
    request = Request(named, asked.told or Told({}, regions=asked.regions), asked.regions, service=kind == "Service")
    caller = caller_of(asked.view, who, named) if kind == "AWS" else None
    return asked.organisation.limits(request, caller, asked.view.item)


def of_itself(view: View, types: tuple[IdentityAt, ...], arns: Arns, item: Item | None) -> Limits:
    """What the policies of a principal deny it, and what bounds it: a role is bound by its boundary, whoever names it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic
    """
    at = next((one for one in types if item is not None and one.type == item.type), None)
    if item is None or at is None:
        return NO_LIMITS
    has = entitlements(View(item, view.items, view.declared, at.permissions.names), at.permissions)
    denials = [spelled(denial, arns) for denial in has.denials]
    if has.boundary is None or not at.trust:
        return Limits(denials, [])
    bound = [spelled(entry, arns) if isinstance(entry, Statement) else entry for entry in statements_of(has.boundary[1])]
    return Limits(denials, [bound])
