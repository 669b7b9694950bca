"""Synthetic monitors and uptime checks in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/monitoring_uptime_check_config
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.alerts.terraform_gcp import POLICY, TYPE
from assay.scanner.facts.observe.canaries.google import ChecksAt, by_project, checks
from assay.scanner.facts.observe.canaries.kinds import CanarySet
from assay.scanner.facts.spelling import Index

_CHECK = "google_monitoring_uptime_check_config"
READERS = (
    Reader(
        CanarySet,
        (_CHECK,),
        checks,
        ChecksAt(
            checks=Index((_CHECK,), by_project),
            title="display_name",
            monitor="synthetic_monitor.cloud_function_v2.name",
            disabled="",
            policies=Index((TYPE,), by_project),
            policy=POLICY,
            filter="condition_threshold.filter",
            query="condition_monitoring_query_language.query|condition_prometheus_query_language.query",
        ),
        always=False,
    ),
)
