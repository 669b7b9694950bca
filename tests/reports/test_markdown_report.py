"""Markdown: within GitHub's limit whatever the run, and nothing of a name is more than code."""

from __future__ import annotations

import re

import msgspec
import pytest
from markdown_it import MarkdownIt

from assay.reports.markdown import MARK, render
from assay.reports.markdown_text import block, span
from assay.scanner.results.formats import Context
from assay.scanner.results.model import GateReport, PastFinding, Report
from assay.scanner.sources.coverage import Coverage, Gap
from tests.reports import samples

LIMIT = 65_536
PARSER = MarkdownIt("commonmark").enable("table")
OWN_HTML = re.compile(r"<!-- assay -->|<details><summary>[A-Za-z ()]+(: \d+)?</summary>|</details>")


def markdown(report: Report, context: Context | None = None) -> str:
    content = render(report, context or samples.context())
    assert len(content) < LIMIT
    text = content.decode()
    assert text.startswith(f"{MARK}\n## Assay: ")
    check(text)
    return text


def check(text: str) -> None:
    """No link, image or HTML but our own, and no text of others outside of code."""
    for token in PARSER.parse(text):
        if token.type == "html_block":
            assert all(OWN_HTML.fullmatch(line) for line in token.content.strip().splitlines()), token.content
        for child in token.children or ():
            assert child.type in ("text", "softbreak", "code_inline"), child
            if child.type == "text":
                assert "@" not in child.content and "<" not in child.content


REPORTS = [samples.report(), samples.compared(), samples.empty(), samples.many(400)]


@pytest.mark.parametrize("report", REPORTS, ids=["one", "compared", "empty", "many"])
def test_the_outcome_comes_first_and_every_failure_is_there(report: Report) -> None:
    text = markdown(report)
    failures = [result for result in report.results if result.verdict == "fail" and result.standing != "known"]
    listed = text.partition("<details><summary>Could")[0]
    more = re.search(r"and (\d+) more failures that do not fit", text)
    shown = sum(f"`{failure.message}" in listed for failure in failures)
    assert shown + (int(more[1]) if more else 0) == len(failures)


def test_what_it_says_of_a_run() -> None:
    text = markdown(samples.compared())
    assert "## Assay: 1 change of the gate, 3 new failures, 1 error, incomplete, 2 gaps" in text
    assert "| high | 1 | 0 | 0 | 1 |" in text
    assert "- `storage/main.tf:7` `aws_s3_bucket.logs`: `block_public_acls is false`" in text
    assert "(`waived by platform until 2026-06-30, which is over: moved by June (OPS-3), storage/main.tf:4`)" in text
    assert "- `assay.yaml: fail_on is high, and was low`" in text
    assert "beside the baseline .assay-baseline.json, which ends on 2027-05-01: 3 new, 1 known, 1 gone" in text
    used = "storage.* for address aws_s3_bucket.data[1]: waived by platform until 2027-03-31: moved by March (OPS-7), assay.yaml:12; for 1 finding"
    assert f"- `{used}`" in text
    assert "- `keys.rotation` `aws_kms_key.old`" in text
    assert "<details><summary>Fix (terraform)</summary>" in text
    assert "network/broken.tf:12: a brace is not closed" in text


def test_a_clean_run_says_so_and_one_that_saw_little_does_not() -> None:
    results = [samples.result("keys.rotation", "pass", samples.LOGS)]
    clean = msgspec.structs.replace(samples.report(results, Coverage()), gate=GateReport())
    assert "## Assay: 0 failures\n" in markdown(clean)
    gap = Gap("a.tf", "parse_error", "a brace is not closed", "correct the file", 1)
    partial = msgspec.structs.replace(clean, coverage=Coverage(gaps=[gap]))
    assert "## Assay: incomplete, 1 gap\n" in markdown(partial)


@pytest.mark.parametrize(
    "text", [*samples.HOSTILE, "@org/team #1 GH-1 https://x.invalid", "`", "``` ``", "a`b``c", "\\", "|a|b|", "</details>", "<!--"]
)
def test_nothing_of_a_name_is_more_than_code(text: str) -> None:
    report, context = samples.hostile(text)
    # The rules are the team's own Markdown; what is hostile here is the input.
    markdown(report, msgspec.structs.replace(context, controls=samples.controls()))
    judged_report = msgspec.structs.replace(report, results=[msgspec.structs.replace(result, standing="new") for result in report.results])
    markdown(judged_report, msgspec.structs.replace(context, controls=samples.controls()))


@pytest.mark.parametrize("text", ["\U0001f600" * 3_000, "n" * 90_000, "\U000e0001" * 3_000, "`" * 5_000])
def test_it_stays_within_the_limit(text: str) -> None:
    many = samples.many(4_000)
    named = [
        msgspec.structs.replace(result, message=text, element=text, resource=msgspec.structs.replace(result.resource, address=text))
        for result in many.results
    ]
    gaps = [Gap(text, "parse_error", f"{text}{number}", text, 1) for number in range(50)]
    gone = [PastFinding("ab" * 32, text, text, text)] * 1_000
    gate = samples.gate()
    comparisons = [msgspec.structs.replace(comparison, name=text, gone=gone) for comparison in gate.comparisons] * 40
    gate = msgspec.structs.replace(gate, comparisons=comparisons, changes=[text] * 500, warnings=[text] * 500, waivers=[
        msgspec.structs.replace(waiver, reason=text, resource=text, owner=text, control=text, file=text) for waiver in gate.waivers] * 500)  # fmt: skip
    run = msgspec.structs.replace(many.run, targets=[text] * 50)
    report = msgspec.structs.replace(many, results=named, coverage=Coverage(gaps=gaps), gate=gate, run=run)
    assert "that do not fit here; the json report has all" in markdown(report)
    unknown = [msgspec.structs.replace(result, verdict="unknown") for result in named]
    markdown(msgspec.structs.replace(report, results=unknown))


@pytest.mark.parametrize("text", ["a", "`", "``", "a`", "` a", " ", "", "a``b`c", "\n", "``` x"])
def test_spans_and_blocks_hold_what_is_in_them(text: str) -> None:
    (paragraph,) = [token for token in PARSER.parse(f"x {span(text)} y") if token.type == "inline"]
    assert [child.type for child in paragraph.children or ()] == ["text", "code_inline", "text"]
    fences = PARSER.parse(block(f"a\n{text}\n```\n````\nb"))
    assert [token.type for token in fences] == ["fence"]
