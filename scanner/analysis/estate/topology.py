"""Tiers and stack regions: what has to be there, and where it is."""

from __future__ import annotations

from collections.abc import Iterator

from assay.scanner.analysis.estate.kinds import StackRegion, StackRegions, Tier, TierPlace
from assay.scanner.analysis.estate.recording import ELSEWHERE
from assay.scanner.analysis.estate.summary import Scope, Sighting
from assay.scanner.analysis.estate.tiers import TIERS
from assay.scanner.analysis.estate.view import EVERYWHERE, EstateView
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of

EVERY_TIER = "every tier"
"""What stands for all of them where nothing of an environment was seen."""
_ENOUGH = 2
_COVERAGE, _STACKS = "estate.tier-coverage", "resilience.two-stack-regions"


def tiers(view: EstateView) -> Iterator[Tier]:
    """Each tier of each environment and cloud that should be there."""
    for scope in view.expected():
        if unseen := view.unseen(scope):
            yield Tier(identity=view.identity(scope, EVERY_TIER, unseen), tier=Value(EVERY_TIER), places=Value([]))
            continue
        for name, tier in TIERS.items():
            if scope.cloud in tier.clouds:
                regions = view.regions(scope) if scope.cloud in tier.regional else ()
                places = [_place(view, scope, name, region, _there(view, scope, name, region)) for region in regions or (EVERYWHERE,)]
                yield _tier(view, scope, name, places)


def _tier(view: EstateView, scope: Scope, name: str, places: list[TierPlace]) -> Tier:
    return Tier(identity=view.identity(scope, name), tier=Value(name), places=Value(places, (view.place(scope),)))


def _place(view: EstateView, scope: Scope, tier: str, region: str, present: Value[bool]) -> TierPlace:
    declared = view.declared(_COVERAGE, tier, (region, scope.cloud, scope.environment))
    return TierPlace(name=Value(region), present=present, declared=declared)


def _there(view: EstateView, scope: Scope, tier: str, region: str) -> Value[bool]:
    if region == EVERYWHERE:
        return view.present(scope, EVERYWHERE, _anywhere(view, scope, tier), None, f"the tier {tier}", TIERS[tier].kinds)
    of_tier = view.summary.tiers
    somewhere = of_tier.get((scope, tier, ELSEWHERE)) or of_tier.get((scope, tier, ""))
    return view.present(scope, region, of_tier.get((scope, tier, region)), somewhere, f"the tier {tier}", TIERS[tier].kinds)


def _anywhere(view: EstateView, scope: Scope, tier: str) -> Sighting | None:
    sightings = [seen for (where, name, _), seen in view.summary.tiers.items() if where == scope and name == tier]
    return min(sightings, key=lambda seen: (bool(seen.doubt), seen.address, seen.file, seen.line), default=None)


def stack_regions(view: EstateView) -> Iterator[StackRegions]:
    """The regions of each environment and cloud that should be there."""
    for scope in view.expected():
        if unseen := view.unseen(scope):
            identity = view.identity(scope, "stack regions", unseen)
            yield StackRegions(identity=identity, lower=Value(view.is_lower(scope)), regions=Value([]), asked=Value(0), serving=Value(0))
            continue
        asked = view.regions(scope)
        seen = sorted({region for where, tier, region in view.summary.tiers if where == scope and tier == "ui_service"} - {"", ELSEWHERE})
        regions = [_stack_region(view, scope, region, region in asked) for region in dict.fromkeys([*asked, *seen])]
        yield StackRegions(
            identity=view.identity(scope, "stack regions"),
            lower=Value(view.is_lower(scope)),
            regions=Value(regions, (view.place(scope),)),
            asked=Value(len(asked)),
            serving=_serving(view, scope, [region.serves.data for region in regions]),
        )


def _serving(view: EstateView, scope: Scope, serving: list[object]) -> Value[int]:
    """How many regions serve users. Two that certainly do are enough, however many there are."""
    certain, place = serving.count(True), view.place(scope)
    doubt = next((one for one in serving if isinstance(one, Unknown)), None)
    more = doubt or view.absent(scope, EVERYWHERE, "another region that serves users").data
    return Value(more if isinstance(more, Unknown) and certain < _ENOUGH else certain, (place,))


def _stack_region(view: EstateView, scope: Scope, region: str, asked: bool) -> StackRegion:
    service = _there(view, scope, "ui_service", region)
    everywhere = view.summary.tiers.get((scope, "lb", ""))
    if everywhere is not None and not everywhere.doubt:
        balancer: Value[bool] = Value(True, everywhere.place)
    else:
        balancer = _there(view, scope, "lb", region)
    return StackRegion(
        name=Value(region),
        asked=Value(asked),
        serves=all_of([service, balancer]),
        declared=view.declared(_STACKS, region, (region, scope.cloud, scope.environment)),
    )
