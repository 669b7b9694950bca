"""Recorders of the live account: each region answers for itself, and the answer as a whole is the region.

https://docs.aws.amazon.com/config/latest/APIReference/API_DescribeConfigurationRecorders.html,
.../API_DescribeConfigurationRecorderStatus.html
"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.audit.recorders.aws import RegionAt, region
from assay.scanner.facts.audit.recorders.kinds import ChangeRecord
from assay.scanner.facts.catalogue import Reader
from assay.scanner.sources.aws.calls import Call, Listing

STATES = Call("config", "DescribeConfigurationRecorderStatus")
RECORDERS = Listing(
    "config.region",
    Call("config", "DescribeConfigurationRecorders"),
    entries="",
    id="arn:{partition}:config:{region}:{account}:configuration-recorder",
    joined_across_regions=True,
    details=(STATES,),
)
LISTINGS = (RECORDERS,)
READERS = (
    Reader(
        ChangeRecord,
        (RECORDERS.type,),
        region,
        RegionAt(
            recorders=f"{RECORDERS.call.name}.ConfigurationRecorders",
            states=f"{STATES.name}.ConfigurationRecordersStatus",
            others=every(RECORDERS.type),
        ),
    ),
)
