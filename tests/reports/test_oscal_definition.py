"""OSCAL component definition: valid by NIST's schema, with every control and every section that one of them serves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assay.reports import oscal_definition, oscal_text
from assay.scanner.results.formats import Catalogue, FrameworkSource
from assay.scanner.rules.load import builtin_folder, load
from tests.reports import oscal_documents, samples
from tests.scans import assay, assay_process

MADE = "2026-11-20T08:00:00+00:00"
BUILT_IN = [compiled.control for compiled in load([builtin_folder()]).controls]


def made(catalogue: Catalogue) -> Any:
    return oscal_documents.checked(oscal_definition.render(catalogue), oscal_documents.DEFINITION, "component-definition")


def implementations(document: Any) -> dict[str, Any]:
    (component,) = document["components"]
    return {
        implementation.get("props", [{"value": ""}])[0]["value"]: implementation for implementation in component["control-implementations"]
    }


def test_the_command_writes_every_control_and_section(tmp_path: Path) -> None:
    ran = assay("controls", "export", "--format", "oscal", "--no-config", "-o", tmp_path / "controls.json")
    assert ran.exit_code == 0, ran.stderr
    content = (tmp_path / "controls.json").read_bytes()
    by_framework = implementations(oscal_documents.checked(content, oscal_documents.DEFINITION, "component-definition"))
    assert [requirement["control-id"] for requirement in by_framework[""]["implemented-requirements"]] == sorted(
        control.id for control in BUILT_IN
    )
    served = {(name, section) for control in BUILT_IN for name, sections in control.frameworks.items() for section in sections}
    assert {
        (name, requirement["props"][0]["value"])
        for name in by_framework
        if name
        for requirement in by_framework[name]["implemented-requirements"]
    } == served


def test_sections_of_nist_are_in_the_ids_of_its_catalog(tmp_path: Path) -> None:
    implementation = implementations(made(Catalogue(BUILT_IN, {}, "1", "digest", MADE)))["nist_800_53_r5"]
    assert implementation["source"].endswith("NIST_SP-800-53_rev5_catalog.json")
    section = next(requirement for requirement in implementation["implemented-requirements"] if requirement["control-id"] == "ac-3")
    assert section["statements"][0]["statement-id"] == "ac-3_smt" and "storage.bucket-not-public" in section["description"]


def test_no_two_sections_have_one_id() -> None:
    """Two sections of which one id is made would be taken for one."""
    served = {(name, section) for control in BUILT_IN for name, sections in control.frameworks.items() for section in sections}
    assert len({oscal_text.section_id(*entry) for entry in served}) == len(served)


def test_a_statement_says_what_why_and_how() -> None:
    control = next(control for control in BUILT_IN if control.id == "storage.bucket-not-public")
    (requirement,) = implementations(made(Catalogue([control], {}, "1", "digest", MADE)))[""]["implemented-requirements"]
    (statement,) = requirement["statements"]
    for part in ("`!grant.exposed` for each `grant` of `resource.grants`", "One public grant discloses", "aws s3api put-bucket-policy"):
        assert part in statement["description"]
    assert "access lists of single objects" in statement["remarks"]


def test_a_framework_says_where_it_is() -> None:
    control = samples.controls()["edge.lb-https-only"]
    source = FrameworkSource("pci_dss_4_0", "PCI DSS", "PCI SSC", "https://www.pcisecuritystandards.org/document_library/")
    document = made(Catalogue([control], {"pci_dss_4_0": source}, "1", "digest", MADE))
    pci = next(resource for resource in document["back-matter"]["resources"] if resource["title"] == "`PCI DSS`")
    assert pci["rlinks"] == [{"href": source.url}]
    assert implementations(document)["pci_dss_4_0"]["source"] == f"#{pci['uuid']}"


@pytest.mark.parametrize("text", [*samples.HOSTILE, "https://x.invalid/ <a>", "https://x.invalid/{}|"])
def test_no_text_breaks_it(text: str) -> None:
    _, context = samples.hostile(text)
    sources = {name: FrameworkSource(name, text, text, text) for control in context.controls.values() for name in control.frameworks}
    made(Catalogue(list(context.controls.values()), sources, text, text, text))


def test_no_controls_are_a_document_as_well() -> None:
    (component,) = made(Catalogue([], {}, "1", "digest", MADE))["components"]
    assert "control-implementations" not in component


def test_the_same_rules_give_the_same_bytes() -> None:
    arguments = ("controls", "export", "--format", "oscal", "--no-config")
    first, second = (assay_process(*arguments, SOURCE_DATE_EPOCH="1795161600") for _ in range(2))
    assert first.returncode == 0 and first.stdout == second.stdout
    assert json.loads(first.stdout)["component-definition"]["metadata"]["last-modified"] == "2026-11-20T08:00:00.000Z"
