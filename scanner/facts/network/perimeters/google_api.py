"""VPC Service Controls by its REST resources.

https://cloud.google.com/access-context-manager/docs/reference/rest/v1/accessPolicies.servicePerimeters,
https://cloud.google.com/asset-inventory/docs/asset-types
"""

from __future__ import annotations

import functools

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.google_assets import RESOURCE_MANAGER
from assay.scanner.facts.network.perimeters.entries import ShapeAt, recorded
from assay.scanner.facts.network.perimeters.kinds import DataPerimeter
from assay.scanner.facts.network.perimeters.service_controls import PerimeterAt, ProjectAt, perimeter, project
from assay.scanner.facts.spelling import Contribution

_PERIMETER = "identity.accesscontextmanager.googleapis.com/ServicePerimeter"
# A perimeter belongs to the organisation, and holds projects of any folder.
PERIMETERS = Contribution(types=(_PERIMETER,), records=functools.partial(recorded, at=ShapeAt()), name="google.perimeters")

READERS = (
    Reader(DataPerimeter, (_PERIMETER,), perimeter, PerimeterAt(name="title|name"), always=False),
    Reader(DataPerimeter, (f"{RESOURCE_MANAGER}/Project",), project, ProjectAt(name="projectId", perimeters=PERIMETERS), always=False),
)
