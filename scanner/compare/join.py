"""Which resource of the code is which live one. Nothing is guessed: what may be one of several is ambiguous, with what would tell which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from assay.scanner.analysis.estate.kinds import ESTATE
from assay.scanner.compare import names
from assay.scanner.compare.names import some
from assay.scanner.compare.resources import JudgedResource, by_kind
from assay.scanner.compare.state import States
from assay.scanner.results.model import ResourceRef

_STATE = "give the Terraform state of the code: --state FILE"


class MatchedResources(msgspec.Struct):
    """Resources of the code and of the live side that are one thing, as far as that can be told. Either side may be empty."""

    code: list[JudgedResource]
    live: list[JudgedResource]
    by: str | None = None
    """`state`, `name` or `scope`."""
    ambiguous: str = ""
    """Why it cannot be told which is which."""
    settles_it: str = ""
    gone: str = ""
    """The name under which a state knows it, where there is no such live resource."""


def join(
    code: Sequence[JudgedResource], live: Sequence[JudgedResource], states: States, audited: Iterable[str] = ()
) -> list[MatchedResources]:
    """Every resource of both sides in exactly one match. `audited` are the accounts that the live side looked at."""
    accounts: dict[str, set[str]] = {"aws": set(audited), "google": set()}
    for resource in live:
        if resource.ref.account:
            accounts.setdefault(resource.ref.cloud, set()).add(resource.ref.account)
    matches = list(_of_estate(code, live))
    code, live = ([resource for resource in side if resource.ref.root != ESTATE] for side in (code, live))
    code_kinds, live_kinds = by_kind(code), by_kind(live)
    for kind in dict.fromkeys([*code_kinds, *live_kinds]):
        matches += _Kind(code_kinds.get(kind, []), live_kinds.get(kind, []), states, accounts.get(kind[0], set())).matches()
    return matches


def _of_estate(code: Sequence[JudgedResource], live: Sequence[JudgedResource]) -> Iterator[MatchedResources]:
    """What each side says of the deployment as a whole, by what it is called without the side."""
    matches: dict[tuple[str, str], MatchedResources] = {}
    for side, source in ((code, ".code: "), (live, ".live: ")):
        for resource in side:
            if resource.ref.root == ESTATE:
                name = (resource.ref.kind, resource.ref.address.replace(source, ": "))
                match = matches.setdefault(name, MatchedResources([], [], "scope"))
                (match.code if side is code else match.live).append(resource)
    yield from matches.values()


class _Kind:
    """The join of one kind of one cloud."""

    def __init__(self, code: list[JudgedResource], live: list[JudgedResource], states: States, accounts: set[str]) -> None:
        self.code, self.states, self.accounts = code, states, accounts
        self.live = [resource for resource in live if resource.ref.stands_for != "unlisted"]
        self.unlisted = [resource for resource in live if resource.ref.stands_for == "unlisted"]
        self._by_key: dict[str, list[JudgedResource]] = {}
        self._by_name: dict[str, list[JudgedResource]] = {}
        self._by_alias: dict[str, list[JudgedResource]] = {}
        for resource in self.live:
            for alias in resource.ref.also_named:
                self._by_alias.setdefault(alias, []).append(resource)
            self._by_key.setdefault(names.live_key(resource.ref), []).append(resource)
            self._by_name.setdefault(resource.ref.name, []).append(resource)

    def matches(self) -> list[MatchedResources]:
        linked: list[MatchedResources] = []
        loose: list[JudgedResource] = []
        for resource in self.code:
            match = self._linked(resource)
            if match:
                linked.append(match)
            else:
                loose.append(resource)
        merged = [self._checked(match) for match in _merged(linked)]
        taken = {id(resource) for match in merged for resource in match.live}
        left = [resource for resource in self.live if id(resource) not in taken]
        return [*merged, *self._unidentified(loose, left), *(MatchedResources([], [resource]) for resource in self.unlisted)]

    def _linked(self, resource: JudgedResource) -> MatchedResources | None:
        """What a resource of the code is by a state, or by a name that tells it apart; None where neither says."""
        ref = resource.ref
        in_state = sorted(self.states.names(ref))
        if in_state:
            candidates = [candidate for name in in_state for candidate in self._by_key.get(name, ())]
            shown = next((name for name in in_state if "/" in name or ":" in name), in_state[0])
            return MatchedResources([resource], candidates, "state" if candidates else None, gone="" if candidates else shown)
        if (scope := names.scope_key(ref)) is not None and scope in self._by_key:
            return MatchedResources([resource], self._by_key[scope], "scope")
        named = self._named(ref) if names.tells_apart(ref) else self._aliased(ref)
        if not named and not names.tells_apart(ref):
            return None
        candidates = [other for other in named if names.same_type(ref, other.ref) and _account_fits(ref, other.ref)]
        in_region = candidates if names.is_global(ref) else [other for other in candidates if _region_fits(ref, other.ref)]
        if ref.also_in is None and len(candidates) > len(in_region):
            copies = {region for original in in_region for region in original.ref.also_in or ()}
            if not in_region or any(other not in in_region and other.ref.region not in copies for other in candidates):
                return MatchedResources([resource], candidates, None, "where the code makes copies of it is not known", _settling(ref))
            return MatchedResources([resource], candidates, "name")
        why = _several(ref, in_region) or self._unplaced(ref, in_region)
        return MatchedResources([resource], in_region, "name" if in_region else None, why, _settling(ref) if why else "")

    def _unplaced(self, ref: ResourceRef, candidates: list[JudgedResource]) -> str:
        """Why the only live resource of its name may be that of another deployment of the same code."""
        if not candidates or names.is_global(ref):
            return ""
        if not ref.account and len(self.accounts) > 1:
            return f"the code does not tell its account, and {len(self.accounts)} are on the live side: it may be meant for another"
        regions = {resource.ref.region for resource in self.live if resource.ref.region}
        if ref.cloud == "aws" and not ref.region and len(regions) > 1 and any(resource.ref.region for resource in candidates):
            return "the code does not tell its region: it may be meant for another"
        return ""

    def _named(self, ref: ResourceRef) -> list[JudgedResource]:
        """The live resources that have the name of one of the code."""
        if ref.cloud == "aws" or "/" not in ref.name:  # a secret of AWS may be called broker/etrade
            return self._by_name.get(ref.name, [])
        exact = self._by_key.get(names.spelled(ref.name, ""), [])  # a relative name of Google's
        exact = exact or self._by_name.get(ref.name, [])  # a release of security rules is called cloud.firestore/trade
        return exact or self._by_name.get(ref.name.rpartition("/")[2], [])

    def _aliased(self, ref: ResourceRef) -> list[JudgedResource]:
        """The live resources that have one of the aliases of one of the code, where they can be it."""
        aliased = {id(other): other for alias in ref.also_named for other in self._by_alias.get(alias, ())}
        return [other for other in aliased.values() if _account_fits(ref, other.ref) and _region_fits(ref, other.ref)]

    def _checked(self, match: MatchedResources) -> MatchedResources:
        """The match, ambiguous where several resources of the code make one live resource; bindings and policies on it may be many."""
        makers = [resource for resource in match.code if not names.is_part(resource.ref)]
        if match.live and not match.ambiguous and len(makers) > 1:
            places = some((names.show(maker.ref) for maker in makers), len(makers))
            match.ambiguous = f"{len(makers)} resources of the code are the same live one: {places}"
            match.settles_it = "compare one root module, or one of code and plan, at a time"
        return match

    def _unidentified(self, loose: list[JudgedResource], left: list[JudgedResource]) -> list[MatchedResources]:
        """Matches of one side alone: a resource of the code whose name is not known may be any live one that nothing else is.

        Both sides are taken by lookalikes, since each may have thousands of resources.
        """
        lookalikes, makers = _Lookalikes(left), _Lookalikes([])
        may_be: dict[_Look, str] = {}
        matches: list[MatchedResources] = []
        for resource in loose:
            look = _look(resource.ref)
            if look not in may_be:
                fitting = [alike for alike in lookalikes.named_like(look) if _may_be(resource.ref, alike[0].ref)]
                may_be[look] = some((other.ref.id for alike in fitting for other in alike), sum(map(len, fitting)))
            candidates = "" if self.states.lacks(resource.ref) else may_be[look]
            if candidates and not names.is_part(resource.ref):
                makers.add(resource)
            reason = f"{_unnamed(resource.ref)}; it may be {candidates}" if candidates else ""
            matches.append(MatchedResources([resource], [], None, reason, _settling(resource.ref) if candidates else ""))
        for look, alike in lookalikes.by_look.items():
            possible = [others for others in makers.named_like(look) if _may_be(others[0].ref, alike[0].ref)]
            shown = some((names.show(maker.ref) for others in possible for maker in others), sum(map(len, possible)))
            reason = f"it may be {shown}, whose name the code does not tell" if possible else ""
            way = _settling(possible[0][0].ref) if possible else ""
            matches += [MatchedResources([], [resource], None, reason, way) for resource in alike]
        return matches


class _Look(NamedTuple):
    """All that counts of a resource where it is not known which one it is."""

    account: str | None
    region: str | None
    also_in: tuple[str, ...] | None
    family: str
    part: bool
    name: str
    """Empty where it may change, so that it tells nothing."""


def _look(ref: ResourceRef) -> _Look:
    also_in = None if ref.also_in is None else tuple(ref.also_in)
    name = ref.name if _is_fixed(ref) else ""
    return _Look(ref.account, ref.region, also_in, names.family(ref.type), names.is_part(ref), name)


class _Lookalikes:
    """Resources by what they look like."""

    def __init__(self, resources: Iterable[JudgedResource]) -> None:
        self.by_look: dict[_Look, list[JudgedResource]] = {}
        self._by_name: dict[str, list[_Look]] = {}
        for resource in resources:
            self.add(resource)

    def add(self, resource: JudgedResource) -> None:
        look = _look(resource.ref)
        if look not in self.by_look:
            self._by_name.setdefault(look.name, []).append(look)
        self.by_look.setdefault(look, []).append(resource)

    def named_like(self, other: _Look) -> list[list[JudgedResource]]:
        """Those that another may be by its name; where either has no name that is fixed, all may be."""
        looks = [*self._by_name.get(other.name, ()), *self._by_name.get("", ())] if other.name else list(self.by_look)
        return [self.by_look[look] for look in looks]


def _merged(linked: list[MatchedResources]) -> list[MatchedResources]:
    """Matches that share a live resource, directly or by others, as one."""
    parent = list(range(len(linked)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    first_with: dict[int, int] = {}
    for index, match in enumerate(linked):
        for resource in match.live:
            parent[root(index)] = root(first_with.setdefault(id(resource), index))
    sharing: dict[int, list[MatchedResources]] = {}
    for index, match in enumerate(linked):
        sharing.setdefault(root(index), []).append(match)
    return [_one(matches) for matches in sharing.values()]


def _one(matches: list[MatchedResources]) -> MatchedResources:
    live = {id(resource): resource for match in matches for resource in match.live}
    doubt = next((match for match in matches if match.ambiguous), matches[0])
    by = next((match.by for match in matches if match.by), None)
    code = [resource for match in matches for resource in match.code]
    return MatchedResources(code, list(live.values()), by, doubt.ambiguous, doubt.settles_it, matches[0].gone)


def _several(ref: ResourceRef, candidates: list[JudgedResource]) -> str:
    """Why several live resources of a name are not one resource with its copies; empty where they are."""
    places = [(candidate.ref.account, candidate.ref.region) for candidate in candidates]
    if len(candidates) < 2:
        return ""
    accounts, regions = {account for account, _ in places}, {region for _, region in places}
    copies = {ref.region, *(ref.also_in or ())}
    if len(accounts) == 1 and len(set(places)) == len(places) and (len(regions) == 1 or regions <= copies):
        return ""
    return f"{len(candidates)} live resources have its name: {some((candidate.ref.id for candidate in candidates), len(candidates))}"


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
    """Whether its name can never change, as Google's cannot: it is then at least known not to be a resource of another name."""
    return ref.cloud == "google" and ref.named and "/" not in ref.name


def _unnamed(ref: ResourceRef) -> str:
    if ref.stands_for == "instances":
        return "how many of these there are, and their names, are not known"
    return "its name does not tell it from others" if ref.named else "its name is not known before it is deployed"


def _settling(ref: ResourceRef) -> str:
    """What tells which live resource it is."""
    return "give it a name in its template" if ref.type.startswith("AWS::") else _STATE
