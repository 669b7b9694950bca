"""Sinks of projects in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/logging_project_sink, .../logging_folder_sink,
.../logging_organization_sink
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.audit.exports.google import RoutingAt, project
from assay.scanner.facts.audit.exports.kinds import LogRouting
from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.audit.trails.google import key_of
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.retention.terraform_gcp import BUCKETS, SINK
from assay.scanner.facts.spelling import Index, Link, Many
from assay.scanner.sources.interface import Item

_OWNERS = {"google_logging_folder_sink": "folder", "google_logging_organization_sink": "org_id"}


def _records(item: Item) -> Iterator[tuple[Hashable, Any]]:
    if key := key_of(item.link(_OWNERS[item.type])):
        yield key, item


READERS = (
    Reader(
        LogRouting,
        ("google_project",),
        project,
        RoutingAt(
            name="project_id",
            names=("project_id", "number", "id"),
            number="number",
            sink=SINK,
            buckets=every(*BUCKETS),
            bucket_name="bucket_id",
            sinks=(Many("google_logging_project_sink", "project"),),
            above=Index(tuple(_OWNERS), _records),
            parents=tuple(Link(path, ("google_folder",)) for path in ("folder_id", "org_id", "parent")),
        ),
        always=False,
    ),
)
