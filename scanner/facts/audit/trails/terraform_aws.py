"""Trails in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudtrail"""

from __future__ import annotations

from assay.scanner.facts.audit.trails.aws import TrailAt, trail
from assay.scanner.facts.audit.trails.kinds import ApiTrail
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.terraform_aws import TRAILS

READERS = (
    Reader(
        ApiTrail,
        ("aws_cloudtrail",),
        trail,
        TrailAt(
            name="name",
            trails=TRAILS,
            validated="enable_log_file_validation",
            global_events="include_global_service_events",
            management="include_management_events",
            excluded="exclude_management_event_sources",
        ),
    ),
)
