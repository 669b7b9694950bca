"""GitLab's two reports: code quality and SAST, as GitLab requires them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from markdown_it import MarkdownIt

from assay.reports import gitlab, gitlab_sast
from assay.scanner.results.formats import Context
from assay.scanner.results.model import GateReport, InForce, Report, Setting
from assay.scanner.sources.coverage import Coverage, FileCounts, Gap
from tests.reports import samples

QUALITY = jsonschema_rs.validator_for(
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": {"type": "string", "minLength": 1},
                "check_name": {"type": "string"},
                "fingerprint": {"type": "string", "minLength": 1},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": {"type": "string", "minLength": 1, "not": {"pattern": "^[.]/"}},
                        "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
                    },
                },
            },
        },
    }
)
"""https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format"""
SAST = jsonschema_rs.validator_for(json.loads((Path(__file__).parent / "data" / "gitlab-sast.json").read_text("utf-8")))


def quality(report: Report, context: Context | None = None) -> Any:
    content = gitlab.render(report, context or samples.context())
    assert not content.startswith(b"\xef\xbb\xbf")
    document = json.loads(content)
    QUALITY.validate(document)
    return document


def sast(report: Report, context: Context | None = None) -> Any:
    document = json.loads(gitlab_sast.render(report, context or samples.context()))
    SAST.validate(document)
    assert len({vulnerability["id"] for vulnerability in document["vulnerabilities"]}) == len(document["vulnerabilities"])
    return document


REPORTS = pytest.mark.parametrize(
    "report", [samples.report(), samples.compared(), samples.empty(), samples.many(60)], ids=["one", "compared", "empty", "many"]
)


@REPORTS
def test_code_quality_is_as_gitlab_documents_it(report: Report) -> None:
    issues = quality(report)
    findings = sum(result.verdict in ("fail", "unknown", "error") and result.standing != "known" for result in report.results)
    waivers = [issue for issue in issues if issue["check_name"] == "assay.waiver"]
    assert len(waivers) == sum(waiver.findings > 0 for waiver in report.gate.waivers)
    assert len(issues) == findings + len(report.coverage.gaps) + len(report.gate.changes) + len(waivers)


def test_waivers_and_settings_stand_where_they_are_written() -> None:
    base = samples.report()
    told = InForce(configuration="assay.yaml", settings=[Setting("exclude", "legacy (old)", "[]", place="assay.yaml:3")])
    issues = quality(msgspec.structs.replace(base, run=msgspec.structs.replace(base.run, in_force=told)))
    [waiver] = [issue for issue in issues if issue["check_name"] == "assay.waiver"]
    [settings] = [issue for issue in issues if issue["check_name"] == "assay.settings"]
    assert waiver["location"] == {"path": "assay.yaml", "lines": {"begin": 12}} and waiver["description"].startswith("accepted: ")
    assert settings["description"] == "in force: assay.yaml, exclude legacy (old) at assay.yaml:3"
    assert {waiver["severity"], settings["severity"]} == {"info"}


@REPORTS
def test_sast_is_as_gitlab_requires_it(report: Report) -> None:
    assert len(sast(report)["vulnerabilities"]) == sum(
        result.verdict in ("fail", "unknown") and result.standing != "known" for result in report.results
    )


@pytest.mark.parametrize("text", [*samples.HOSTILE, "\U0001f600" * 400, "\U000e0001" * 300])
def test_no_text_breaks_either(text: str) -> None:
    report, context = samples.hostile(text)
    quality(report, context)
    sast(report, context)


def test_fingerprints_are_those_of_the_findings() -> None:
    failed = samples.results()[1]
    entry = next(
        issue for issue in quality(samples.report()) if issue["check_name"] == failed.control and "block_public" in issue["description"]
    )
    assert entry["fingerprint"] == failed.fingerprint
    assert entry["location"] == {"path": "storage/main.tf", "lines": {"begin": 7}}
    moved = msgspec.structs.replace(failed, evidence=[])
    assert quality(samples.report([moved]))[0]["fingerprint"] == failed.fingerprint


def test_severities() -> None:
    by_check_name = {
        issue["check_name"]: issue["severity"] for issue in quality(samples.report()) if "not known" not in issue["description"]
    }
    assert (
        by_check_name["edge.lb-https-only"],
        by_check_name["team.own-rule"],
        by_check_name["assay.parse_error"],
        by_check_name["assay.configuration"],
    ) == (
        "critical",
        "major",
        "major",
        "blocker",
    )
    assert {issue["severity"] for issue in quality(samples.report()) if issue["check_name"] == "storage.versioning-enabled"} == {"info"}
    assert {vulnerability["severity"] for vulnerability in sast(samples.report())["vulnerabilities"]} == {"Critical", "High", "Unknown"}


def test_what_is_in_no_file_is_shown_at_its_name() -> None:
    (entry,) = [issue for issue in quality(samples.report()) if "prevention is inherited" in issue["description"]]
    assert entry["location"]["path"] == "//storage.googleapis.com/fills"


def test_known_and_waived_are_left_out_and_counted() -> None:
    report = samples.compared()
    assert "a:80 serves HTTP" not in json.dumps(quality(report)) and "no policy blocks" not in json.dumps(quality(report))
    document = sast(report)
    assert not any(
        "a:80 serves HTTP" in vulnerability["description"] or "no policy blocks" in vulnerability["description"]
        for vulnerability in document["vulnerabilities"]
    )
    assert "1 waived (assay.yaml:12), 1 known from before" in document["scan"]["messages"][0]["value"]
    assert any(
        "waived by platform until 2026-06-30, which is over" in vulnerability["description"]
        for vulnerability in document["vulnerabilities"]
    )


@pytest.mark.parametrize(
    ("verdict", "coverage", "status"),
    [
        ("fail", Coverage(), "success"),
        ("error", Coverage(), "failure"),
        ("pass", Coverage(FileCounts(2, 1, 1)), "failure"),
        ("pass", Coverage(gaps=[Gap("plan.json", "input_failed", "no json", "write it again")]), "failure"),
    ],
)
def test_a_scan_that_did_not_read_its_input_has_failed(verdict: Any, coverage: Coverage, status: str) -> None:
    result = samples.result("keys.rotation", verdict, samples.LOGS)
    assert sast(samples.report([result], coverage))["scan"]["status"] == status


def test_gaps_errors_and_changes_are_messages_of_the_scan() -> None:
    told = [message["value"] for message in sast(samples.report())["scan"]["messages"] if message["level"] == "warn"]
    for text in ("no such overload", "a brace is not closed", "fail_on is high, and was low", "the waiver is for nothing"):
        assert any(text in note for note in told)


def test_findings_at_one_place_are_told_apart() -> None:
    results = [samples.result("keys.rotation", "fail", samples.LOGS, text, element=text) for text in ("a", "b")]
    one, other = sast(samples.report(results))["vulnerabilities"]
    assert one["location"]["file"] == other["location"]["file"] and one["tracking"] != other["tracking"]
    assert len(one["identifiers"]) == 1


NASTY = [
    "![x](https://x.invalid/p.png)",
    "[x](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "@everyone",
    "` ![x](https://x.invalid) `",
    "a\n\n# heading\n",
]


@pytest.mark.parametrize("text", NASTY)
def test_descriptions_are_markdown_in_which_names_are_code(text: str) -> None:
    resource = samples.resource(text, samples.BlockRef("b", "a.tf", 1, 2))
    evidence = [samples.Evidence(text, text, text, None)]
    report = msgspec.structs.replace(
        samples.report([samples.result("team.x", "fail", resource, text, element=text, evidence=evidence)], Coverage()), gate=GateReport()
    )
    (vulnerability,) = sast(report)["vulnerabilities"]
    tokens = [child for token in MarkdownIt("commonmark").parse(vulnerability["description"]) for child in [token, *(token.children or [])]]
    assert {token.type for token in tokens} <= {"paragraph_open", "paragraph_close", "inline", "code_inline", "text", "softbreak", "bullet_list_open",
        "bullet_list_close", "list_item_open", "list_item_close"}  # fmt: skip


def test_what_another_scanner_says_ends_the_description_of_a_finding() -> None:
    compared = samples.compared()
    alone = msgspec.structs.replace(compared, opinions=[])
    with_it, without = (json.loads(gitlab.render(report, samples.context())) for report in (compared, alone))
    assert [entry["fingerprint"] for entry in with_it] == [entry["fingerprint"] for entry in without]
    (entry,) = [entry for entry in with_it if "differs" in entry["description"]]
    assert entry["description"].endswith("; checkov 3.2.1 differs: pass: CKV_AWS_53 the account blocks it")
    assert not [entry for entry in with_it if "CKV_AWS_54" in entry["description"]], "no finding of the run has what only checkov finds"
    report = json.loads(gitlab_sast.render(compared, samples.context()))
    assert any("checkov 3.2.1 differs: pass" in vulnerability["description"] for vulnerability in report["vulnerabilities"])
    assert any("CKV_AWS_54 no policy blocks it" in message["value"] for message in report["scan"]["messages"])
