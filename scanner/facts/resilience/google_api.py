"""Records of Cloud DNS and backends by their REST resources.

https://cloud.google.com/dns/docs/reference/rest/v1/resourceRecordSets
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.resilience.google import BackendAt, RecordAt, backend, record
from assay.scanner.facts.resilience.kinds import Failover

READERS = (
    Reader(
        Failover,
        ("dns.googleapis.com/ResourceRecordSet",),
        record,
        # Config Connector has the answers themselves where the API has an object with them.
        RecordAt(spelled_flat=("routingPolicy.geo", "routingPolicy.wrr")),
    ),
    Reader(Failover, ("compute.googleapis.com/BackendService",), backend, BackendAt()),
)
