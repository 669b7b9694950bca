"""JUnit: valid by Jenkins's schema whatever a name holds, and green only where everything was seen and nothing fails."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from lxml import etree

from assay.reports.junit import render
from assay.scanner.results.formats import Context
from assay.scanner.results.model import GateReport, Report
from assay.scanner.sources.coverage import Coverage, Gap
from tests.reports import samples

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "data" / "junit-10.xsd"))


def suites(report: Report, context: Context | None = None) -> dict[str, etree._Element]:
    content = render(report, context or samples.context())
    document = etree.fromstring(content, etree.XMLParser(resolve_entities=False, huge_tree=True))
    SCHEMA.assertValid(document)
    for suite in (document, *document):
        cases = list(suite.iter("testcase"))
        assert int(suite.get("tests")) == len(cases)
        assert int(suite.get("failures")) == sum(case.find("failure") is not None for case in cases)
        assert int(suite.get("errors")) == sum(case.find("error") is not None for case in cases)
    for suite in document:
        names = [case.get("name") for case in suite.iter("testcase")]
        assert len(names) == len(set(names))
    return {suite.get("name"): suite for suite in document}


def outcomes(suite: etree._Element) -> list[tuple[str, str]]:
    """(element, its type) of each case; empty for one that passes."""
    return [(case[0].tag, case[0].get("type")) if len(case) else ("", "") for case in suite.iter("testcase")]


@pytest.mark.parametrize(
    "report", [samples.report(), samples.compared(), samples.empty(), samples.many(300)], ids=["one", "compared", "empty", "many"]
)
def test_reports_follow_the_schema(report: Report) -> None:
    assert sum(len(list(suite.iter("testcase"))) for name, suite in suites(report).items() if not name.startswith("assay.")) == len(
        report.results
    )


@pytest.mark.parametrize("text", [*samples.HOSTILE, "\ufffe\uffff\ufdd0\U0001fffe", "\x85\x84\x9f", "&#0;&amp;<!DOCTYPE x>", "<?xml?>]]>"])
def test_no_text_breaks_the_document(text: str) -> None:
    report, context = samples.hostile(text)
    suites(report, context)


def test_every_verdict_is_what_build_servers_make_of_it() -> None:
    by_name = suites(samples.report())
    assert outcomes(by_name["edge.lb-https-only"]) == [("failure", "high"), ("failure", "high")]
    assert outcomes(by_name["storage.versioning-enabled"]) == [("error", "unknown")] * 5 + [("", "")]
    assert outcomes(by_name["team.own-rule"]) == [("error", "error")]
    assert outcomes(by_name["keys.rotation"]) == [("skipped", "not_applicable")]
    assert ("skipped", "waived") in outcomes(by_name["storage.public-access-blocked"])


def test_reasons_are_told() -> None:
    by_name = suites(samples.report())
    public = by_name["storage.public-access-blocked"]
    waived = next(case[0] for case in public.iter("testcase") if len(case) and case[0].tag == "skipped")
    assert waived.get("message").startswith("waived by platform until 2027-03-31: moved by March (OPS-7), assay.yaml:12; no policy")
    unknown = next(case[0] for case in by_name["storage.versioning-enabled"].iter("testcase") if len(case))
    assert unknown.get("message").endswith("versioned: var.versioning has no value; pass --var-file")
    failed = next(
        case[0] for case in public.iter("testcase") if len(case) and case[0].tag == "failure" and "block_public" in case[0].get("message")
    )
    assert "storage/main.tf:7\nresource.public_access_blocked is false, expected true\nfingerprint " in failed.text


def test_what_was_there_before_is_skipped_and_an_expired_waiver_is_not() -> None:
    suite = suites(samples.compared())["edge.lb-https-only"]
    assert outcomes(suite) == [("skipped", "known"), ("failure", "high")]
    assert next(suite.iter("skipped")).get("message").startswith("known from before: fail: a:80 serves HTTP")


def test_gaps_and_a_weaker_configuration_are_not_green() -> None:
    by_name = suites(samples.report())
    assert outcomes(by_name["assay.coverage"]) == [("error", "parse_error"), ("error", "module_missing")]
    assert outcomes(by_name["assay.configuration"]) == [("failure", "configuration")]
    same = Gap("a.tf", "parse_error", "a brace is not closed", "correct the file", 12)
    report = msgspec.structs.replace(samples.report([], Coverage(gaps=[same, same])), gate=GateReport())
    assert [case.get("name") for case in suites(report)["assay.coverage"].iter("testcase")] == [
        "parse_error: a.tf:12",
        "parse_error: a.tf:12 #2",
    ]


def test_what_is_accepted_and_in_force_stands_in_a_suite_of_its_own() -> None:
    (output,) = suites(samples.compared())["assay.gate"].iter("system-out")
    for text in ("3 fail, 6 unknown, 1 error, 1 pass, 1 waived (assay.yaml:12), 1 known from before, 2 gaps", "beside the baseline .assay-baseline.json",
                 "waiver: storage.* for address aws_s3_bucket.data[1]: waived by platform until 2027-03-31", "the waiver is for nothing"):  # fmt: skip
        assert text in output.text


def test_several_findings_on_one_resource_have_names_of_their_own() -> None:
    results = [samples.result("keys.rotation", "fail", samples.LOGS, text) for text in ("a", "b", "c")]
    names = [case.get("name") for case in suites(samples.report(results))["keys.rotation"].iter("testcase")]
    assert names == ["storage: aws_s3_bucket.logs", "storage: aws_s3_bucket.logs #2", "storage: aws_s3_bucket.logs #3"]


@pytest.mark.parametrize("text", ["x\n::error::forged", "x\n##vso[task.setvariable]y", "##teamcity[x]"])
def test_a_build_server_that_is_shown_the_document_takes_nothing_for_a_command(text: str) -> None:
    report, context = samples.hostile(text)
    for line in render(report, context).decode().splitlines():
        assert not line.lstrip().startswith("::") and "##vso[" not in line and "##teamcity[" not in line


def test_what_another_scanner_says_stands_with_the_case_and_in_the_output_of_the_gate() -> None:
    by_name = suites(samples.compared())
    told = [case[0].text for case in by_name["storage.public-access-blocked"].iter("testcase") if case.find("failure") is not None]
    assert any("\ncheckov 3.2.1 differs: pass: CKV_AWS_53 the account blocks it\n" in text for text in told)
    output = by_name["assay.gate"].findtext("system-out").splitlines()
    assert "checkov: checkov could not parse broken.tf" in output
    assert [line for line in output if "CKV_AWS_54 no policy blocks it" in line]
    assert [line for line in output if line.startswith("checkov alone: fail: CKV2_AWS_61")]
