"""Sinks of projects by their REST resources. https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.sinks"""

from __future__ import annotations

from assay.scanner.facts.audit.exports.google import RoutingAt, project
from assay.scanner.facts.audit.exports.kinds import LogRouting
from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.bindings import SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.retention.google_api import SINKS
from assay.scanner.facts.observe.sinks import LOG_BUCKET, LOG_SINK

READERS = (
    Reader(
        LogRouting,
        (SCOPES[0],),
        project,
        RoutingAt(name="projectId|name", number="projectNumber", buckets=every(LOG_BUCKET), declared=every(LOG_SINK), live=SINKS),
        always=False,
    ),
)
