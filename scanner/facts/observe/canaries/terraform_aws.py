"""Canaries in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/synthetics_canary"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.alerts.terraform_aws import WATCH
from assay.scanner.facts.observe.canaries.aws import CanariesAt, by_region, of_code
from assay.scanner.facts.observe.canaries.kinds import CanarySet
from assay.scanner.facts.spelling import Index

_TYPES = ("aws_synthetics_canary",)
READERS = (
    Reader(
        CanarySet,
        _TYPES,
        of_code,
        CanariesAt(
            canaries=Index(_TYPES, by_region),
            title="name",
            schedule="schedule.expression",
            duration="schedule.duration_in_seconds",
            start="start_canary",
            watch=WATCH,
        ),
        always=False,
    ),
)
