"""The resources of the estate, of all its kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from assay.scanner.analysis.estate import environments, pairs, topology
from assay.scanner.analysis.estate.kinds import OfEstate
from assay.scanner.analysis.estate.view import EstateView

_MADE: dict[str, Callable[[EstateView], Iterator[Any]]] = {
    "Tier": topology.tiers,
    "StackRegions": topology.stack_regions,
    "RegionPair": pairs.region_pairs,
    "CloudPair": pairs.cloud_pairs,
    "EnvironmentPair": pairs.environment_pairs,
    "Environment": environments.environments,
    "RecordClass": environments.records,
    "ThrottleBudget": environments.throttle_budgets,
    "ManagedAccount": environments.managed_accounts,
}


def resources(view: EstateView, kinds: set[str]) -> Iterator[OfEstate]:
    """Every resource of some kinds."""
    for kind, make in _MADE.items():
        if kind in kinds:
            yield from make(view)
