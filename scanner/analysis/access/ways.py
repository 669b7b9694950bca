"""Who becomes whom among the identities of an account: by a trust policy, by a role that is passed, by code that runs as one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html, and the paths of https://pathfinding.cloud
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from assay.scanner.facts.iam.becoming import (
    ASSUMING,
    AWS_BECOMING,
    CODING,
    ENTERING,
    LAUNCHING,
    PASSING,
    SESSIONS,
    TRUSTING,
)
from assay.scanner.facts.iam.running.identities import Called, Identities, declared_role
from assay.scanner.facts.model import Identity
from assay.scanner.facts.policies import of_other_account
from assay.scanner.facts.spelling import Link, Place
from assay.scanner.facts.statements import Statement, names_whole_account, statements
from assay.scanner.facts.view import View
from assay.scanner.sources import numbers
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Unknown, describe
from assay.scanner.sources.values import Value, all_of

from .arns import Arns, Form
from .decisions import kept
from .holdings import Holdings, IdentityAt, holdings
from .organisation import Organisation, caller_of
from .requests import Request
from .shared import Doers
from .trusting import NAMED, Assumer, Group, subjects, trusted_one, untold, vouched

_ENTERING = frozenset({ENTERING})


class RunAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where a type of what runs code tells its role, and what is handed to it at its start."""

    listed: Link
    """Its type, with the calls that tell of one."""
    name: Place
    role: str
    """The role that its code has."""
    containers: Place = ""
    """Of a task: a list of containers, or its JSON text, with their secrets."""
    function: bool = False

    @property
    def service(self) -> str:
        """What its role trusts."""
        return "lambda.amazonaws.com" if self.function else "ecs-tasks.amazonaws.com"


class Run(NamedTuple):
    """Something that runs code."""

    view: View
    at: RunAt
    name: Value[Any]
    arns: list[str]


