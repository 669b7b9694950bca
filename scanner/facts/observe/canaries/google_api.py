"""Synthetic monitors and uptime checks by their REST resource.

https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.uptimeCheckConfigs
"""

from __future__ import annotations

from assay.scanner.facts.bindings import SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.alerts.google_api import POLICY, TYPE
from assay.scanner.facts.observe.canaries.google import CHECK, ChecksAt, by_project, checks, project
from assay.scanner.facts.observe.canaries.kinds import CanarySet
from assay.scanner.facts.spelling import Index

_CHECKS = ChecksAt(checks=Index((CHECK,), by_project), policies=Index((TYPE,), by_project), policy=POLICY)
READERS = (
    Reader(CanarySet, (CHECK,), checks, _CHECKS, always=False),
    Reader(CanarySet, (SCOPES[0],), project, _CHECKS, always=False),
)
