"""OCSF: every line is a Compliance Finding by the schemas of OCSF, with times that a reader dates to the run."""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from assay.reports import ocsf
from assay.scanner.results import formats
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report
from assay.scanner.sources.coverage import Coverage
from tests.reports import samples

VERSIONS = ("1.5.0", "1.8.0")
"""That which is written, and the newest."""
RUN = (datetime(2026, 11, 20, 8, 0, 0, tzinfo=UTC), datetime(2026, 11, 20, 8, 0, 3, tzinfo=UTC))


@functools.cache
def validator(version: str, profiles: tuple[str, ...]) -> Any:
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=version))
    return jsonschema_rs.validator_for(json.loads(json.dumps(schema.get_class_schema("compliance_finding", profiles=list(profiles)))))


def events(report: Report, context: Context | None = None) -> list[Any]:
    content = b"".join(formats.parts("ocsf")(report, context or samples.context()))
    assert content.endswith(b"\n")
    records = [json.loads(line) for line in content.decode().split("\n")[:-1]]
    for event in records:
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
        for version in VERSIONS:
            validator(version, tuple(event["metadata"]["profiles"])).validate(event)
    return records


def times(event: Any, name: str = "") -> list[tuple[str, int]]:
    if isinstance(event, dict):
        return [entry for key, value in event.items() if key != "data" for entry in times(value, key)]
    return [(name, event)] if name.endswith("time") and isinstance(event, int) else []


def of(entries: list[Any], result: samples.Result) -> Any:
    (event,) = [entry for entry in entries if entry["finding_info"]["uid"] == result.fingerprint]
    return event


REPORTS = pytest.mark.parametrize(
    "report", [samples.report(), samples.compared(), samples.empty(), samples.many(300)], ids=["one", "compared", "empty", "many"]
)


@REPORTS
def test_every_line_is_a_compliance_finding(report: Report) -> None:
    records = events(report)
    gone = sum(len(comparison.gone) for comparison in report.gate.comparisons)
    assert len(records) == len(report.results) + gone + len(report.coverage.gaps) + 1
    assert len({record["metadata"]["uid"] for record in records}) == len(records)


@pytest.mark.parametrize("report", [samples.report(), samples.compared()], ids=["one", "compared"])
def test_times_are_milliseconds(report: Report) -> None:
    """The schema takes any whole number: read as milliseconds, all of them are in the run, or when the baseline was made."""
    for event in events(report):
        moments = times(event)
        assert {"time", "start_time", "end_time", "last_seen_time"} <= {name for name, _ in moments}
        for name, value in moments:
            read = datetime.fromtimestamp(value / 1_000, UTC)
            assert RUN[0] <= read <= RUN[1] or (name == "first_seen_time" and read == datetime(2026, 11, 1, 8, tzinfo=UTC))


def test_a_time_is_that_of_the_call_where_one_was_made() -> None:
    live = next(result for result in samples.results() if result.message == "prevention is inherited")
    assert of(events(samples.report()), live)["time"] == 1_795_161_601_000


@pytest.mark.parametrize("text", samples.HOSTILE)
@pytest.mark.parametrize("valid", [True, False])
def test_no_text_breaks_a_line(text: str, valid: bool) -> None:
    report, context = samples.hostile(text, valid=valid)
    content = ocsf.render(report, context)
    events(report, context)
    assert b"##vso[" not in content and b"\x1b" not in content and "\u202e".encode() not in content


@pytest.mark.parametrize(
    ("verdict", "status", "compliance", "severity"),
    [
        ("fail", 1, 3, 2),
        ("waived", 3, 3, 2),
        ("unknown", 1, 2, 0),
        ("error", 1, 99, 2),
        ("pass", 4, 1, 1),
        ("not_applicable", 4, 99, 1),
    ],
)
def test_verdicts(verdict: Any, status: int, compliance: int, severity: int) -> None:
    result = samples.result("keys.rotation", verdict, samples.LOGS, waiver=samples.ACCEPTED if verdict == "waived" else None)
    event = of(events(samples.report([result], Coverage())), result)
    assert (event["status_id"], event["compliance"]["status_id"], event["severity_id"]) == (status, compliance, severity)
    assert event["compliance"]["status_code"] == verdict


def test_a_waiver_is_told_and_its_unknown_stays_one() -> None:
    waiver = msgspec.structs.replace(samples.ACCEPTED, verdict="unknown")
    result = samples.result("keys.rotation", "waived", samples.LOGS, waiver=waiver)
    event = of(events(samples.report([result], Coverage())), result)
    assert (event["status_id"], event["compliance"]["status_id"]) == (3, 2)
    assert event["comment"] == "waived by platform until 2027-03-31: moved by March (OPS-7), assay.yaml:12"


def test_what_was_known_is_an_update_and_what_is_gone_is_closed() -> None:
    report = samples.compared()
    records = events(report)
    known = next(result for result in report.results if result.standing == "known")
    assert of(records, known)["activity_id"] == 2 and of(records, known)["finding_info"]["first_seen_time"] == 1_793_520_000_000
    new = next(result for result in report.results if result.standing == "new")
    assert of(records, new)["activity_id"] == 1 and "first_seen_time" not in of(records, new)["finding_info"]
    (closed,) = [record for record in records if record["activity_id"] == 3]
    assert closed["finding_info"]["uid"] == "ab" * 32 and closed["status_id"] == 4


def test_values_are_assessments_that_meet_or_do_not() -> None:
    records = events(samples.report())
    failed, passed = samples.results()[1], samples.results()[0]
    assert of(records, failed)["compliance"]["assessments"] == [
        {"name": "true", "desc": "resource.public_access_blocked is false", "meets_criteria": False}
    ]
    assert of(records, passed)["compliance"]["assessments"][0]["meets_criteria"] is True
    unknown = next(result for result in samples.results() if result.verdict == "unknown")
    assert "assessments" not in of(records, unknown)["compliance"], "of what is not known nobody knows whether it meets anything"


def test_a_cloud_is_there_where_there_is_one() -> None:
    records = events(samples.report())
    live = next(result for result in samples.results() if result.message == "prevention is inherited")
    assert of(records, live)["cloud"] == {
        "provider": "GCP", "account": {"uid": "trade-prod", "type_id": 11, "type": "GCP Project"}, "region": "eu-central-1",
    }  # fmt: skip
    gap = next(record for record in records if record["compliance"]["control"] == "assay.parse_error")
    assert "cloud" not in gap and gap["compliance"]["status_id"] == 2
    assert records[-1]["compliance"]["control"] == "assay.gate" and records[-1]["compliance"]["status"] == "Error"


def test_a_run_that_did_not_see_all_is_no_pass() -> None:
    results = [samples.result("keys.rotation", "pass", samples.LOGS)]
    statuses = [
        events(msgspec.structs.replace(samples.report(results, coverage), gate=samples.GateReport()))[-1]["compliance"]["status_id"]
        for coverage in (Coverage(), samples.some_coverage())
    ]
    assert statuses == [1, 2]
