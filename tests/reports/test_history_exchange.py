"""What a history knows in the formats that programs exchange, each valid by its schema and as its specification has it."""

from __future__ import annotations

import json

import msgspec
import pytest

from assay.reports import asff, sarif
from assay.scanner.results.model import Report
from assay.scanner.sources.coverage import Coverage
from tests.reports import histories, samples
from tests.reports.test_asff_report import found as asff_findings
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
    return next(each for each in report.results if each.course and each.course.state == state and each.verdict == "fail")


def test_sarif_says_how_results_stand_beside_the_runs_before() -> None:
    report = histories.alone()
    found = sarif_run(report)["results"]
    prints = {each["partialFingerprints"]["policyFingerprint/v1"]: each for each in found}
    states = {state: prints[by_state(report, state).fingerprint]["baselineState"] for state in ("new", "regressed", "known")}
    assert states == {"new": "new", "regressed": "new", "known": "unchanged"}
    assert all("baselineState" in each for each in found), "all results of a run have it, or none"
    known = prints[by_state(report, "known").fingerprint]
    assert known["provenance"] == {"firstDetectionTimeUtc": "2026-10-11T03:00:00.000Z"}
    assert known["properties"]["history"] == {"state": "known", "since": "2026-11-08T03:00:00Z", "times": 1}


