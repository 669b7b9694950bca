"""OSCAL assessment results: valid by NIST's schema, whole in their references, and no word more satisfied than was seen."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from assay.reports import oscal, oscal_text
from assay.scanner.results import formats
from assay.scanner.results.formats import Context
from assay.scanner.results.model import GateReport, Report
from assay.scanner.sources.coverage import Coverage
from tests.reports import oscal_documents, samples


def made(report: Report, context: Context | None = None) -> Any:
    parts = b"".join(formats.parts("oscal")(report, context or samples.context()))
    return oscal_documents.checked(parts, oscal_documents.RESULTS, "assessment-results")


def result(report: Report) -> Any:
    (one,) = made(report)["results"]
    return one


def named(props: list[dict[str, str]], name: str) -> list[str]:
    return [prop["value"] for prop in props if prop["name"] == name]


@pytest.mark.parametrize(
    "report",
    [samples.report(), samples.compared(), samples.empty(), samples.many(300), samples.many(40, "unknown")],
    ids=["one", "compared", "empty", "many", "unknown"],
)
def test_it_is_valid_by_the_schema(report: Report) -> None:
    document = made(report)
    assert document["metadata"]["oscal-version"] == "1.2.1"
    observed = [observation for observation in document["results"][0].get("observations", []) if named(observation["props"], "fingerprint")]
    assert len(observed) == len(report.results)


@pytest.mark.parametrize("text", [*samples.HOSTILE, "1.2.3", "\u00e9t\u00e9", "x" * 5_000])
@pytest.mark.parametrize("valid", [True, False])
def test_no_text_breaks_it(text: str, valid: bool) -> None:
    made(*samples.hostile(text, valid=valid))


def test_the_schema_and_the_own_check_find_what_is_wrong() -> None:
    """Neither is there for nothing: the schema takes a reference to nothing, and the check an array that is empty."""
    document = json.loads(oscal.render(samples.report(), samples.context()))
    one = document["assessment-results"]["results"][0]
    one["findings"][0]["related-observations"][0]["observation-uuid"] = "11111111-1111-4111-8111-111111111111"
    oscal_documents.RESULTS.validate(document)
    assert oscal_documents.dangling(document) == [("observation-uuid", "11111111-1111-4111-8111-111111111111")]
    one["risks"] = []
    with pytest.raises(jsonschema_rs.ValidationError):
        oscal_documents.RESULTS.validate(document)


def test_what_is_not_known_is_observed_and_found_nowhere() -> None:
    results = [samples.result("keys.rotation", "unknown", samples.LOGS), samples.result("keys.rotation", "pass", samples.LIVE)]
    one = result(samples.report(results, Coverage()))
    assert [named(observation["props"], "verdict") for observation in one["observations"]] == [["pass"], ["unknown"]]
    assert "findings" not in one


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        (["pass"], "satisfied"),
        (["pass", "not_applicable"], "satisfied"),
        (["pass", "waived"], "not-satisfied"),
        (["pass", "fail"], "not-satisfied"),
        (["fail", "unknown", "error"], "not-satisfied"),
        (["pass", "error"], None),
        (["waived", "unknown"], None),
        (["not_applicable"], None),
        ([], None),
    ],
)
def test_a_control_is_satisfied_only_where_all_of_it_passes(verdicts: list[Any], state: str | None) -> None:
    results = [samples.result("keys.rotation", verdict, samples.DATA[number]) for number, verdict in enumerate(verdicts)]
    one = result(samples.report(results, Coverage()))
    targets = [finding["target"] for finding in one.get("findings", []) if finding["target"]["target-id"] == "keys.rotation_smt"]
    assert [target["status"]["state"] for target in targets] == ([state] if state else [])


def test_sections_are_found_not_satisfied_and_never_satisfied() -> None:
    one = result(samples.report())
    states = {finding["target"]["target-id"]: finding["target"]["status"]["state"] for finding in one["findings"]}
    assert states["ac-1_smt"] == states["pci_dss_4_0_4.2.1_smt"] == "not-satisfied"
    passing = result(samples.report([samples.result("edge.lb-https-only", "pass", samples.LISTENER)], Coverage()))
    assert [finding["target"]["target-id"] for finding in passing["findings"]] == ["edge.lb-https-only_smt"]
    assert passing["findings"][0]["props"][-1]["value"] == "pci_dss_4_0 4.2.1"


def test_a_waiver_is_a_risk_with_a_deadline() -> None:
    one = result(samples.compared())
    by_status = {risk["status"]: risk for risk in one["risks"]}
    accepted, over = by_status["deviation-approved"], by_status["open"]
    assert accepted["deadline"] == "2027-03-31T23:59:59.000Z" and named(accepted["props"], "owner") == ["platform"]
    assert named(accepted["props"], "ticket") == ["OPS-7"] and "moved by March" in accepted["statement"]
    assert over["deadline"] == "2026-06-30T23:59:59.000Z"
    related = {risk["risk-uuid"] for finding in one["findings"] for risk in finding.get("related-risks", [])}
    assert {accepted["uuid"], over["uuid"]} <= related
    endless = msgspec.structs.replace(samples.ACCEPTED, expires="", by="checkov")
    (risk,) = result(samples.report([samples.result("keys.rotation", "waived", samples.LOGS, waiver=endless)], Coverage()))["risks"]
    assert "deadline" not in risk


def test_an_observation_says_when_by_which_call_and_of_what() -> None:
    one = result(samples.report())
    live = next(observation for observation in one["observations"] if "prevention is inherited" in observation["description"])
    assert live["collected"] == "2026-11-20T08:00:01.000Z"
    (evidence,) = live["relevant-evidence"]
    assert named(evidence["props"], "operation") == ["storage.buckets.get"] and named(evidence["props"], "caller") == ["auditor@trade-prod"]
    (subject,) = live["subjects"]
    item = next(item for item in one["local-definitions"]["inventory-items"] if item["uuid"] == subject["subject-uuid"])
    assert named(item["props"], "account") == ["trade-prod"]
    code = next(observation for observation in one["observations"] if "block_public_acls is false" in observation["description"])
    assert code["collected"] == "2026-11-20T08:00:02.500Z", "code is read until the run ends"


def test_gaps_and_controls_without_resources_are_observations() -> None:
    base = samples.report()
    nothing = msgspec.structs.replace(base.controls[0], id="data.none", resources=0, verdict="not_applicable", reason="there is none")
    one = result(msgspec.structs.replace(base, controls=[*base.controls, nothing]))
    told = [
        named(observation["props"], "code")
        for observation in one["observations"]
        if named(observation["props"], "verdict") == ["not-judged"]
    ]
    assert told == [["module_missing"], ["parse_error"]]
    assert any(observation["description"] == "`there is none`" for observation in one["observations"])
    assert "2 gaps" in one["findings"][0]["target"]["status"]["remarks"]


def test_ids_of_findings_are_the_same_in_another_run() -> None:
    other = samples.report()
    other = msgspec.structs.replace(other, run=msgspec.structs.replace(other.run, id="other", finished="2026-12-24T08:00:00Z"))
    first, second = made(samples.report()), made(other)
    assert first["uuid"] != second["uuid"] and first["import-ap"]["href"] != second["import-ap"]["href"]
    for name in ("observations", "findings", "risks"):
        assert [result["uuid"] for result in first["results"][0][name]] == [result["uuid"] for result in second["results"][0][name]]


@pytest.mark.parametrize(
    ("framework", "section", "id_"),
    [
        ("nist_800_53_r5", "AC-3", "ac-3"),
        ("nist_800_53_r5", "AC-2(12)", "ac-2.12"),
        ("cis_aws_7_0", "2.1.4", "cis_aws_7_0_2.1.4"),
        ("hipaa", "164.308(a)(1)(ii)(B)", "hipaa_164.308.a.1.ii.B"),
        ("iso27001_2022", "A.5.15", "iso27001_2022_A.5.15"),
    ],
)
def test_ids_of_sections_are_tokens(framework: str, section: str, id_: str) -> None:
    assert oscal_text.section_id(framework, section) == id_


def test_ids_are_told_apart_after_what_may_not_be_in_them_is_replaced() -> None:
    assert oscal_text.token("a b") != oscal_text.token("a/b") != oscal_text.token("a_b") == "a_b"


def test_what_is_in_a_name_is_no_markup() -> None:
    resource = samples.resource("![x](https://x.invalid/p.png)")
    report = msgspec.structs.replace(
        samples.report([samples.result("team.x", "fail", resource, "<b>[a](javascript:1)</b>")], Coverage()), gate=GateReport()
    )
    (observation,) = result(report)["observations"]
    assert observation["description"] == "`<b>[a](javascript:1)</b>`"
    assert observation["subjects"][0]["title"] == "`![x](https://x.invalid/p.png)`"
