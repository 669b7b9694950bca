"""Whom backends of Google's load balancer admit, in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_security_policy
"""

from __future__ import annotations

from assay.scanner.facts.access.admission.google import AdmittingBackendAt, ArmorAt, backend
from assay.scanner.facts.access.admission.kinds import Admission
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Fixed, Link, Referrer

_POLICIES = ("google_compute_security_policy", "google_compute_region_security_policy")
_ARMOR = ArmorAt(
    rules=("rule", "rules"),
    separate=(
        Referrer("google_compute_security_policy_rule", "security_policy"),
        Referrer("google_compute_region_security_policy_rule", "security_policy"),
    ),
    ranges="match.config.src_ip_ranges",
    expression="match.expr.expression",
    conform="rate_limit_options.conform_action",
)
_POLICY, _EDGE = Link("security_policy", _POLICIES), Link("edge_security_policy", _POLICIES)

READERS = (
    Reader(
        Admission,
        ("google_compute_backend_service",),
        backend,
        AdmittingBackendAt(scheme="load_balancing_scheme", policy=_POLICY, edge=_EDGE, armor=_ARMOR),
    ),
    Reader(
        Admission,
        ("google_compute_region_backend_service",),
        backend,
        AdmittingBackendAt(scheme=("load_balancing_scheme", Fixed("INTERNAL")), policy=_POLICY, armor=_ARMOR),
    ),
    Reader(
        Admission,
        ("google_compute_backend_bucket",),
        backend,
        AdmittingBackendAt(scheme="load_balancing_scheme", policy=_EDGE, armor=_ARMOR),
    ),
)
