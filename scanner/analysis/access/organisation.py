"""What policies of an organisation take from the identities (SCPs) and the resources (RCPs) of an account.

A denial at the account, a unit above it or the root takes away; of service control policies one that allows has to be at each of these:
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html. The management account is not bound,
nor are roles that services have for themselves: .../orgs_manage_policies_scps.html, .../orgs_manage_policies_rcps.html.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple

import msgspec

from assay.scanner.facts.model import Identity
from assay.scanner.facts.spelling import Another, Link, Place, Referrer
from assay.scanner.facts.statements import Statement, principal_account, statements
from assay.scanner.facts.view import View
from assay.scanner.sources import numbers
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

from .arns import Arns, spelled
from .membership import Standing, TreeAt
from .requests import Request, as_asked

_SERVICE, _RESOURCE = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
_FULL = "p-FullAWSAccess"
"""AWS's own policy that allows everything, attached wherever nobody detached it."""


class OrganisationAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells the policies of an organisation, and what they are attached to."""

    listed: Link
    """Types of policies, with the calls that tell of one."""
    type: Place
    content: Place
    names: tuple[str, ...] = ()
    """Paths of its attributes by whose text attachments name it."""
    attached: str | Referrer
    """What a policy is attached to: a list of targets, or attachments with the path of theirs."""
    tree: TreeAt


class Limits(NamedTuple):
    """What is left to one identity of one resource."""

    denials: list[Statement]
    bounds: list[list[Statement | Unknown]]
    """Of each place above an account the statements of which one has to allow."""


NO_LIMITS = Limits([], [])


class _Policy(NamedTuple):
    """A policy with its targets."""

    view: View
    kinds: frozenset[str]
    written: list[Statement | Unknown]
    targets: list[Any]
    open: Unknown | None
    """Why it may not be of its kind."""
    complete: bool
    """All of its kind are listed, so that what is not attached is known. Code shows nobody who detached AWS's own policy."""


class _Bound(NamedTuple):
    """What binds an account: denials with whether they do, and what its policies allow by what they are attached to."""

    denials: list[tuple[Statement, bool | Unknown]]
    places: list[tuple[list[Statement], Unknown | None]]


class Organisation:
    """The policies that a collection tells of."""

    def __init__(self, view: View, types: tuple[OrganisationAt, ...], arns: Arns) -> None:
        self._arns = arns
        self._policies: list[_Policy] = []
        self._full: set[str] = set()
        """Targets that code attaches AWS's own policy to."""
        self._standing = Standing(view, types[0].tree if types else None)
        for at in types:
            listed = view.items.of(*at.listed.types)
            complete = bool(at.tree.policy_arn) and not any(isinstance(item, Unlisted) for item in listed)
            self._policies += [_policy(view, at, item, complete) for item in listed if not isinstance(item, Unlisted)]
            if isinstance(at.attached, Referrer):
                attachments = (item for item in view.items.of(at.attached.type) if not isinstance(item, Unlisted))
                given = [item for item in attachments if item.link(at.attached.owner).data == _FULL]
                self._full |= {describe(item.link(at.attached.path).raw) for item in given}
        self._bound: dict[tuple[str, str], _Bound] = {}

    @property
    def has_policies(self) -> bool:
        """Whether there is any."""
        return bool(self._policies)

    def takes_from(self, resource: Item) -> bool:
        """Whether a policy for resources may deny something on one, or on some of its account."""
        return bool(self._policies) and bool(self._binding(_RESOURCE, resource).denials)

    def limits(self, request: Request, caller: Item | None, resource: Item) -> Limits:
        """What its policies leave of a request. `caller`: an item of the account of whoever asks, where that is known and no service."""
        if not self._policies:
            return NO_LIMITS
        of_caller = self._binding(_SERVICE, caller) if caller is not None else _Bound([], [])
        of_resource = self._binding(_RESOURCE, resource)
        own = request.of(self._standing.organisation, caller is not None)
        denials = [
            left for statement, binds in (*of_caller.denials, *of_resource.denials) if (left := as_asked(statement, own, binds)) is not None
        ]
        return Limits(denials, [_bounds(allowing, why, own) for allowing, why in of_caller.places])

    def _binding(self, kind: str, item: Item) -> _Bound:
        known = self._bound.get((kind, item.address))
        if known is None:
            known = self._bound[kind, item.address] = self._made(kind, item)
        return known

    def _made(self, kind: str, item: Item) -> _Bound:
        denials: list[tuple[Statement, bool | Unknown]] = []
        places: dict[Hashable, tuple[list[Statement], Unknown | None]] = {}
        for policy in self._policies:
            if kind not in policy.kinds:
                continue
            binds = [(target, self._standing.binds(policy.view, target, item)) for target in policy.targets]
            somewhere = any_of([Value(True if answer is None else answer) for _, answer in binds] or [Value(False)])
            whole = all_of([somewhere, Value(policy.open or True)]).data
            if whole is False:
                continue
            denials += [(spelled(one, self._arns), whole) for one in _denying(policy.written)]
            for target, answer in binds if kind == _SERVICE else ():
                allowing = [spelled(one, self._arns) for one in policy.written if isinstance(one, Statement) and one.allows is not False]
                if answer is not False and allowing and describe(target) not in self._full:
                    why = answer if isinstance(answer, Unknown) else policy.open or (None if policy.complete else _DETACHED)
                    places.setdefault(describe(target), ([], why))[0].extend(allowing)
        return _Bound(denials, list(places.values()))


