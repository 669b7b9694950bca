"""Canaries of a region of the live account: each region answers for itself, and the answer as a whole is the region.

https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_DescribeCanaries.html, .../API_DescribeCanariesLastRun.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.alerts.aws_api import WATCH
from assay.scanner.facts.observe.canaries.aws import CanariesAt, by_canary, by_region, of_region
from assay.scanner.facts.observe.canaries.kinds import CanarySet
from assay.scanner.facts.spelling import Index
from assay.scanner.sources.aws.calls import Call, Listing

_MORE = ("NextToken", "NextToken")
CANARIES = Listing(
    "synthetics.canary",
    Call("synthetics", "DescribeCanaries", marker=_MORE),
    entries="Canaries",
    id="arn:{partition}:synthetics:{region}:{account}:canary:{Name}",
)
_LAST_RUNS = Listing(
    "synthetics.last_run",
    Call("synthetics", "DescribeCanariesLastRun", marker=_MORE),
    entries="CanariesLastRun",
    id="arn:{partition}:synthetics:{region}:{account}:canary:{CanaryName}/last-run",
)
REGIONS = Listing("synthetics.region", CANARIES.call, entries="", id="arn:{partition}:synthetics:{region}:{account}:canary")
LISTINGS = (CANARIES, _LAST_RUNS, REGIONS)
READERS = (
    Reader(
        CanarySet,
        (REGIONS.type,),
        of_region,
        CanariesAt(
            canaries=Index((CANARIES.type,), by_region),
            state="Status.State",
            last_runs=Index((_LAST_RUNS.type,), by_canary),
            watch=WATCH,
        ),
    ),
)
