"""What a history knows in the formats that programs exchange, each valid by its schema and as its specification has it."""

from __future__ import annotations

import json

import msgspec
import pytest

from assay.reports import asff, sarif
from assay.scanner.results.model import Report
from assay.scanner.sources.coverage import Coverage
from tests.reports import histories, samples
from tests.reports.test_asff_report import findings_of as asff_findings
from tests.reports.test_asff_report import one as asff_finding
from tests.reports.test_gitlab_reports import quality, sast
from tests.reports.test_junit_report import suites
from tests.reports.test_ocsf_report import events, of
from tests.reports.test_oscal_report import made as oscal
from tests.reports.test_oscal_report import named
from tests.reports.test_sarif_report import VALIDATOR, check_indexes
from tests.reports.test_sarif_report import run as sarif_run

OLD_MS, RUN_MS = 1_791_687_600_000, 1_795_161_600_000
"""histories.OLD and histories.RUN in milliseconds."""


def by_state(report: Report, state: str) -> samples.Result:
    return next(result for result in report.results if result.course and result.course.state == state and result.verdict == "fail")


def test_sarif_says_how_results_stand_beside_the_runs_before() -> None:
    report = histories.alone()
    results = sarif_run(report)["results"]
    prints = {result["partialFingerprints"]["policyFingerprint/v1"]: result for result in results}
    states = {state: prints[by_state(report, state).fingerprint]["baselineState"] for state in ("new", "regressed", "known")}
    assert states == {"new": "new", "regressed": "new", "known": "unchanged"}
    assert all("baselineState" in result for result in results), "all results of a run have it, or none"
    known = prints[by_state(report, "known").fingerprint]
    assert known["provenance"] == {"firstDetectionTimeUtc": "2026-10-11T03:00:00.000Z"}
    assert known["properties"]["history"] == {"state": "known", "since": "2026-11-08T03:00:00Z", "times": 1}


