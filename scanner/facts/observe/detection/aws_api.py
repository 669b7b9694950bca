"""GuardDuty of the live account: each region answers for itself, and the answer as a whole is the region.

https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ListDetectors.html, .../API_GetDetector.html
"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.detection.aws import FeaturesAt, RegionAt, region
from assay.scanner.facts.observe.detection.kinds import ThreatDetection
from assay.scanner.sources.aws.calls import Call, Listing

_LIST = Call("guardduty", "ListDetectors")
DETECTOR = Call("guardduty", "GetDetector", (("DetectorId", "value"),))
REGIONS = Listing("guardduty.region", _LIST, entries="", id="arn:{partition}:guardduty:{region}:{account}:detector")
DETECTORS = Listing(
    "guardduty.detector",
    _LIST,
    entries="DetectorIds",
    id="arn:{partition}:guardduty:{region}:{account}:detector/{value}",
    details=(DETECTOR,),
)
LISTINGS = (REGIONS, DETECTORS)
READERS = (
    Reader(
        ThreatDetection,
        (REGIONS.type,),
        region,
        RegionAt(
            detectors=every(DETECTORS.type, calls=(DETECTOR.name,)),
            status=f"{DETECTOR.name}.Status",
            features=FeaturesAt(features=f"{DETECTOR.name}.Features"),
        ),
    ),
)
