"""Services by their REST resource. https://cloud.google.com/service-usage/docs/reference/rest/v1/services"""

from __future__ import annotations

from assay.scanner.facts.audit.recorders.google import SERVICE, ProjectAt, ServiceAt, project, service, services
from assay.scanner.facts.audit.recorders.kinds import ChangeRecord
from assay.scanner.facts.bindings import SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Contribution

SERVICES = Contribution(types=(SERVICE,), records=services, name="google.services")
READERS = (
    Reader(ChangeRecord, (SCOPES[0],), project, ProjectAt(services=SERVICES), always=False),
    Reader(ChangeRecord, (SERVICE,), service, ServiceAt(), always=False),
)