def test_sarif_has_what_is_no_more_as_absent_and_not_what_was_not_seen() -> None:
    tool_run = sarif_run(histories.alone())
    absent = [result for result in tool_run["results"] if result["baselineState"] == "absent"]
    assert {result["properties"]["history"]["state"] for result in absent} == {"fixed", "gone", "settled"}
    assert {result["partialFingerprints"]["policyFingerprint/v1"] for result in absent} == {
        change.fingerprint for change in histories.changes() if change.event in ("fixed", "gone", "settled")
    }
    fixed = next(result for result in absent if result["properties"]["history"]["state"] == "fixed")
    assert fixed["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "storage/main.tf"
    assert (fixed["kind"], fixed["level"]) == ("fail", "warning")
    told = tool_run["properties"]["history"]
    assert (told["unobserved"], len(told["changes"]), told["leftOut"]) == (2, 5, 0)


def test_sarif_of_a_run_with_a_baseline_stands_beside_that() -> None:
    tool_run = sarif_run(histories.remembered(samples.compared()))
    plain = sarif_run(samples.compared())
    assert [result["baselineState"] for result in tool_run["results"]] == [result["baselineState"] for result in plain["results"]]
    assert "history" in tool_run["properties"] and all("history" in result["properties"] for result in tool_run["results"])


def test_sarif_counts_what_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    report = histories.alone()
    shown = sum(result.verdict in sarif.KINDS for result in report.results)
    monkeypatch.setattr(sarif, "MOST_RESULTS", shown + 1)
    tool_run = sarif_run(report)
    assert sum(result["baselineState"] == "absent" for result in tool_run["results"]) == 1
    (note,) = [
        notification
        for notification in tool_run["invocations"][0]["toolExecutionNotifications"]
        if notification["descriptor"]["id"] == "results_left_out"
    ]
    assert "left out: 2 absent" in note["message"]["text"]


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_no_text_of_a_history_breaks_a_schema(text: str) -> None:
    report, context = histories.hostile(text)
    alone = msgspec.structs.replace(report, gate=msgspec.structs.replace(report.gate, comparisons=[]))
    for judged_report in (report, alone):
        log = json.loads(sarif.render(judged_report, context))
        VALIDATOR.validate(log)
        check_indexes(log["runs"][0])
        events(judged_report, context)
        asff_findings(judged_report, context)
        oscal(judged_report, context)
        suites(judged_report, context)
        quality(judged_report, context)
        sast(judged_report, context)


def test_ocsf_dates_findings_and_closes_what_is_no_more() -> None:
    report = histories.alone()
    records = events(report)
    new, back, known = (of(records, by_state(report, state)) for state in ("new", "regressed", "known"))
    assert [record["activity_name"] for record in (new, back, known)] == ["Create", "Create", "Update"]
    assert [record["finding_info"]["first_seen_time"] for record in (new, back, known)] == [RUN_MS, OLD_MS, OLD_MS]
    assert all(record["finding_info"]["first_seen_time"] <= record["finding_info"]["last_seen_time"] for record in (new, back, known))
    assert (back["count"], back["start_time"]) == (2, OLD_MS) and "count" not in new and "count" not in known
    assert known["unmapped"]["history"]["since"] == "2026-11-08T03:00:00Z"
    closed = {record["finding_info"]["uid"]: record for record in records if record["activity_name"] == "Close"}
    over = [change for change in histories.changes() if change.event in ("fixed", "gone", "settled")]
    assert set(closed) == {entry.fingerprint for entry in over}
    assert {entry["status"] for entry in closed.values()} == {"Resolved"}
    codes = {closed[entry.fingerprint]["compliance"]["status_code"]: closed[entry.fingerprint]["compliance"]["status"] for entry in over}
    assert codes == {"fixed": "Pass", "gone": "Gone", "settled": "Pass"}
    assert len({record["metadata"]["uid"] for record in records}) == len(records)


def test_ocsf_closes_a_finding_once() -> None:
    gone = samples.gate().comparisons[0].gone[0]
    kept = histories.history(changes=[histories.change("gone", gone.address, fingerprint=gone.fingerprint)])
    records = events(histories.remembered(kept=kept))
    assert sum(record["finding_info"]["uid"] == gone.fingerprint for record in records) == 1


def test_asff_has_the_times_of_the_history() -> None:
    report = histories.alone()
    back, new = by_state(report, "regressed"), by_state(report, "new")
    plain = samples.report([back], Coverage())
    first = asff_finding(back, gate=report.gate)
    assert first["CreatedAt"] == first["FirstObservedAt"] == "2026-10-11T03:00:00.000Z"
    assert first["UpdatedAt"] == "2026-11-20T08:00:02.500Z"
    fields = first["ProductFields"]
    assert [fields[f"assay/{name}"] for name in ("state", "first-seen", "times")] == ["regressed", histories.OLD, "2"]
    assert asff_finding(new, gate=report.gate)["FirstObservedAt"] == "2026-11-20T08:00:00.000Z"
    earlier = asff.HubRecord("2025-01-01T00:00:00.000Z", "2024-12-31T00:00:00.000Z", "")
    hub = asff.Hub("111122223333", "eu-west-1", {asff_findings(plain)[0]["Id"]: earlier})
    (batch,) = asff.requests(plain, samples.context(), hub)
    assert (batch[0]["CreatedAt"], batch[0]["FirstObservedAt"]) == (earlier.created, earlier.observed), "a hub keeps what it has"


def test_junit_has_properties_and_the_age_of_a_case() -> None:
    by_name = suites(histories.remembered())
    known = {property_.get("name"): property_.get("value") for property_ in by_name["edge.lb-https-only"].iter("property")}
    assert [known[f"history.{name}"] for name in ("new", "regressed", "known", "since")] == ["0", "1", "1", "2026-11-08T03:00:00Z"]
    assert "history.new" not in {property_.get("name") for property_ in by_name["keys.rotation"].iter("property")}, (
        "nothing of it is a finding"
    )
    texts = [case[0].text for case in by_name["edge.lb-https-only"].iter("testcase")]
    assert any("in the history: back (2nd time)" in text for text in texts)
    assert "fixed: medium storage.versioning-enabled" in by_name["assay.gate"].findtext("system-out")


def test_gitlab_says_the_age_and_finds_the_same() -> None:
    report = histories.remembered()
    said, plain = quality(report), quality(histories.without(report))
    assert [value["fingerprint"] for value in said] == [entry["fingerprint"] for entry in plain]
    assert any(value["description"].endswith(f"a listener serves HTTP: {samples.WAY}, back (2nd time)") for value in said)
    reported = sast(report)
    assert any(
        "`in the history: back (2nd time), first found 2026-10-11T03:00:00Z`" in vulnerability["description"]
        for vulnerability in reported["vulnerabilities"]
    )
    assert any(message["value"].startswith("fixed: medium storage.versioning-enabled") for message in reported["scan"]["messages"])
    assert {message["level"] for message in reported["scan"]["messages"]} == {"info", "warn"}


def test_oscal_has_properties_of_observations_and_a_log() -> None:
    report = histories.remembered()
    (result,) = oscal(report)["results"]
    back = next(
        observation
        for observation in result["observations"]
        if named(observation["props"], "fingerprint") == [by_state(report, "regressed").fingerprint]
    )
    assert [named(back["props"], name) for name in ("state", "first-seen", "times")] == [["regressed"], [histories.OLD], ["2"]]
    passed = next(observation for observation in result["observations"] if named(observation["props"], "verdict") == ["pass"])
    assert named(passed["props"], "state") == []
    assert named(result["props"], "history-open") == ["7"] and named(result["props"], "history-fixed") == ["1"]
    titles = [entry["title"] for entry in result["assessment-log"]["entries"]]
    assert titles[-6:-1] == ["fixed", "gone", "settled", "not observed", "left the scope"]
    for finding in result["findings"]:
        assert not named(finding.get("props", []), "state"), "a finding is a control, whose results have states of their own"
