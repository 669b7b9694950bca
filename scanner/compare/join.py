"""Which resource of the code is which live one. Nothing is guessed: what may be one of several is ambiguous, with what tells which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from scanner.compare import names
from scanner.compare.state import State
from scanner.compare.subjects import Subject, by_kind
from scanner.results.model import ResourceRef
from scanner.sources.discover import show
from scanner.sources.interface import Gap

_STATE = "give the Terraform state of the code: --state FILE"
_SHOWN = 3
"""Candidates that a reason names."""


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


class States:
    """What the states say, by root module and address."""

    def __init__(self, states: Iterable[State], code: Sequence[Subject]) -> None:
        self.gaps: list[Gap] = []
        self.roots: dict[str, str | None] = {}
        """File to its root module."""
        self.identified: dict[str, set[str]] = {}
        """File to the addresses of the code that it has."""
        self._names: dict[tuple[str, str], frozenset[str]] = {}
        self._addresses: dict[str, str] = {}
        """Live key to where a state has it."""
        addresses: dict[str, set[str]] = {}
        for subject in code:
            addresses.setdefault(subject.ref.root, set()).add(subject.ref.address)
        for state in states:
            root = self._root(state, addresses)
            self.roots[state.file] = root
            self.identified[state.file] = set() if root is None else addresses[root] & state.identities.keys()
            for address, held in state.identities.items() if root is not None else ():
                self._names[str(root), address] = self._names.get((str(root), address), frozenset()) | held
                self._addresses.update(dict.fromkeys(held, f"{address} in {root}"))

    def names(self, ref: ResourceRef) -> frozenset[str]:
        return self._names.get((ref.root, ref.address), frozenset())

    def address(self, live: ResourceRef) -> str:
        """Where a state has a live resource; empty where none has it."""
        return self._addresses.get(names.live_key(live), "")

    def lacks(self, ref: ResourceRef) -> bool:
        """Whether there is a state of its root module without it: it is not deployed then."""
        return ref.root in self.roots.values() and ref.stands_for == "itself" and (ref.root, ref.address) not in self._names

    def _root(self, state: State, addresses: dict[str, set[str]]) -> str | None:
        """The root module of a state: the one that is named, else the only one that has its addresses."""
        if state.root is not None:
            if found := next((root for root in (state.root, show(state.root)) if root in addresses), None):
                return found
            reason = f"no resource of the code has the root {state.root}"
            self.gaps.append(Gap(state.file, "state_unused", reason, f"name one of {_some(addresses)}"))
            return None
        having = [root for root, held in addresses.items() if held & state.identities.keys()]
        if len(having) == 1:
            return having[0]
        if having:
            reason = f"{len(having)} root modules of the code have addresses of this state: {_some(having)}"
            self.gaps.append(Gap(state.file, "state_unused", reason, f"say which: --state {having[0]}={state.file}"))
        else:
            reason = "none of its addresses is in the code"
            self.gaps.append(Gap(state.file, "state_unused", reason, "give the state of the code that is compared"))
        return None


def join(code: Sequence[Subject], live: Sequence[Subject], states: States) -> list[Group]:
    """Every resource of both sides in exactly one group."""
    groups: list[Group] = []
    code_kinds, live_kinds = by_kind(code), by_kind(live)
    for kind in dict.fromkeys([*code_kinds, *live_kinds]):
        groups += _Kind(code_kinds.get(kind, []), live_kinds.get(kind, []), states).groups()
    return groups


class _Kind:
    """The join of one kind of one cloud."""

    def __init__(self, code: list[Subject], live: list[Subject], states: States) -> None:
        self.code, self.states = code, states
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
                return Group([subject], found, None, "where the code makes copies of it is not known", _STATE)
            return Group([subject], found, "name")
        why = _several(ref, here)
        return Group([subject], here, "name" if here else None, why, _STATE if why else "")

    def _named(self, ref: ResourceRef) -> list[Subject]:
        if "/" not in ref.name:
            return self._by_name.get(ref.name, [])
        exact = self._by_key.get(names.spelled(ref.name, ""), [])  # a relative name of Google's
        return exact or self._by_name.get(ref.name.rpartition("/")[2], [])

    def _checked(self, group: Group) -> Group:
        """A live resource that several blocks of code make is ambiguous; bindings and policies on one may be many."""
        makers = [each for each in group.code if not names.is_part(each.ref)]
        if group.live and not group.ambiguous and len(makers) > 1:
            places = _some(names.show(each.ref) for each in makers)
            group.ambiguous = f"{len(makers)} resources of the code are the same live one: {places}"
            group.settles_it = "compare one root module, or one of code and plan, at a time"
        return group

    def _unidentified(self, loose: list[Subject], left: list[Subject]) -> list[Group]:
        """What is left over: a resource of the code whose name is not known may be any live one that nothing else is."""
        found: list[Group] = []
        shadows: dict[int, list[Subject]] = {}
        for subject in loose:
            fitting = [] if self.states.lacks(subject.ref) else [each for each in left if _may_be(subject.ref, each.ref)]
            if fitting and not names.is_part(subject.ref):
                for each in fitting:
                    shadows.setdefault(id(each), []).append(subject)
            reason = f"{_unnamed(subject.ref)}; it may be {_some(each.ref.id for each in fitting)}" if fitting else ""
            found.append(Group([subject], [], None, reason, _STATE if fitting else ""))
        for each in left:
            makers = shadows.get(id(each), [])
            reason = f"it may be {_some(names.show(maker.ref) for maker in makers)}, whose name the code does not tell" if makers else ""
            found.append(Group([], [each], None, reason, _STATE if makers else ""))
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
    return f"{len(found)} live resources have its name: {_some(each.ref.id for each in found)}"


def _account_fits(code: ResourceRef, live: ResourceRef) -> bool:
    return names.is_global(code) or not code.account or not live.account or code.account == live.account


def _region_fits(code: ResourceRef, live: ResourceRef) -> bool:
    """A resource without a region is global: the region of the code is then only its provider's."""
    if not code.region or not live.region or live.region == "global":
        return True
    return live.region in (code.region, *(code.also_in or ()))


def _may_be(code: ResourceRef, live: ResourceRef) -> bool:
    """Whether a resource of the code, which its name does not tell from others, may be a live one."""
    regions = code.also_in is None or _region_fits(code, live)
    # Names of Google's never change, so that one is at least known not to be another; a description may be changed by anyone.
    named = code.cloud != "google" or not code.named or "/" in code.name or code.name == live.name
    return names.same_type(code, live) and _account_fits(code, live) and regions and named


def _unnamed(ref: ResourceRef) -> str:
    if ref.stands_for == "instances":
        return "how many of these there are, and their names, are not known"
    return "its name does not tell it from others" if ref.named else "its name is not known before it is deployed"


def _some(texts: Iterable[str]) -> str:
    held = list(texts)
    more = len(held) - _SHOWN
    return ", ".join(held[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