class Ways:
    """All of a collection."""

    def __init__(self, view: View, types: tuple[IdentityAt, ...], runs: tuple[RunAt, ...], arns: Arns, organisation: Organisation) -> None:
        self._types = {at.type: at for at in types}
        self._arns = arns
        self.holdings: Holdings = holdings(view, types, arns, AWS_BECOMING, organisation)
        self.organisation = organisation
        self.runs: list[Run] = []
        self.unlisted: dict[bool, Unknown] = {}
        """Why there may be more functions (True) or tasks (False) than these."""
        for at in runs:
            for item in view.items.of(at.listed.types[0]):
                if isinstance(item, Unlisted):
                    self.unlisted.setdefault(at.function, item.why)
                else:
                    self._enter(View(item, view.items, view.declared), at)
        roles: dict[Hashable, list[Called]] = {}
        for one in types:
            for item in view.items.of(one.type) if one.trust else ():
                if not isinstance(item, Unlisted):
                    roles[item.address] = [declared_role(item, View(item, view.items, view.declared).called(one.permissions.name).raw)]
        named = ((run, run.view.node.link(run.at.role)) for run in self.runs)
        self._running: Identities[Run] = Identities(((value.raw, run) for run, value in named if not value.absent), roles)
        self._doers = Doers(self.holdings, organisation)
        self._groups: dict[str, list[Group]] = {}
        self._idle: dict[str, bool] = {}

    def _enter(self, view: View, at: RunAt) -> None:
        name = view.called(at.name)
        self.runs.append(Run(view, at, name, self.arns_of(view, name) if at.function else []))

    def arns_of(self, view: View, name: Value[Any]) -> list[str]:
        """The ARNs of a resource; its own where that is what it is found by."""
        if view.item.address.startswith("arn:"):
            return [self._arns.text(view.item.address)]
        region = view.item.region.data
        return self._arns.of(view.item.address, view.item.type, name.raw, region if isinstance(region, str) else None, view.account)

    def is_idle(self, view: View, item: Item | None) -> bool:
        """Whether an identity is a role that runs nobody's code."""
        if item is None:
            return False
        known = self._idle.get(item.address)
        if known is None:
            at = self._types.get(item.type)
            known = at is not None and runs_nothing(View(item, view.items, view.declared), at)
            self._idle[item.address] = known
        return known

    def into(self, view: View, item: Item) -> list[Group]:
        """Everybody who becomes a role."""
        made = self._groups.get(item.address)
        if made is None:
            at = self._types.get(item.type)
            made = [] if at is None or not at.trust else list(self._into(View(item, view.items, view.declared, at.permissions.names), at))
            self._groups[item.address] = made
        return made

    def _into(self, role: View, at: IdentityAt) -> Iterator[Group]:
        arns = self._of_role(role, at)
        written = statements(role[at.trust])
        trusted = [entry for entry in written if isinstance(entry, Statement) and entry.allows is not False]
        services = {str(who) for entry in trusted for kind, who in entry.principals if kind == "Service"}
        unread = [untold(role, entry) for entry in written if isinstance(entry, Unknown)]
        named, delegated = self._trusted(role, at, arns, trusted)
        yield Group(NAMED, [*unread, *named])
        if delegated:
            yield from self._by(role, arns, ASSUMING, "sts:AssumeRole")
        yield from self._by(role, arns, TRUSTING, "iam:UpdateAssumeRolePolicy")
        for service in sorted(services & LAUNCHING.keys()):
            yield from self._by(role, arns, PASSING, f"iam:PassRole to {service}", service)
        if "ec2.amazonaws.com" in services:
            yield from self._entering(role, SESSIONS, "a session on a machine")
        yield from self._by_code(role, services, bool(unread))

    def _trusted(self, role: View, at: IdentityAt, arns: list[str], trusted: list[Statement]) -> tuple[list[Assumer], bool]:
        """Those whom its trust policy names, and whether it leaves it to the policies of an account."""
        named: list[Assumer] = []
        delegated = False
        for entry in trusted:
            for kind, who in entry.principals:
                if kind == "Service":
                    continue
                other = of_other_account(kind, who, role.account, entry).data if names_whole_account(who) else True
                delegated = delegated or other is not True
                for one in subjects(entry, kind, who) if other is not False else ():
                    assumer = trusted_one(role, at, entry, kind, one, other)
                    left = self._left(role, arns, entry, kind, who, assumer)
                    if left.data is not False:
                        named.append(assumer._replace(certain=Value(all_of([assumer.certain, left]).data, assumer.certain.seen)))
        return named, delegated

    def _left(self, role: View, arns: list[str], entry: Statement, kind: str, who: Any, assumer: Assumer) -> Value[bool]:
        """Whether the organisation leaves it to a principal of a trust policy to take on the role.

        Whoever an identity provider vouches for is of no account, so that only policies for resources bind it.
        """
        action = {"Federated": "sts:assumerolewithsaml" if ":saml-provider/" in str(who) else "sts:assumerolewithwebidentity"}
        named = assumer.who.principal if isinstance(assumer.who.principal, Identity) and assumer.item is not None else None
        caller = caller_of(role, who, named) if kind == "AWS" else None
        limits = self.organisation.limits(Request(named, vouched(entry, kind)), caller, role.item)
        return kept(action.get(kind, ASSUMING), arns, entry, limits.denials, limits.bounds)

    def _by_code(self, role: View, services: set[str], unread: bool) -> Iterator[Group]:
        """Those who change what runs as a role, or enter it. `unread`: it may trust more services than these."""
        entered: list[bool | Unknown] = []
        for run, same in self._running.of(Reference(role.item.address)):
            if same is not True and run.at.service not in services and not unread:
                continue
            if not run.at.function:
                entered.append(same)
                continue
            for assumers in self._doers.to(role, run.arns, CODING):
                yield Group(f"the code of {_text(run.name)}", assumers, same if isinstance(same, Unknown) else None)
        entering = "ecs:ExecuteCommand"
        if True in entered:
            yield from self._entering(role, _ENTERING, entering)
        elif doubt := next((same for same in entered if isinstance(same, Unknown)), None):
            yield from self._entering(role, _ENTERING, entering, doubt)
        elif "ecs-tasks.amazonaws.com" in services and False in self.unlisted:
            yield from self._entering(role, _ENTERING, entering, self.unlisted[False])
        if "lambda.amazonaws.com" in services and True in self.unlisted:
            yield from self._entering(role, CODING, "the code of a function", self.unlisted[True])

    def _by(self, role: View, arns: list[str], action: str, how: str, service: str = "") -> Iterator[Group]:
        """Those whose policies let them do something to a role."""
        return (Group(how, assumers) for assumers in self._doers.to(role, arns, frozenset({action}), service))

    def _entering(self, role: View, actions: frozenset[str], how: str, doubt: Unknown | None = None) -> Iterator[Group]:
        return (Group(how, assumers) for assumers in self._doers.entering(role, actions, doubt))

    def _of_role(self, role: View, at: IdentityAt) -> list[str]:
        """The ARNs of a role, with its path."""
        name, path = role.called(at.permissions.name), role[at.permissions.path]
        if isinstance(name.data, str) and isinstance(path.data, str) and path.data.strip("/"):
            name = Value(f"{path.data.strip('/')}/{name.data}", name.seen)
        return self.arns_of(role, name)


_IDLE = frozenset(f"{name}.amazonaws.com" for name in ("scheduler", "events", "backup", "config", "cloudtrail", "vpc-flow-logs", "s3"))


def runs_nothing(view: View, at: IdentityAt) -> bool:
    """Whether an identity is a role that services take on which do what they are told, and run nobody's code."""
    trusted = [entry for entry in statements(view[at.trust]) if isinstance(entry, Statement)] if at.trust else []
    principals = [(kind, who) for entry in trusted for kind, who in entry.principals]
    return bool(principals) and all(kind == "Service" and who in _IDLE for kind, who in principals)


def _text(value: Value[Any]) -> str:
    return value.data if isinstance(value.data, str) else describe(value.raw)


def ways(view: View, types: tuple[IdentityAt, ...], runs: tuple[RunAt, ...], arns: Arns, organisation: Organisation) -> Ways:
    """The ways of the collection of a resource, put together once."""
    made: Ways = numbers.kept(view.items.answers, "analysis.access.ways", lambda: Ways(view, types, runs, arns, organisation))
    return made


def arns_of(view: View, forms: Mapping[str, Form]) -> Arns:
    """The forms of ARNs of the collection of a resource."""
    made: Arns = numbers.kept(view.items.answers, "analysis.access.arns", lambda: Arns(view.items, forms))
    return made
