"""Binary Authorization by the REST resources. https://cloud.google.com/binary-authorization/docs/reference/rest/v1/Policy"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Beside

from .google import CloudRunAt, cloud_run
from .kinds import DeployCheck

_AT: dict[str, Any] = {
    "name": "metadata.name|name",
    "default": "binaryAuthorization.useDefault",
    "own": "binaryAuthorization.policy",
    "breakglass": "binaryAuthorization.breakglassJustification",
    "annotations": ("metadata.annotations",),
    "policies": Beside("binaryauthorization.googleapis.com/Policy"),
    "rule": "defaultAdmissionRule",
    "evaluation": "evaluationMode",
    "enforcement": "enforcementMode",
    "attestors": "requireAttestationsBy",
    "exempt": "admissionWhitelistPatterns",
    "pattern": "namePattern",
}

READERS = (
    Reader(
        DeployCheck,
        ("run.googleapis.com/Service", "run.googleapis.com/WorkerPool"),
        cloud_run,
        CloudRunAt(sort="service", images=("template.containers", "spec.template.spec.containers"), **_AT),
    ),
    Reader(
        DeployCheck,
        ("run.googleapis.com/Job",),
        cloud_run,
        CloudRunAt(sort="job", images=("template.template.containers", "spec.template.spec.template.spec.containers"), **_AT),
    ),
)
