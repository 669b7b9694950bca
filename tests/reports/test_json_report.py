"""The JSON contract: strict, in step with the model, and the same bytes for the same run."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from assay import reports
from assay.reports.json_report import render
from assay.scanner.facts.model import BlockRef
from assay.scanner.results import model
from assay.scanner.results.model import Report
from assay.scanner.sources.coverage import Blocks, Coverage, FileCounts, Gap
from assay.scanner.sources.listing import FilesBelow
from assay.scanner.sources.raw import Location
from tests.reports import samples

SCHEMA = json.loads((Path(reports.__file__).parent / "schemas" / "assay-results-2.json").read_text("utf-8"))
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)


def rendered(report: Report) -> Any:
    return json.loads(render(report, samples.context()))


@pytest.mark.parametrize("report", [samples.report(), samples.empty(), samples.many(50)], ids=["realistic", "empty", "many"])
def test_reports_follow_the_schema(report: Report) -> None:
    VALIDATOR.validate(rendered(report))


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_no_text_breaks_the_schema(text: str) -> None:
    report, _ = samples.hostile(text, valid=True)
    VALIDATOR.validate(rendered(report))


def test_what_is_written_reads_back_as_the_same_report() -> None:
    written = render(samples.report(), samples.context())
    read = msgspec.json.decode(written, type=Report)
    assert render(read, samples.context()) == written
    assert sorted(result.fingerprint for result in read.results) == sorted(result.fingerprint for result in samples.results())
    assert {result.resource.address: result.evidence for result in read.results if result.verdict == "fail"} == {
        result.resource.address: result.evidence for result in samples.results() if result.verdict == "fail"
    }


def test_the_order_of_evaluation_does_not_show() -> None:
    report = samples.report()
    mixed = msgspec.structs.replace(
        report,
        results=random.Random(3).sample(report.results, len(report.results)),
        controls=report.controls[::-1],
        coverage=msgspec.structs.replace(
            report.coverage, gaps=report.coverage.gaps[::-1], unsupported_types=dict(reversed(report.coverage.unsupported_types.items()))
        ),
        summary=msgspec.structs.replace(report.summary, verdicts=dict(reversed(report.summary.verdicts.items()))),
    )
    assert mixed.results != report.results
    assert render(mixed, samples.context()) == render(report, samples.context())


def test_half_a_surrogate_pair_is_written_out() -> None:
    report, _ = samples.hostile("half \udcff", valid=True)
    assert b"half \\\\udcff" in render(report, samples.context())


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(more=1),
        lambda data: data["results"][0].update(more=1),
        lambda data: data["results"][0].update(verdict="maybe"),
        lambda data: data["results"][0].update(severity="info"),
        lambda data: data["results"][0].update(fingerprint="1"),
        lambda data: data["results"][0]["resource"].pop("region"),
        lambda data: data["results"][0]["resource"]["blocks"][0].update(start_line=0),
        lambda data: data["summary"]["verdicts"].update(maybe=1),
        lambda data: data["coverage"]["gaps"][0].update(code="Not a code"),
        lambda data: data["run"].update(started="yesterday"),
        lambda data: data["results"][0].update(standing="old"),
        lambda data: next(result for result in data["results"] if result["waiver"])["waiver"].update(expires="tomorrow"),
        lambda data: next(result for result in data["results"] if result["waiver"])["waiver"].update(by="me"),
        lambda data: data["gate"]["waivers"][0].update(findings=-1),
        lambda data: data["gate"]["comparisons"][0].update(kind="memory"),
        lambda data: data.pop("gate"),
        lambda data: data.update(schema="assay-results/3"),
    ],
)
def test_the_schema_refuses_what_the_contract_does_not_allow(change: Any) -> None:
    data = rendered(samples.report())
    change(data)
    assert not VALIDATOR.is_valid(data)


STRUCTS = {
    "control": model.ControlOutcome,
    "result": model.Result,
    "resource": model.ResourceRef,
    "block": BlockRef,
    "evidence": model.Evidence,
    "unknownFact": model.UnknownFact,
    "location": Location,
    "coverage": Coverage,
    "gap": Gap,
    "step": model.Step,
    "in_force": model.InForce,
    "waived": model.Waived,
    "gate": model.GateReport,
    "waiverUse": model.WaiverUse,
    "statementUse": model.StatementUse,
    "revision": model.Revision,
    "comparison": model.BaselineComparison,
    "pastFinding": model.PastFinding,
    "course": model.Course,
    "history": model.HistoryReport,
}
WHERE_ASKED = {"result": {"course", "owner", "steps"}, "report": {"history"}}
"""What is there where somebody asks for it."""


NOT_WRITTEN = {"fates"}
"""What the ledger has while a run goes on, and no report has."""


@pytest.mark.parametrize("name", STRUCTS)
def test_the_schema_has_the_fields_of_the_model(name: str) -> None:
    definition, struct = SCHEMA["$defs"][name], STRUCTS[name]
    fields = [field for field in struct.__struct_fields__ if field not in NOT_WRITTEN]
    assert list(definition["properties"]) == fields
    required = [] if name == "location" else [field for field in fields if field not in WHERE_ASKED.get(name, ())]
    assert definition.get("required", []) == required


def test_the_schema_has_the_fields_of_the_outer_structs() -> None:
    outer = SCHEMA["properties"]
    coverage = SCHEMA["$defs"]["coverage"]["properties"]
    history = SCHEMA["$defs"]["history"]["properties"]
    for definition, struct in (
        (SCHEMA, Report),
        (outer["tool"], model.Tool),
        (outer["run"], model.Run),
        (outer["summary"], model.Summary),
        (coverage["files"], FileCounts),
        (coverage["blocks"], Blocks),
        (coverage["tree"], FilesBelow),
        (history["nights"]["items"], model.Night),
        (history["changes"]["items"], model.HistoryChange),
    ):
        assert set(definition["properties"]) == set(struct.__struct_fields__)
        assert set(definition["required"]) == set(struct.__struct_fields__) - (WHERE_ASKED["report"] if struct is Report else set())
    assert tuple(SCHEMA["$defs"]["verdict"]["enum"]) == model.VERDICTS


def objects(node: Any) -> Any:
    if isinstance(node, dict):
        if "properties" in node:
            yield node
        for child in node.values():
            yield from objects(child)
    elif isinstance(node, list):
        for child in node:
            yield from objects(child)


def test_no_object_of_the_schema_is_open() -> None:
    schemas = [schema for schema in objects(SCHEMA) if schema.get("type") == "object"]
    assert len(schemas) == 38
    assert all(schema["additionalProperties"] is False for schema in schemas)
