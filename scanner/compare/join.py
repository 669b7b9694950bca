"""Which resource of the code is which live one. Nothing is guessed: what may be one of several is ambiguous, with what tells which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec

from assay.scanner.compare import names
from assay.scanner.compare.names import some
from assay.scanner.compare.state import States
from assay.scanner.compare.subjects import Subject, by_kind
from assay.scanner.results.model import ResourceRef

_STATE = "give the Terraform state of the code: --state FILE"


class Group(msgspec.Struct):
    """What is one thing, as far as that can be told: resources of the code and of the live side."""

    code: list[Subject]
    live: list[Subject]
    by: str | None = None
    """`state`, `name` or `scope`."""
    ambiguous: str = ""
    """Why it cannot be told which is which."""
    settles_it: str = ""
    gone: str = ""
    """The name under which a state knows it, where there is no such live resource."""


def join(code: Sequence[Subject], live: Sequence[Subject], states: States, audited: Iterable[str] = ()) -> list[Group]:
    """Every resource of both sides in exactly one group. `audited` are the accounts that the live side looked at."""
    accounts = {cloud: {each.ref.account for each in live if each.ref.cloud == cloud and each.ref.account} for cloud in ("aws", "google")}
    accounts["aws"].update(audited)
    groups: list[Group] = []
    code_kinds, live_kinds = by_kind(code), by_kind(live)
    for kind in dict.fromkeys([*code_kinds, *live_kinds]):
        groups += _Kind(code_kinds.get(kind, []), live_kinds.get(kind, []), states, accounts.get(kind[0], set())).groups()
    return groups


class _Kind:
    """The join of one kind of one cloud."""

    def __init__(self, code: list[Subject], live: list[Subject], states: States, accounts: set[str]) -> None:
        self.code, self.states, self.accounts = code, states, accounts
        self.live = [each for each in live if each.ref.stands_for != "unlisted"]
        self.unlisted = [each for each in live if each.ref.stands_for == "unlisted"]
        self._by_key: dict[str, list[Subject]] = {}
        self._by_name: dict[str, list[Subject]] = {}
        for each in self.live:
            self._by_key.setdefault(names.live_key(each.ref), []).append(each)
            self._by_name.setdefault(each.ref.name, []).append(each)

    def groups(self) -> list[Group]:
        linked: list[Group] = []
        loose: list[Subject] = []
        for subject in self.code:
            group = self._linked(subject)
            (linked.append(group) if group else loose.append(subject))
        merged = [self._checked(group) for group in _merged(linked)]
        taken = {id(each) for group in merged for each in group.live}
        left = [each for each in self.live if id(each) not in taken]
        return [*merged, *self._unidentified(loose, left), *(Group([], [each]) for each in self.unlisted)]

    def _linked(self, subject: Subject) -> Group | None:
        """What a resource of the code is by a state, or by a name that tells it apart; None where neither says."""
        ref = subject.ref
        known = self.states.names(ref)
        if known:
            found = [each for name in sorted(known) for each in self._by_key.get(name, ())]
            shown = next((name for name in sorted(known) if "/" in name or ":" in name), min(known))
            return Group([subject], found, "state" if found else None, gone="" if found else shown)
        if (scope := names.scope_key(ref)) is not None and scope in self._by_key:
            return Group([subject], self._by_key[scope], "scope")
        if not names.tells_apart(ref):
            return None
        found = [each for each in self._named(ref) if names.same_type(ref, each.ref) and _account_fits(ref, each.ref)]
        here = found if names.is_global(ref) else [each for each in found if _region_fits(ref, each.ref)]
        if ref.also_in is None and len(found) > len(here):
            copies = {region for each in here for region in each.ref.also_in or ()}
            if not here or any(each not in here and each.ref.region not in copies for each in found):
                return Group([subject], found, None, "where the code makes copies of it is not known", _settling(ref))
            return Group([subject], found, "name")
        why = _several(ref, here) or self._unplaced(ref, here)
        return Group([subject], here, "name" if here else None, why, _settling(ref) if why else "")

    def _unplaced(self, ref: ResourceRef, here: list[Subject]) -> str:
        """Why the only live resource of its name may be that of another deployment of the same code."""
        if not here or names.is_global(ref):
            return ""
        if not ref.account and len(self.accounts) > 1:
            return f"the code does not tell its account, and {len(self.accounts)} are on the live side: it may be meant for another"
        regions = {each.ref.region for each in self.live if each.ref.region}
        if ref.cloud == "aws" and not ref.region and len(regions) > 1 and any(each.ref.region for each in here):
            return "the code does not tell its region: it may be meant for another"
        return ""

    def _named(self, ref: ResourceRef) -> list[Subject]:
        if ref.cloud == "aws" or "/" not in ref.name:  # a secret of AWS may be called broker/etrade
            return self._by_name.get(ref.name, [])
        exact = self._by_key.get(names.spelled(ref.name, ""), [])  # a relative name of Google's
        return exact or self._by_name.get(ref.name.rpartition("/")[2], [])

    def _checked(self, group: Group) -> Group:
        """A live resource that several blocks of code make is ambiguous; bindings and policies on one may be many."""
        makers = [each for each in group.code if not names.is_part(each.ref)]
        if group.live and not group.ambiguous and len(makers) > 1:
            places = some((names.show(each.ref) for each in makers), len(makers))
            group.ambiguous = f"{len(makers)} resources of the code are the same live one: {places}"
            group.settles_it = "compare one root module, or one of code and plan, at a time"
        return group

    def _unidentified(self, loose: list[Subject], left: list[Subject]) -> list[Group]:
        """What is left over: a resource of the code whose name is not known may be any live one that nothing else is.

        Both sides are taken by classes of what counts for that, since each may have thousands.
        """
        classes, makers = _classes(left), _classes([])
        may_be: dict[_Class, str] = {}
        found: list[Group] = []
        for subject in loose:
            own = _class(subject.ref)
            if own not in may_be:
                fitting = [held for held in classes.like(own) if _may_be(subject.ref, held[0].ref)]
                may_be[own] = some((each.ref.id for held in fitting for each in held), sum(map(len, fitting)))
            candidates = "" if self.states.lacks(subject.ref) else may_be[own]
            if candidates and not names.is_part(subject.ref):
                makers.add(subject)
            reason = f"{_unnamed(subject.ref)}; it may be {candidates}" if candidates else ""
            found.append(Group([subject], [], None, reason, _settling(subject.ref) if candidates else ""))
        for own, held in classes.held.items():
            hiding = [each for each in makers.like(own) if _may_be(each[0].ref, held[0].ref)]
            named = some((names.show(each.ref) for group in hiding for each in group), sum(map(len, hiding)))
            reason = f"it may be {named}, whose name the code does not tell" if hiding else ""
            way = _settling(hiding[0][0].ref) if hiding else ""
            found += [Group([], [each], None, reason, way) for each in held]
        return found


_Class: TypeAlias = tuple[str | None, str | None, tuple[str, ...] | None, str, bool, str]


def _class(ref: ResourceRef) -> _Class:
    """All that counts where it is not known which resource one is."""
    also = None if ref.also_in is None else tuple(ref.also_in)
    name = ref.name if _is_fixed(ref) else ""
    return ref.account, ref.region, also, names.family(ref.type), names.is_part(ref), name


class _Classes:
    """Resources by class."""

    def __init__(self) -> None:
        self.held: dict[_Class, list[Subject]] = {}
        self._by_name: dict[str, list[_Class]] = {}

    def add(self, subject: Subject) -> None:
        own = _class(subject.ref)
        if own not in self.held:
            self._by_name.setdefault(own[-1], []).append(own)
        self.held.setdefault(own, []).append(subject)

    def like(self, other: _Class) -> list[list[Subject]]:
        """Those that another may be by its name; where either has no name that is fixed, all may be."""
        keys = [*self._by_name.get(other[-1], ()), *self._by_name.get("", ())] if other[-1] else list(self.held)
        return [self.held[each] for each in keys]


def _classes(held: list[Subject]) -> _Classes:
    found = _Classes()
    for each in held:
        found.add(each)
    return found


def _merged(linked: list[Group]) -> list[Group]:
    """Groups that share a live resource, directly or by others, as one."""
    parent = list(range(len(linked)))

    def top(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    owner: dict[int, int] = {}
    for at, group in enumerate(linked):
        for each in group.live:
            parent[top(at)] = top(owner.setdefault(id(each), at))
    together: dict[int, list[Group]] = {}
    for at, group in enumerate(linked):
        together.setdefault(top(at), []).append(group)
    return [_one(held) for held in together.values()]


def _one(held: list[Group]) -> Group:
    live = {id(each): each for group in held for each in group.live}
    doubt = next((group for group in held if group.ambiguous), held[0])
    by = next((group.by for group in held if group.by), None)
    code = [each for group in held for each in group.code]
    return Group(code, list(live.values()), by, doubt.ambiguous, doubt.settles_it, held[0].gone)


def _several(ref: ResourceRef, found: list[Subject]) -> str:
    """Why several live resources of a name are not one resource with its copies; empty where they are."""
    places = [(each.ref.account, each.ref.region) for each in found]
    if len(found) < 2:
        return ""
    accounts, regions = {account for account, _ in places}, {region for _, region in places}
    copies = {ref.region, *(ref.also_in or ())}
    if len(accounts) == 1 and len(set(places)) == len(places) and (len(regions) == 1 or regions <= copies):
        return ""
    return f"{len(found)} live resources have its name: {some((each.ref.id for each in found), len(found))}"


def _account_fits(code: ResourceRef, live: ResourceRef) -> bool:
    return names.is_global(code) or not code.account or not live.account or code.account == live.account


def _region_fits(code: ResourceRef, live: ResourceRef) -> bool:
    """A resource without a region is global: the region of the code is then only its provider's."""
    if not code.region or not live.region or live.region == "global":
        return True
    return live.region in (code.region, *(code.also_in or ()))


def _may_be(code: ResourceRef, live: ResourceRef) -> bool:
    """Whether a resource of the code, which its name does not tell from others, may be a live one."""
    if _is_fixed(code) and code.name != live.name:
        return False
    regions = code.also_in is None or _region_fits(code, live)
    return names.same_type(code, live) and _account_fits(code, live) and regions


def _is_fixed(ref: ResourceRef) -> bool:
    """Names of Google's never change, so that one is at least known not to be another; a description may be changed by anyone."""
    return ref.cloud == "google" and ref.named and "/" not in ref.name


def _unnamed(ref: ResourceRef) -> str:
    if ref.stands_for == "instances":
        return "how many of these there are, and their names, are not known"
    return "its name does not tell it from others" if ref.named else "its name is not known before it is deployed"


def _settling(ref: ResourceRef) -> str:
    """What tells which live resource it is."""
    return "give it a name in its template" if ref.type.startswith("AWS::") else _STATE
