"""Whom backends of Google's load balancer admit, by their REST resources.

https://cloud.google.com/compute/docs/reference/rest/v1/securityPolicies
"""

from __future__ import annotations

from assay.scanner.facts.access.admission.google import AdmittingBackendAt, backend
from assay.scanner.facts.access.admission.kinds import Admission
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Link

_COMPUTE = "compute.googleapis.com"
_POLICIES = (f"{_COMPUTE}/SecurityPolicy", f"{_COMPUTE}/RegionSecurityPolicy")
_POLICY, _EDGE = Link("securityPolicy", _POLICIES), Link("edgeSecurityPolicy", _POLICIES)

READERS = (
    Reader(
        Admission,
        (f"{_COMPUTE}/BackendService", f"{_COMPUTE}/RegionBackendService"),
        backend,
        AdmittingBackendAt(policy=_POLICY, edge=_EDGE),
    ),
    Reader(Admission, (f"{_COMPUTE}/BackendBucket",), backend, AdmittingBackendAt(policy=_EDGE)),
)
