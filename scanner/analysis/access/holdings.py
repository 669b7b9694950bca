"""What the identities of an account are allowed, by all their policies. Put together once for a collection.

A denial wins, and a permissions boundary has to allow it too:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from assay.scanner.facts.iam.aws import service_linked
from assay.scanner.facts.iam.entitlements import PermissionsAt, Source, entitlements, statements_of
from assay.scanner.facts.model import Identity, identity
from assay.scanner.facts.spelling import Another, Companion, Link, Place
from assay.scanner.facts.statements import Statement, allowed_of, names_whole_account, statements
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Unknown, describe
from assay.scanner.sources.values import Value, any_of

from .arns import Arns, key_of, spelled
from .managed import in_full
from .organisation import Organisation

_ON_THEIR_OWN = ("s3.amazonaws.com", "batchoperations.s3.amazonaws.com", "backup.amazonaws.com")
"""They take on roles to do what they offer, and run nobody's code."""
_PEOPLE = (":user/", ":saml-provider/", "AWSReservedSSO_")
_OF_CODE = ("oidc.eks.", "cognito-identity.amazonaws.com")
"""Identity providers of what runs in a cluster, and of whoever uses an application."""


class IdentityAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells what identities of a type may do, and who may become one."""

    type: str
    permissions: PermissionsAt
    trust: Place = ""
    """The trust policy of a role."""
    others: Link | None = None
    """The types of those whom a trust policy may name."""


class Holding(NamedTuple):
    """A statement of a policy of an identity that allows something that is asked about."""

    item: Item
    who: Identity
    name: Value[Any]
    workload: Value[bool]
    statement: Statement
    """With its resources in the form of arns.py, as in what follows."""
    actions: frozenset[str]
    denials: list[Statement]
    boundary: list[Statement | Unknown] | None
    doubt: Unknown | None
    """Why it may not have the policy."""
    organisation: Organisation


def identities(spellings: Mapping[str, PermissionsAt], role: str, trust: str, *others: str) -> Another:
    """Identities of some types, of which one is that of roles, with the place of its trust policy. `others`: whom that may name."""
    link = Link("", others or tuple(spellings))
    return Another(
        tuple(
            IdentityAt(type=type_, permissions=at, trust=trust, others=link) if type_ == role else IdentityAt(type=type_, permissions=at)
            for type_, at in spellings.items()
        )
    )


class Holdings:
    """All of a collection, by what they are for."""

    def __init__(self, entries: list[Holding], doubts: list[tuple[Item, Unknown]]) -> None:
        self.doubts = doubts
        """Why there may be more: of what identities have, and of identities."""
        self._by_action: dict[str, list[Holding]] = {}
        self._by_item: dict[str, list[Holding]] = {}
        self._by_key: dict[tuple[tuple[str, str] | None, str], list[tuple[int, Holding]]] = {}
        for number, holding in enumerate(entries):
            patterns = holding.statement.resources
            keys = {None} if holding.statement.not_resource else {key_of(pattern) for pattern in patterns}
            for action in holding.actions:
                for key in {None} if None in keys else keys:
                    self._by_key.setdefault((key, action), []).append((number, holding))
                self._by_action.setdefault(action, []).append(holding)
            self._by_item.setdefault(holding.item.address, []).append(holding)

    def of(self, arns: Iterable[str], actions: Iterable[str]) -> list[Holding]:
        """Those that may be for one of some actions on one of some ARNs, in their order."""
        keys = dict.fromkeys(map(key_of, arns))
        wanted = list(actions)
        if None in keys:
            return self.with_any(frozenset(wanted))  # what is not known of a name may be what a policy says
        keys[None] = None
        by_number = dict(entry for key in keys for action in wanted for entry in self._by_key.get((key, action), ()))
        return [by_number[number] for number in sorted(by_number)]

    def of_item(self, item: Item, actions: frozenset[str]) -> list[Holding]:
        """Those of an identity that allow one of some actions."""
        return [holding for holding in self._by_item.get(item.address, ()) if holding.actions & actions]

    def with_any(self, actions: frozenset[str]) -> list[Holding]:
        """Those that allow one of some actions, whatever it is on."""
        return list({id(holding): holding for action in sorted(actions) for holding in self._by_action.get(action, ())}.values())


def holdings(
    view: View, types: Iterable[IdentityAt], arns: Arns, wanted: frozenset[str], organisation: Organisation, *, any_action: bool = False
) -> Holdings:
    """What all identities of a collection are allowed of some actions, in lower case.

    `any_action`: they may be others than those that scans ask about, so that AWS-managed policies are read in full.
    """
    entries: list[Holding] = []
    doubts: list[tuple[Item, Unknown]] = []
    for at in types:
        for item in view.items.of(at.type):
            if isinstance(item, Unlisted):
                doubts.append((item, item.why))
            else:
                one = View(item, view.items, view.declared, at.permissions.names)
                more = _of_identity(one, at, arns, wanted, organisation, entries, any_action)
                doubts += [(item, why) for why in more]
        entries += _orphans(view, at, arns, wanted, organisation)
    return Holdings(entries, doubts)


def _of_identity(
    view: View,
    at: IdentityAt,
    arns: Arns,
    wanted: frozenset[str],
    organisation: Organisation,
    entries: list[Holding],
    any_action: bool,
) -> list[Unknown]:
    """Adds what an identity is allowed, and gives why it may be more. A role that AWS made for a service of its own is left out."""
    if service_linked(view[at.permissions.path]).data is True:
        return []
    has = in_full(entitlements(view, at.permissions)) if any_action else entitlements(view, at.permissions)
    own = [(source, entry) for source in has.sources for entry in source.written]
    never = _denied_everywhere(has.denials, wanted)
    telling = [(source, entry, _asked(entry, wanted) - never) for source, entry in own]
    doubts = [*has.doubts, *(entry for _, entry in own if isinstance(entry, Unknown))]
    if not any(actions for _, _, actions in telling):
        return doubts
    name = view.called(at.permissions.name)
    denials = [spelled(denial, arns) for denial in has.denials]
    bounds = None if has.boundary is None else [_spelled(entry, arns) for entry in statements_of(has.boundary[1])]
    workload = _workload(view, at)
    for source, entry, actions in telling:
        if actions and isinstance(entry, Statement):
            who = identity(view.item, name)
            doubt = _doubt(source, entry, wanted)
            entries.append(Holding(view.item, who, name, workload, spelled(entry, arns), actions, denials, bounds, doubt, organisation))
    return doubts


def _denied_everywhere(denials: list[Statement], wanted: frozenset[str]) -> frozenset[str]:
    """Actions that denials take whatever they are on, and whoever asks from wherever."""
    actions: set[str] = set()
    for denial in denials:
        everything = "*" in denial.resources and not denial.not_resource
        if denial.allows is False and everything and denial.conditions == [] and not denial.principals:
            listed, more = allowed_of(denial, wanted)
            actions |= listed if not (denial.not_action and more) else set()
    return frozenset(actions)


def _spelled(entry: Statement | Unknown, arns: Arns) -> Statement | Unknown:
    return spelled(entry, arns) if isinstance(entry, Statement) else entry


def _asked(entry: Statement | Unknown, wanted: frozenset[str]) -> frozenset[str]:
    """The actions that a statement allows of some; an effect or an action that is not known may be any of these."""
    if isinstance(entry, Unknown) or entry.allows is False:
        return frozenset()
    actions, more = allowed_of(entry, wanted)
    return actions or (wanted if more else frozenset())


def _doubt(source: Source, entry: Statement, wanted: frozenset[str]) -> Unknown | None:
    if source.part.doubt is not None:
        return source.part.doubt
    if isinstance(entry.allows, Unknown):
        return entry.allows
    known, more = allowed_of(entry, wanted)
    return more if not known or entry.not_action else None


def _orphans(view: View, at: IdentityAt, arns: Arns, wanted: frozenset[str], organisation: Organisation) -> Iterator[Holding]:
    """Policies of identities that are declared elsewhere."""
    for place, told in at.permissions.policies:
        if not isinstance(place, Companion) or isinstance(told, Link):
            continue
        for item, target, owner in view.items.orphans(place, (at.type,), at.permissions.names):
            part = View(item, view.items, view.declared)
            written = statements(told(part)) if owner is None else []
            denials = [spelled(entry, arns) for entry in written if isinstance(entry, Statement) and entry.allows is not True]
            for entry in written:
                actions = _asked(entry, wanted)
                if actions and isinstance(entry, Statement):
                    name = part.says(target if isinstance(target, str) else describe(target))
                    why = Unknown(
                        f"whether code runs as {name.data}, which is declared elsewhere", "scan it together with this", part.location
                    )
                    doubt = _doubt(Source(part, written), entry, actions)
                    who = identity(item, name)
                    allowing = spelled(entry, arns)
                    yield Holding(item, who, name, part.says(why), allowing, actions, denials, None, doubt, organisation)


def _workload(view: View, at: IdentityAt, depth: int = 0) -> Value[bool]:
    """Whether code runs as an identity: a role that a service of AWS takes on. Users and groups are people."""
    if not at.trust:
        return Value(False)
    document = view[at.trust]
    trusted = [_runs(view, at, kind, who, depth) for kind, who in _trusted(document)]
    return Value(any_of([Value(runs) for runs in trusted] or [Value(False)]).data, document.seen)


def _trusted(document: Value[Any]) -> Iterator[tuple[str, Any]]:
    for entry in statements(document):
        if isinstance(entry, Unknown):
            yield "?", entry
        elif isinstance(entry.allows, Unknown):
            yield "?", entry.allows
        elif entry.allows:
            yield from entry.principals


def _runs(view: View, at: IdentityAt, kind: str, who: Any, depth: int) -> bool | Unknown:
    """Whether code is what becomes an identity, by a principal of its trust policy."""
    if isinstance(who, Unknown):
        return who
    text = who if isinstance(who, str) else str(who)
    if kind == "Service":
        return text not in _ON_THEIR_OWN
    if kind == "Federated":
        return any(part in text for part in _OF_CODE)
    if kind == "*":
        return True
    if names_whole_account(who) or any(part in text for part in _PEOPLE):
        return False
    other = view.named(who, at.others) if at.others is not None and isinstance(who, (Reference, str)) else None
    if other is not None and other.item.type == at.type and depth < _LONGEST:
        return _workload(other, at, depth + 1).data  # type: ignore[no-any-return]
    why = f"whether code runs as {describe(who)}, which may take on {view.item.address}"
    return Unknown(why, "scan it together with this, or the live account", view.location)


_LONGEST = 5
"""Roles that take on roles that take on roles."""