_DETACHED = Unknown(f"whether {_FULL} is attached beside a policy of the organisation that allows less", "scan the live account")


def _policy(view: View, at: OrganisationAt, item: Item, complete: bool) -> _Policy:
    one = view.of(item, at.names)
    kind = one[at.type].default(_SERVICE)
    kinds = frozenset({kind.data}) if isinstance(kind.data, str) else frozenset({_SERVICE, _RESOURCE})
    return _Policy(one, kinds, statements(one[at.content]), list(_targets(one, at)), one.doubt or kind.unknown, complete)


def _targets(view: View, at: OrganisationAt) -> Iterator[Any]:
    """What a policy is attached to, as raw values; an Unknown where there may be more."""
    if isinstance(at.attached, str):
        written = view.surely.link(at.attached)
        yield from written.raw if isinstance(written.raw, list) else [] if written.absent else [written.raw]
        return
    policies = view.surely.referrers(at.attached)
    yield from (one.doubt or one.link(at.attached.path).raw for one in policies.views)
    if policies.more:
        yield policies.more


def _denying(written: list[Statement | Unknown]) -> Iterator[Statement]:
    """Those that deny; what is not known may be one that denies everything."""
    for entry in written:
        if isinstance(entry, Statement) and entry.allows is not True:
            yield entry
        elif isinstance(entry, Unknown):
            yield Statement("", entry, [], False, ["*"], False, ["*"], False, [], (entry.location,) if entry.location else ())


def _bounds(allowing: list[Statement], why: Unknown | None, request: Request) -> list[Statement | Unknown]:
    kept: list[Statement | Unknown] = [left for one in allowing if (left := as_asked(one, request, True)) is not None]
    return [*kept, why] if why else kept


def known(view: View, at: Another | None, arns: Arns) -> Organisation:
    """The policies of the collection of a resource, put together once."""
    types: tuple[OrganisationAt, ...] = () if at is None else at.spelling
    made: Organisation = numbers.kept(view.items.answers, "analysis.access.organisation", lambda: Organisation(view, types, arns))
    return made


def caller_of(view: View, who: Any, named: Identity | None) -> Item | None:
    """An item of the account of a principal: itself, or the resource where it is of that account."""
    item = view.items.at(named.address) if named is not None else None
    if item is not None:
        return item
    owner = principal_account(who)
    return view.item if isinstance(owner, str) and owner and owner in ("this", view.account) and not isinstance(who, Reference) else None
