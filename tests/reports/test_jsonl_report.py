"""JSON Lines: each line follows its schema, and together they say what the JSON report says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from assay import reports
from assay.reports import json_report
from assay.reports.jsonl import render
from assay.scanner.compare import saved
from assay.scanner.results import formats
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report
from tests.reports import histories, samples

SCHEMAS = Path(reports.__file__).parent / "schemas"
WHOLE = json.loads((SCHEMAS / "assay-results-2.json").read_text("utf-8"))
REGISTRY = jsonschema_rs.Registry([(WHOLE["$id"], WHOLE)])
VALIDATOR = jsonschema_rs.validator_for(json.loads((SCHEMAS / "assay-results-lines-2.json").read_text("utf-8")), registry=REGISTRY)


def lines(report: Report, context: Context | None = None) -> list[Any]:
    content = render(report, context or samples.context())
    assert content.endswith(b"\n")
    records = [json.loads(line) for line in content.split(b"\n")[:-1]]
    for line in records:
        VALIDATOR.validate(line)
    assert list(records[0]) == ["begin"] and list(records[-1]) == ["end"]
    return records


@pytest.mark.parametrize("report", [samples.report(), samples.compared(), samples.empty()], ids=["one", "compared", "empty"])
def test_together_the_lines_say_what_the_json_report_says(report: Report) -> None:
    begin, *results, end = lines(report)
    whole = json.loads(json_report.render(report, samples.context()))
    assert [line["result"] for line in results] == whole["results"]
    assert (begin["begin"]["tool"], begin["begin"]["schema"]) == (whole["tool"], whole["schema"])
    for part in ("run", "summary", "gate"):
        assert end["end"][part] == whole[part]
    assert sorted(end["end"]["controls"], key=lambda control: control["id"]) == whole["controls"]


def test_lines_are_read_back_with_all_that_a_history_knows() -> None:
    report = histories.remembered()
    read = saved.decoded(b"".join(formats.parts("jsonl")(report, samples.context())))
    assert read is not None and json_report.render(read, samples.context()) == json_report.render(report, samples.context())


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_no_text_breaks_a_line(text: str) -> None:
    report, context = samples.hostile(text, valid=True)
    assert len(lines(report, context)) == len(report.results) + 2


@pytest.mark.parametrize("line", [{}, {"begin": {}}, {"result": {}}, {"end": {}}, {"begin": 1, "end": 1}, {"other": 1}])
def test_the_schema_refuses_other_lines(line: Any) -> None:
    assert not VALIDATOR.is_valid(line)
