"""VPC Service Controls in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/access_context_manager_service_perimeter,
.../access_context_manager_service_perimeter_resource, .../access_context_manager_service_perimeter_ingress_policy. Resources with
`dry_run` in their names change what is only tried out.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.perimeters.entries import ShapeAt, WayAt, members_of, recorded, rules_of
from assay.scanner.facts.network.perimeters.kinds import DataPerimeter
from assay.scanner.facts.network.perimeters.service_controls import PerimeterAt, ProjectAt, perimeter, project
from assay.scanner.facts.spelling import Index, Many
from assay.scanner.sources.interface import Item

_PERIMETER = "google_access_context_manager_service_perimeter"
_PERIMETERS, _MEMBERSHIP = f"{_PERIMETER}s", f"{_PERIMETER}_resource"
_WAYS = (
    WayAt("ingress", "ingress_policies", "ingress_from.identity_type", "ingress_to.resources"),
    WayAt("egress", "egress_policies", "egress_from.identity_type", "egress_to.resources"),
)
_RULES = {f"{_PERIMETER}_{way.direction}_policy": way for way in _WAYS}
SHAPE = ShapeAt(kind="perimeter_type", services="restricted_services", ways=_WAYS, projects=("google_project",))
SEVERAL = msgspec.structs.replace(SHAPE, several="service_perimeters")


def _records(item: Item) -> Iterator[tuple[Hashable, Any]]:
    if item.type in _RULES:
        yield from rules_of(item, "perimeter", _RULES[item.type])
    elif item.type == _MEMBERSHIP:
        yield from members_of(item, "resource", "perimeter_name", SHAPE)
    else:
        yield from recorded(item, SEVERAL if item.type == _PERIMETERS else SHAPE, with_item=True)


READERS = (
    Reader(
        DataPerimeter,
        (_PERIMETER,),
        perimeter,
        PerimeterAt(
            name="title|name",
            names=("name", "id"),
            shape=SHAPE,
            ways=tuple((Many(type_, "perimeter"), way) for type_, way in _RULES.items()),
        ),
        always=False,
    ),
    Reader(DataPerimeter, (_PERIMETERS,), perimeter, PerimeterAt(name="parent", shape=SEVERAL), always=False),
    Reader(
        DataPerimeter,
        ("google_project",),
        project,
        ProjectAt(name="project_id", perimeters=Index((_PERIMETER, _PERIMETERS, _MEMBERSHIP, *_RULES), _records)),
    ),
)
