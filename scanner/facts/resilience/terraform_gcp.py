"""Records of Cloud DNS and backends in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/dns_record_set
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.resilience.google import BackendAt, RecordAt, backend, record
from assay.scanner.facts.resilience.kinds import Failover

READERS = (
    Reader(
        Failover,
        ("google_dns_record_set",),
        record,
        RecordAt(
            policies=("routing_policy.geo", "routing_policy.wrr"),
            primary="routing_policy.primary_backup",
            inside="health_checked_targets.internal_load_balancers",
            outside="health_checked_targets.external_endpoints",
            check="routing_policy.health_check",
        ),
    ),
    Reader(
        Failover,
        ("google_compute_backend_service",),
        backend,
        BackendAt(scheme="load_balancing_scheme", backends="backend", checks="health_checks", outliers="outlier_detection"),
    ),
)
