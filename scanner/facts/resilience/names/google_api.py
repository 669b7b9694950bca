"""Names of Cloud DNS by their REST resources. https://cloud.google.com/dns/docs/reference/rest/v1/resourceRecordSets"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.google_api import FORWARDING_RULE, FORWARDING_RULES
from assay.scanner.facts.resilience.names.google import NameAt, by_address, public_name
from assay.scanner.facts.resilience.names.kinds import PublicName
from assay.scanner.facts.spelling import Link

_COMPUTE = "compute.googleapis.com"
_BUCKET = f"{_COMPUTE}/BackendBucket"
_SERVICES = (f"{_COMPUTE}/BackendService", f"{_COMPUTE}/RegionBackendService")

READERS = (
    Reader(
        PublicName,
        ("dns.googleapis.com/ResourceRecordSet",),
        public_name,
        NameAt(
            zone=Link("managedZone", ("dns.googleapis.com/ManagedZone",)),
            # Config Connector has the answers themselves where the API has an object with them.
            geo_flat=("routingPolicy.geo",),
            others=(
                "routingPolicy.wrr.items",
                "routingPolicy.wrr",
                "routingPolicy.primaryBackup.primaryTargets",
                "routingPolicy.primaryBackup.primary",
                "routingPolicy.primaryBackup.backupGeoTargets.items",
                "routingPolicy.primaryBackup.backupGeo",
            ),
            # Also as Config Connector has it: https://cloud.google.com/config-connector/docs/reference/resource-docs/compute/computeforwardingrule
            rules=by_address(("IPAddress", "ipAddress.ip", "ipAddress.address"), *FORWARDING_RULES),
            proxy=FORWARDING_RULE.target,
            url_map=FORWARDING_RULE.url_map,
            service_of_proxy=Link("service", _SERVICES),
            defaults=Link("defaultService", (*_SERVICES, _BUCKET)),
            service=Link("service", (*_SERVICES, _BUCKET)),
            shares=Link("backendService", (*_SERVICES, _BUCKET)),
            backends=("backends", "backend"),
            group=Link("group.networkEndpointGroup|group.instanceGroup|group", ()),
        ),
    ),
)
