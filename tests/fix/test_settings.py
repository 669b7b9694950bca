"""What remedies write on Google is spelled as in our fixtures, whose attributes are those of the provider: `terraform validate` cannot tell here."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from assay.scanner.fix.edits import NoEdit
from assay.scanner.fix.hcl import HclFile
from assay.scanner.fix.hcl_nodes import body_of, children_of, labels_of, name_of
from assay.scanner.rules.model import Remedy
from assay.scanner.rules.remedies import SELF, RemedyWords, filled, placeholders
from tests.fix.cases import controls
from tests.scans import ROOT

WORDS = RemedyWords("one", "google_x.one", "one")
LOOKED_UP = (
    "google_bigquery_default_service_account.project",
    "google_cloudfunctions_function.vpc_connector_egress_settings",
    "google_compute_region_security_policy_rule.preview",
    "google_compute_target_ssl_proxy.ssl_policy",
    "google_folder_organization_policy.boolean_policy",
    "google_folder_organization_policy.boolean_policy.enforced",
    "google_storage_project_service_account.project",
)
"""In none of our fixtures, but at https://registry.terraform.io/providers/hashicorp/google/latest/docs."""


@functools.cache
def declared() -> frozenset[str]:
    """Type and path of each argument and block of Google in the fixtures."""
    known: set[str] = set()
    for path in (ROOT / "fixtures").rglob("*.tf"):
        content = path.read_bytes()
        if b'"google_' in content:
            try:
                blocks = list(HclFile(path.name, content).blocks())
            except NoEdit:
                continue
            for block in blocks:
                if name_of(block) in ("resource", "data") and labels_of(block)[0].startswith("google_"):
                    known |= set(paths(block, labels_of(block)[0]))
    return frozenset(known)


def paths(block: Any, prefix: str) -> Iterator[str]:
    """The arguments and blocks in a block, with those that `dynamic` makes."""
    for child in children_of(block):
        name, inner = name_of(child), child
        if child.type == "block" and name == "dynamic":
            name = labels_of(child)[0]
            inner = next(child for child in body_of(child).children if child.type == "block")
        yield f"{prefix}.{name}"
        if child.type == "block":
            yield from paths(inner, f"{prefix}.{name}")


def written(settings: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for path, value in settings.items():
        yield f"{prefix}.{path}"
        for content in value if isinstance(value, list) else [value]:
            if isinstance(content, Mapping):
                yield from written(content, f"{prefix}.{path}")


def of_remedy(remedy: Remedy) -> Iterator[str]:
    if remedy.on.startswith("google_"):
        within = f"{remedy.on}.{remedy.within}" if remedy.within not in ("", SELF) else remedy.on
        yield from written(filled(remedy.set, WORDS), within)
        yield from (f"{within}.{path}" for path in [*remedy.remove, *remedy.drop, *remedy.include] if path != SELF)
    if isinstance(remedy.add, str):
        code = placeholders(re.sub(r"\{\.\w+\}", "null", remedy.add), WORDS)
        for block in HclFile("add.tf", code.encode()).blocks():
            if labels_of(block)[0].startswith("google_"):
                yield from paths(block, labels_of(block)[0])


def test_what_remedies_write_on_google_stands_in_a_fixture() -> None:
    remedies = [
        (id_, remedy)
        for id_, control in controls().items()
        for name, fixes in control.fix.items()
        if name == "terraform" and not isinstance(fixes, str)
        for remedy in fixes
    ]
    told = {(id_, path) for id_, remedy in remedies for path in of_remedy(remedy)}
    assert len(told) > 100
    assert sorted((id_, path) for id_, path in told if path not in declared() and path not in LOOKED_UP) == []
