"""Binary Authorization in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/binary_authorization_policy
"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Beside

from .google import CloudRunAt, cloud_run
from .kinds import DeployCheck

_POLICY: dict[str, Any] = {
    "policies": Beside("google_binary_authorization_policy"),
    "project": "project",
    "rule": "default_admission_rule",
    "evaluation": "evaluation_mode",
    "enforcement": "enforcement_mode",
    "attestors": "require_attestations_by",
    "exempt": "admission_whitelist_patterns",
    "pattern": "name_pattern",
}
_V2: dict[str, Any] = {
    "name": "name",
    "default": "binary_authorization.use_default",
    "own": "binary_authorization.policy",
    "breakglass": "binary_authorization.breakglass_justification",
    **_POLICY,
}

READERS = (
    Reader(
        DeployCheck,
        ("google_cloud_run_v2_service", "google_cloud_run_v2_worker_pool"),
        cloud_run,
        CloudRunAt(sort="service", images=("template.containers",), **_V2),
    ),
    Reader(DeployCheck, ("google_cloud_run_v2_job",), cloud_run, CloudRunAt(sort="job", images=("template.template.containers",), **_V2)),
    Reader(
        DeployCheck,
        ("google_cloud_run_service",),
        cloud_run,
        CloudRunAt(name="name", sort="service", annotations=("metadata.annotations",), images=("template.spec.containers",), **_POLICY),
    ),
)
