"""Who becomes whom among the identities of an account: by a trust policy, by a role that is passed, by code that runs as one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html, and the paths of https://pathfinding.cloud
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
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
from assay.scanner.facts.iam.permissions import every_resource
from assay.scanner.facts.iam.running.identities import Called, Identities, declared_role
from assay.scanner.facts.messaging.kinds import Parties
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
from .decisions import Target, allowed, kept
from .holdings import Holding, Holdings, IdentityAt, holdings
from .meeting import Told
from .organisation import Organisation, caller_of
from .requests import Request
from .trusting import Step, subjects, trusted_one, untold, vouched

_NOTHING_TOLD = Told({})


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
        self._steps: dict[str, list[Step]] = {}
        self._launchers: dict[str, dict[str, Unknown | None]] = {}
        self._met: Collection[str] = ()
        """Whom nobody asks for any more."""

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
        at = self._types.get(item.type) if item is not None else None
        return item is not None and at is not None and runs_nothing(View(item, view.items, view.declared), at)

    def into(self, view: View, item: Item) -> list[Step]:
        """Everybody who becomes a role."""
        made = self._steps.get(item.address)
        if made is None:
            at = self._types.get(item.type)
            made = [] if at is None or not at.trust else list(self._into(View(item, view.items, view.declared, at.permissions.names), at))
            self._steps[item.address] = made
        return made

    def into_but(self, view: View, item: Item, met: Collection[str]) -> Iterator[Step]:
        """The same, less those whose keys are met; nothing of it is kept."""
        at = self._types.get(item.type)
        self._met = met
        try:
            if at is not None and at.trust:
                yield from self._into(View(item, view.items, view.declared, at.permissions.names), at)
        finally:
            self._met = ()

    def _into(self, role: View, at: IdentityAt) -> Iterator[Step]:
        arns = self._of_role(role, at)
        written = statements(role[at.trust])
        yield from (untold(role, entry) for entry in written if isinstance(entry, Unknown))
        trusted = [entry for entry in written if isinstance(entry, Statement) and entry.allows is not False]
        services = {str(who) for entry in trusted for kind, who in entry.principals if kind == "Service"}
        delegated = False
        for entry in trusted:
            for kind, who in entry.principals:
                if kind == "Service":
                    continue
                other = of_other_account(kind, who, role.account, entry).data if names_whole_account(who) else True
                delegated = delegated or other is not True
                if other is not False:
                    for one in subjects(entry, kind, who):
                        step = trusted_one(role, at, entry, kind, one, other)
                        left = self._left(role, arns, entry, kind, who, step)
                        if left.data is not False:
                            yield step._replace(certain=Value(all_of([step.certain, left]).data, step.certain.seen))
        if delegated:
            yield from self._by(role, arns, {ASSUMING}, "sts:AssumeRole")
        yield from self._by(role, arns, {TRUSTING}, "iam:UpdateAssumeRolePolicy")
        for service in sorted(services & LAUNCHING.keys()):
            yield from self._passing(role, arns, service)
        if "ec2.amazonaws.com" in services:
            yield from self._anywhere(role, SESSIONS, "a session on a machine")
        yield from self._by_code(role, services, any(isinstance(entry, Unknown) for entry in written))

    def _left(self, role: View, arns: list[str], entry: Statement, kind: str, who: Any, step: Step) -> Value[bool]:
        """Whether the organisation leaves it to a principal of a trust policy to take on the role.

        Whoever an identity provider vouches for is of no account, so that only policies for resources bind it.
        """
        action = {"Federated": "sts:assumerolewithsaml" if ":saml-provider/" in str(who) else "sts:assumerolewithwebidentity"}
        named = step.who.principal if isinstance(step.who.principal, Identity) and step.item is not None else None
        caller = caller_of(role, who, named) if kind == "AWS" else None
        limits = self.organisation.limits(Request(named, vouched(entry, kind)), caller, role.item)
        return kept(action.get(kind, ASSUMING), arns, entry, limits.denials, limits.bounds)

    def _by_code(self, role: View, services: set[str], unread: bool) -> Iterator[Step]:
        """Those who change what runs as a role, or enter it. `unread`: it may trust more services than these."""
        entered: list[bool | Unknown] = []
        for run, same in self._running.of(Reference(role.item.address)):
            if same is not True and run.at.service not in services and not unread:
                continue
            if not run.at.function:
                entered.append(same)
                continue
            for step in self._by(role, run.arns, CODING, f"the code of {_text(run.name)}"):
                yield step if same is True else step._replace(certain=all_of([step.certain, Value(same)]))
        entering = "ecs:ExecuteCommand"
        if True in entered:
            yield from self._anywhere(role, {ENTERING}, entering)
        elif doubt := next((same for same in entered if isinstance(same, Unknown)), None):
            yield from self._anywhere(role, {ENTERING}, entering, doubt)
        elif "ecs-tasks.amazonaws.com" in services and False in self.unlisted:
            yield from self._anywhere(role, {ENTERING}, entering, self.unlisted[False])
        if "lambda.amazonaws.com" in services and True in self.unlisted:
            yield from self._anywhere(role, CODING, "the code of a function", self.unlisted[True])

    def _of_role(self, role: View, at: IdentityAt) -> list[str]:
        """The ARNs of a role, with its path."""
        name, path = role.called(at.permissions.name), role[at.permissions.path]
        if isinstance(name.data, str) and isinstance(path.data, str) and path.data.strip("/"):
            name = Value(f"{path.data.strip('/')}/{name.data}", name.seen)
        return self.arns_of(role, name)

    def _by(
        self,
        role: View,
        arns: list[str],
        actions: Iterable[str],
        how: str,
        told: Told = _NOTHING_TOLD,
        among: Collection[str] | None = None,
    ) -> Iterator[Step]:
        """Those whose policies let them do one of some actions to a role, or to what runs as it. `among`: nobody but these."""
        target = [Target(frozenset(actions), arns)]
        for holding in self.holdings.of(arns, actions):
            if (among is not None and holding.item.address not in among) or self._leaves_out(holding, role):
                continue
            for _, value in allowed(role, holding, target, [], told):
                yield Step(holding.item.address, Parties(holding.who), holding.name, how, value, holding.item)

    def _leaves_out(self, holding: Holding, role: View) -> bool:
        """Whether what an identity is allowed makes nobody new of it."""
        address = holding.item.address
        return address == role.item.address or address in self._met or role.item.same_account(holding.item) is False

    def _passing(self, role: View, arns: list[str], service: str) -> Iterator[Step]:
        """Those who may pass a role to a service and have it run something."""
        told = Told({"iam:passedtoservice": [service]})
        launching = self._launching(service)
        for step in self._by(role, arns, {PASSING}, f"iam:PassRole to {service}", told, launching):
            doubt = launching[step.item.address] if step.item is not None else None
            yield step if doubt is None else step._replace(certain=all_of([step.certain, Value(doubt)]))

    def _launching(self, service: str) -> Mapping[str, Unknown | None]:
        """The addresses of those who have a service run something, each with why it may not."""
        made = self._launchers.get(service)
        if made is None:
            made = self._launchers[service] = {}
            for holding in self.holdings.with_any(LAUNCHING[service]):
                address = holding.item.address
                made[address] = holding.doubt if made.get(address, holding.doubt) is not None else None
        return made

    def _anywhere(self, role: View, actions: Iterable[str], how: str, doubt: Unknown | None = None) -> Iterator[Step]:
        """Those who may enter what runs as a role, which policies do not name by it: certain where it is everything.

        `doubt`: why nothing may run as it.
        """
        for holding in self.holdings.with_any(frozenset(actions)):
            if self._leaves_out(holding, role):
                continue
            wide = any(every_resource(one) is True for one in holding.statement.resources) or holding.statement.not_resource
            wide = wide and doubt is None
            why = doubt or Unknown(
                f"whether {_text(holding.name)} enters what runs as {role.item.address}", "name it in the policy", role.location
            )
            target = [Target(holding.actions, holding.statement.resources or ["*"])]
            for _, value in allowed(role, holding, target, [], _NOTHING_TOLD):
                yield Step(
                    holding.item.address, Parties(holding.who), holding.name, how, value if wide else Value(why, value.seen), holding.item
                )


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
