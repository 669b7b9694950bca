"""Cloud Trace by the REST resources. https://cloud.google.com/service-usage/docs/reference/rest/v1/services"""

from __future__ import annotations

from assay.scanner.facts.audit.recorders.google import SERVICE
from assay.scanner.facts.audit.recorders.google_api import SERVICES
from assay.scanner.facts.bindings import SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.tracing.google import ProjectAt, TraceServiceAt, of_project, project, service
from assay.scanner.facts.observe.tracing.kinds import TraceSource
from assay.scanner.facts.spelling import Index, Inherited

READERS = (
    Reader(TraceSource, (SCOPES[0],), project, ProjectAt(services=SERVICES, joins=(Inherited(SCOPES),)), always=False),
    Reader(TraceSource, (SERVICE,), service, TraceServiceAt(bindings=Index((SCOPES[0],), of_project)), always=False),
)
