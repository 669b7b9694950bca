"""Records of Route 53 in the live account. https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.indexes import by_text
from assay.scanner.facts.resilience.kinds import Failover
from assay.scanner.facts.resilience.route53 import RecordAt, record
from assay.scanner.facts.spelling import Link
from assay.scanner.sources.aws.calls import Call, Listing

ZONES = Listing(
    "route53.zone",
    Call("route53", "ListHostedZones", page_size=100),
    entries="HostedZones",
    id="arn:{partition}:route53:::{Id}",
    everywhere=True,
    gone=("NoSuchHostedZone",),
)
RECORDS = Listing(
    "route53.record",
    Call("route53", "ListResourceRecordSets", (("HostedZoneId", "Id"),), page_size=300),
    entries="ResourceRecordSets",
    # Records have no ARN; those of one name and type are told apart by their set identifiers.
    id="{HostedZoneId} {Name} {Type} {SetIdentifier}",
    parent=ZONES.type,
    known=(("HostedZoneId", "Id"),),
    everywhere=True,
)
CHECKS = Listing(
    "route53.health_check",
    Call("route53", "ListHealthChecks", page_size=100),
    entries="HealthChecks",
    id="arn:{partition}:route53:::healthcheck/{Id}",
    everywhere=True,
)
LISTINGS = (ZONES, RECORDS, CHECKS)


READERS = (Reader(Failover, (RECORDS.type,), record, RecordAt(check=Link("HealthCheckId", ()), checks=by_text("Id", CHECKS.type))),)
