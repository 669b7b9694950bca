"""Logs of backends by their REST resources. https://cloud.google.com/compute/docs/reference/rest/v1/backendServices"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.google import BackendAt, backend
from assay.scanner.facts.observe.kinds import EdgeLog

READERS = (Reader(EdgeLog, ("compute.googleapis.com/BackendService", "compute.googleapis.com/RegionBackendService"), backend, BackendAt()),)