def test_sarif_has_what_is_no_more_as_absent_and_not_what_was_not_seen() -> None:
    found = sarif_run(histories.alone())
    absent = [each for each in found["results"] if each["baselineState"] == "absent"]
    assert {each["properties"]["history"]["state"] for each in absent} == {"fixed", "gone", "settled"}
    assert {each["partialFingerprints"]["policyFingerprint/v1"] for each in absent} == {
        each.fingerprint for each in histories.changes() if each.event in ("fixed", "gone", "settled")
    }
    fixed = next(each for each in absent if each["properties"]["history"]["state"] == "fixed")
    assert fixed["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "storage/main.tf"
    assert (fixed["kind"], fixed["level"]) == ("fail", "warning")
    told = found["properties"]["history"]
    assert (told["unobserved"], len(told["changes"]), told["leftOut"]) == (2, 5, 0)


def test_sarif_of_a_run_with_a_baseline_stands_beside_that() -> None:
    found = sarif_run(histories.remembered(samples.compared()))
    plain = sarif_run(samples.compared())
    assert [each["baselineState"] for each in found["results"]] == [each["baselineState"] for each in plain["results"]]
    assert "history" in found["properties"] and all("history" in each["properties"] for each in found["results"])


def test_sarif_counts_what_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    report = histories.alone()
    shown = sum(each.verdict in sarif.KINDS for each in report.results)
    monkeypatch.setattr(sarif, "MOST_RESULTS", shown + 1)
    found = sarif_run(report)
    assert sum(each["baselineState"] == "absent" for each in found["results"]) == 1
    (note,) = [each for each in found["invocations"][0]["toolExecutionNotifications"] if each["descriptor"]["id"] == "results_left_out"]
    assert "left out: 2 absent" in note["message"]["text"]


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_no_text_of_a_history_breaks_a_schema(text: str) -> None:
    report, context = histories.hostile(text)
    alone = msgspec.structs.replace(report, gate=msgspec.structs.replace(report.gate, comparisons=[]))
    for each in (report, alone):
        log = json.loads(sarif.render(each, context))
        VALIDATOR.validate(log)
        check_indexes(log["runs"][0])
        events(each, context)
        asff_findings(each, context)
        oscal(each, context)
        suites(each, context)
        quality(each, context)
        sast(each, context)


def test_ocsf_dates_findings_and_closes_what_is_no_more() -> None:
    report = histories.alone()
    found = events(report)
    new, back, known = (of(found, by_state(report, state)) for state in ("new", "regressed", "known"))
    assert [each["activity_name"] for each in (new, back, known)] == ["Create", "Create", "Update"]
    assert [each["finding_info"]["first_seen_time"] for each in (new, back, known)] == [RUN_MS, OLD_MS, OLD_MS]
    assert all(each["finding_info"]["first_seen_time"] <= each["finding_info"]["last_seen_time"] for each in (new, back, known))
    assert (back["count"], back["start_time"]) == (2, OLD_MS) and "count" not in new and "count" not in known
    assert known["unmapped"]["history"]["since"] == "2026-11-08T03:00:00Z"
    closed = {each["finding_info"]["uid"]: each for each in found if each["activity_name"] == "Close"}
    over = [each for each in histories.changes() if each.event in ("fixed", "gone", "settled")]
    assert set(closed) == {each.fingerprint for each in over}
    assert {each["status"] for each in closed.values()} == {"Resolved"}
    codes = {closed[each.fingerprint]["compliance"]["status_code"]: closed[each.fingerprint]["compliance"]["status"] for each in over}
    assert codes == {"fixed": "Pass", "gone": "Gone", "settled": "Pass"}
    assert len({each["metadata"]["uid"] for each in found}) == len(found)


def test_ocsf_closes_a_finding_once() -> None:
    gone = samples.gate().comparisons[0].gone[0]
    kept = histories.history(changes=[histories.change("gone", gone.address, fingerprint=gone.fingerprint)])
    found = events(histories.remembered(kept=kept))
    assert sum(each["finding_info"]["uid"] == gone.fingerprint for each in found) == 1


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
    found = suites(histories.remembered())
    known = {each.get("name"): each.get("value") for each in found["edge.lb-https-only"].iter("property")}
    assert [known[f"history.{name}"] for name in ("new", "regressed", "known", "since")] == ["0", "1", "1", "2026-11-08T03:00:00Z"]
    assert "history.new" not in {each.get("name") for each in found["keys.rotation"].iter("property")}, "nothing of it is a finding"
    texts = [case[0].text for case in found["edge.lb-https-only"].iter("testcase")]
    assert any("in the history: back (2nd time)" in text for text in texts)
    assert "fixed: medium storage.versioning-enabled" in found["assay.gate"].findtext("system-out")


def test_gitlab_says_the_age_and_finds_the_same() -> None:
    report = histories.remembered()
    said, plain = quality(report), quality(histories.without(report))
    assert [each["fingerprint"] for each in said] == [each["fingerprint"] for each in plain]
    assert any(each["description"].endswith(f"a listener serves HTTP: {samples.WAY}, back (2nd time)") for each in said)
    reported = sast(report)
    assert any(
        "`in the history: back (2nd time), first found 2026-10-11T03:00:00Z`" in each["description"] for each in reported["vulnerabilities"]
    )
    assert any(each["value"].startswith("fixed: medium storage.versioning-enabled") for each in reported["scan"]["messages"])
    assert {each["level"] for each in reported["scan"]["messages"]} == {"info", "warn"}


def test_oscal_has_properties_of_observations_and_a_log() -> None:
    report = histories.remembered()
    (result,) = oscal(report)["results"]
    back = next(
        each for each in result["observations"] if named(each["props"], "fingerprint") == [by_state(report, "regressed").fingerprint]
    )
    assert [named(back["props"], name) for name in ("state", "first-seen", "times")] == [["regressed"], [histories.OLD], ["2"]]
    passed = next(each for each in result["observations"] if named(each["props"], "verdict") == ["pass"])
    assert named(passed["props"], "state") == []
    assert named(result["props"], "history-open") == ["7"] and named(result["props"], "history-fixed") == ["1"]
    titles = [each["title"] for each in result["assessment-log"]["entries"]]
    assert titles[-6:-1] == ["fixed", "gone", "settled", "not observed", "left the scope"]
    for finding in result["findings"]:
        assert not named(finding.get("props", []), "state"), "a finding is a control, whose results have states of their own"
