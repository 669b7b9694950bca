"""Locations of Cloud Storage buckets. https://cloud.google.com/storage/docs/locations"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.google_assets import named
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.storage.replication.kinds import BucketReplication
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown, unknown_inside
from assay.scanner.sources.values import any_of

MULTI_REGIONS = ("US", "EU", "ASIA")
"""Each keeps objects in at least two places that are at least 100 miles apart: https://cloud.google.com/storage/docs/locations#location-mr"""
# https://cloud.google.com/storage/docs/locations#predefined
DUAL_REGIONS = {
    "ASIA1": ("asia-northeast1", "asia-northeast2"),
    "EUR4": ("europe-north1", "europe-west4"),
    "NAM4": ("us-central1", "us-east1"),
}
_OTHER_DUAL = lazy_re.pattern(r"(?:ASIA|EUR|NAM)\d+")
_REGION = lazy_re.pattern(r"[A-Z]+-[A-Z]+\d+")


class PlacesAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the location of a bucket."""

    location: Annotated[Place, "replicated", "gap", "regions", "named"]
    pair: Annotated[Place, "replicated", "gap", "regions", "named"]
    """The regions of a configurable dual-region."""


def bucket(view: View, at: PlacesAt) -> BucketReplication:
    """Without a location, US: https://cloud.google.com/storage/docs/json_api/v1/buckets#resource"""
    location = view[at.location].default("US").text().then(str.upper)
    pair = view[at.pair].then(_pair)
    configured = pair.then(bool)
    return BucketReplication(
        identity=view.identity(view[at.name] if at.name else named(view.item)),
        replicated=any_of([configured, location.then(_several)]),
        gap=location.then(lambda text: f"{text} is one region"),
        regions=pair if configured.data is not False else location.then(_regions),
        named=any_of([configured, location.then(lambda text: text not in MULTI_REGIONS)]),
        copies=view.says(False),
    )


def _pair(regions: Any) -> Any:
    if regions in (None, []):
        return []
    open_ = (
        unknown_inside(regions)
        if not isinstance(regions, list)
        else next((why for region in regions if (why := unknown_inside(region))), None)
    )
    if open_ or not isinstance(regions, list) or not all(isinstance(region, str) for region in regions):
        return open_ or Unknown("which regions it is kept in is known after apply", "scan the live bucket")
    return sorted({region.lower() for region in regions})


def _several(location: str) -> bool | Unknown:
    if location in MULTI_REGIONS or location in DUAL_REGIONS or _OTHER_DUAL.fullmatch(location):
        return True
    if _REGION.fullmatch(location):
        return False
    return Unknown(f"what location {location} is", "scan the live bucket")


def _regions(location: str) -> list[str] | Unknown:
    if location in DUAL_REGIONS:
        return list(DUAL_REGIONS[location])
    if _OTHER_DUAL.fullmatch(location):
        return Unknown(f"which regions {location} is", "configure the pair of regions of the stacks")
    return [] if location in MULTI_REGIONS else [location.lower()]
