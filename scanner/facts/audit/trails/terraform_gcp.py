"""Audit configurations in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_iam#google_project_iam_audit_config,
.../google_folder_iam_audit_config, .../google_organization_iam_audit_config
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.audit.trails.google import ConfigAt, ScopeAt, key_of, of_policy, scope, settings
from assay.scanner.facts.audit.trails.kinds import ApiTrail
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Index, Link, Many, Referrer
from assay.scanner.sources.interface import Item

_SHAPE = ConfigAt(logs="audit_log_config", type="log_type", exempted="exempted_members")
_POLICIES = {"google_folder_iam_policy": "folder", "google_organization_iam_policy": "org_id"}
_OWNERS = {"google_folder_iam_audit_config": "folder", "google_organization_iam_audit_config": "org_id", **_POLICIES}


def _records(item: Item) -> Iterator[tuple[Hashable, Any]]:
    if key := key_of(item.link(_OWNERS[item.type])):
        own = of_policy(item["policy_data"], item.location())[0] if item.type in _POLICIES else [settings(item, _SHAPE)]
        yield from [(key, (item, one)) for one in own]


_ABOVE = Index(tuple(_OWNERS), _records)
_FOLDER = ("google_folder",)
_ABOVE_FOLDER = (Link("parent", _FOLDER),)


def _at(sort: str, level: str, owner: str, **more: Any) -> ScopeAt:
    return ScopeAt(
        sort=sort,
        configs=(Many(f"google_{level}_iam_audit_config", owner),),
        shape=_SHAPE,
        policies=Referrer(f"google_{level}_iam_policy", owner, "policy_data"),
        above=_ABOVE,
        **more,
    )


READERS = (
    Reader(
        ApiTrail,
        ("google_project",),
        scope,
        _at(
            "project",
            "project",
            "project",
            name="project_id",
            names=("project_id", "number", "id"),
            parents=(Link("folder_id", _FOLDER), Link("org_id", ()), *_ABOVE_FOLDER),
        ),
        always=False,
    ),
    Reader(
        ApiTrail,
        ("google_folder",),
        scope,
        _at("folder", "folder", "folder", name="display_name", names=("name", "id", "folder_id"), parents=_ABOVE_FOLDER),
        always=False,
    ),
    # Organisations are nowhere declared: each is what its audit configurations name.
    Reader(ApiTrail, ("data.google_organization",), scope, _at("organisation", "organization", "org_id", name="org_id"), always=False),
)
