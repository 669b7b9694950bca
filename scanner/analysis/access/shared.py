"""Whose policies let them do something to roles, or to what runs as one: told once for all roles, as far as it is the same of them.

What an identity is let do hangs on the role by resources alone: those of the statement that allows it, of what denies it and of what bounds
it. Where these are for every role, one answer is for all roles of an account, of which there may be thousands, as there may be identities.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

import msgspec

from assay.scanner.facts.denials import covers
from assay.scanner.facts.iam.becoming import CODING, LAUNCHING
from assay.scanner.facts.iam.permissions import every_resource
from assay.scanner.facts.messaging.kinds import Parties
from assay.scanner.facts.statements import Statement, allowed_of
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value, all_of

from .decisions import Target, allowed
from .holdings import Holding, Holdings
from .meeting import Told
from .organisation import Organisation
from .requests import Request
from .trusting import Assumer

_NOTHING_TOLD = Told({})
_EVERY_ROLE, _EVERY_FUNCTION = "arn:aws:iam::*:role/*", "arn:aws:lambda:*:*:function:*"


class _Split:
    """Those who may do some actions."""

    def __init__(self, wide: Iterable[Assumer], rest: Holdings) -> None:
        self._wide = _once(wide)
        self._of_account: dict[str | None, list[Assumer]] = {}
        self.rest = rest
        """What is to be asked of each role."""

    def same_of_all(self, role: Item) -> list[Assumer]:
        """Those who may, whichever role of its account it is: the same list for each of them, with the role itself where that is one."""
        account = role.account.data if isinstance(role.account.data, str) else None
        made = self._of_account.get(account)
        if made is None:
            made = self._of_account[account] = _of_account(role, self._wide)
        return made


class Doers:
    """All of a collection."""

    def __init__(self, holdings: Holdings, organisation: Organisation) -> None:
        self._holdings, self._organisation = holdings, organisation
        self._splits: dict[tuple[frozenset[str], str], _Split] = {}
        self._entered: dict[frozenset[str], _Split] = {}
        self._launchers: dict[str, dict[str, Unknown | None]] = {}

    def to(self, role: View, arns: list[str], actions: frozenset[str], service: str = "") -> Iterator[list[Assumer]]:
        """Those who may do one of some actions to a role, or to the function with these ARNs that runs as it.

        `service`: to that it is passed, so that those count who have it run something.
        """
        if self._organisation.takes_from(role.item):
            yield _of_account(role.item, self._those(role, arns, actions, service, self._holdings.of(arns, actions)))
            return
        split = self._splits.get((actions, service))
        if split is None:
            split = self._splits[actions, service] = self._split(role, actions, service)
        yield split.same_of_all(role.item)
        if rest := _of_account(role.item, self._those(role, arns, actions, service, split.rest.of(arns, actions))):
            yield rest

    def entering(self, role: View, actions: frozenset[str], doubt: Unknown | None = None) -> Iterator[list[Assumer]]:
        """Those who may enter what runs as a role, which policies do not name by it: certain where it is everything.

        `doubt`: why nothing may run as it.
        """
        if doubt is not None or self._organisation.takes_from(role.item):
            yield _of_account(role.item, _entering(role, self._holdings.with_any(actions), doubt))
            return
        split = self._entered.get(actions)
        if split is None:
            apart = _parted(self._holdings.with_any(actions), lambda one: one.item.template is None and _is_wide(one.statement))
            split = self._entered[actions] = _Split(_entering(role, apart[True], None), Holdings(apart[False], []))
        yield split.same_of_all(role.item)
        if rest := _of_account(role.item, _entering(role, split.rest.with_any(actions), None)):
            yield rest

    def _split(self, role: View, actions: frozenset[str], service: str) -> _Split:
        every = _EVERY_FUNCTION if actions == CODING else _EVERY_ROLE
        apart = _parted(self._holdings.with_any(actions), lambda one: self._is_of_all(role, one, actions, every, _told(service)))
        return _Split(self._those(role, [every], actions, service, apart[True]), Holdings(apart[False], []))

    def _is_of_all(self, role: View, holding: Holding, actions: frozenset[str], every: str, told: Told) -> bool:
        """Whether what a statement lets an identity do is the same whichever role it is."""
        if holding.item.template is not None:
            return False  # some roles are only there where it is
        limits = self._organisation.limits(Request(holding.who, told, told.regions), holding.item, role.item)
        bounds = [entry for bound in (holding.boundary or [], *limits.bounds) for entry in bound if isinstance(entry, Statement)]
        said = (holding.statement, *holding.denials, *limits.denials, *bounds)
        return all(_is_alike(entry, actions, every) for entry in said)

    def _those(self, role: View, arns: list[str], actions: frozenset[str], service: str, among: Iterable[Holding]) -> Iterator[Assumer]:
        launching = self._launching(role, service) if service else None
        told, target = _told(service), [Target(actions, arns)]
        for holding in among:
            if launching is not None and holding.item.address not in launching:
                continue
            doubt = launching[holding.item.address] if launching is not None else None
            for _, value in allowed(role, holding, target, [], told):
                certain = value if doubt is None else all_of([value, Value(doubt)])
                yield Assumer(holding.item.address, Parties(holding.who), holding.name, certain, holding.item)

    def _launching(self, role: View, service: str) -> Mapping[str, Unknown | None]:
        """The addresses of those who have a service run something, each with why it may not. It is the same whichever role they pass."""
        made = self._launchers.get(service)
        if made is None:
            made = self._launchers[service] = {}
            for holding in self._holdings.with_any(LAUNCHING[service]):
                address = holding.item.address
                for value in _kept(role.of(holding.item), holding, LAUNCHING[service]):
                    made[address] = value.unknown if made.get(address, value.unknown) is not None else None
        return made


def _kept(identity: View, holding: Holding, actions: frozenset[str]) -> Iterator[Value[bool]]:
    """What denials, a boundary and the organisation leave of some actions, wherever a statement allows them and on whatever condition."""
    anyhow = holding._replace(statement=msgspec.structs.replace(holding.statement, conditions=[]))
    target = Target(actions, holding.statement.resources or ["*"])
    yield from (value for _, value in allowed(identity, anyhow, [target], [], _NOTHING_TOLD))


def _entering(role: View, among: Iterable[Holding], doubt: Unknown | None) -> Iterator[Assumer]:
    for holding in among:
        sure = doubt is None and _is_wide(holding.statement)
        name = holding.name.data if isinstance(holding.name.data, str) else describe(holding.name.raw)
        why = doubt or Unknown(f"whether {name} enters what runs as {role.item.address}", "name it in the policy", role.location)
        target = [Target(holding.actions, holding.statement.resources or ["*"])]
        for _, value in allowed(role, holding, target, [], _NOTHING_TOLD):
            certain = value if sure else Value(why, value.seen)
            yield Assumer(holding.item.address, Parties(holding.who), holding.name, certain, holding.item)


def _of_account(role: Item, assumers: Iterable[Assumer]) -> list[Assumer]:
    return [assumer for assumer in assumers if assumer.item is None or role.same_account(assumer.item) is not False]


def _told(service: str) -> Told:
    """What conditions find: the service that a role is passed to."""
    return Told({"iam:passedtoservice": [service]}) if service else _NOTHING_TOLD


def _is_alike(entry: Statement, actions: frozenset[str], every: str) -> bool:
    """Whether a statement says nothing of some actions, or the same of whatever they are done to."""
    named, more = allowed_of(entry, actions)
    return (not named and more is None) or (not entry.not_resource and any(covers(pattern, every) for pattern in entry.resources))


def _is_wide(statement: Statement) -> bool:
    return statement.not_resource or any(every_resource(one) is True for one in statement.resources)


def _parted(holdings: Iterable[Holding], is_so: Callable[[Holding], bool]) -> dict[bool, list[Holding]]:
    apart: dict[bool, list[Holding]] = {True: [], False: []}
    for holding in holdings:
        apart[is_so(holding)].append(holding)
    return apart


def _once(assumers: Iterable[Assumer]) -> list[Assumer]:
    """One for each identity, certain where one of its statements makes it so."""
    kept: dict[Hashable, Assumer] = {}
    for assumer in assumers:
        known = kept.get(assumer.key)
        if known is None or (known.certain.data is not True and assumer.certain.data is True):
            kept[assumer.key] = assumer
    return list(kept.values())
