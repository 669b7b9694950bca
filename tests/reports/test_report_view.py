"""What the formats share: safe text, wrapping, the place of a result, sums and the outcome."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from assay.reports.page import wrap
from assay.reports.view import OverallOutcome, outcome, remediation, sums, tree, where
from assay.scanner.results import formats
from assay.scanner.results.model import GateReport, Verdict
from assay.scanner.results.telling import message_of, place
from assay.scanner.sources.coverage import Blocks, Coverage, FileCounts, Gap
from assay.scanner.sources.listing import UNCHANGED, FilesBelow
from assay.scanner.sources.raw import Location
from assay.scanner.words import visible
from tests.reports import samples

anything = st.text(st.characters(codec=None))


@settings(database=None, deadline=None)
@given(anything)
def test_visible_text_can_be_encoded_and_moves_nothing(text: str) -> None:
    shown = visible(text)
    assert shown.encode().decode() == shown
    assert {unicodedata.category(char)[0] for char in shown} <= {"L", "M", "N", "P", "S", "Z"}
    assert "\u2028" not in shown
    assert visible(shown) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\u202e\ufeff", "\\u202e\\ufeff"),
        ("\U000e0041", "\\U000e0041"),
        ("\udcff", "\\udcff"),
        ("Zürich 漢字 a\u00a0b", "Zürich 漢字 a\u00a0b"),
    ],
)
def test_visible_text(text: str, shown: str) -> None:
    assert visible(text) == shown


@settings(database=None, deadline=None)
@given(anything.map(visible), st.integers(8, 60))
def test_wrapping_keeps_every_character_and_the_width(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_the_place_of_a_failure_is_the_attribute_then_the_block() -> None:
    _, bucket, listener, *_ = samples.results()
    assert place(bucket) == Location("storage/main.tf", 7, 7)
    assert place(listener) == Location("network/edge.tf", 1, 4)


def test_the_place_of_an_unknown_is_where_the_reason_stands() -> None:
    unknown = next(result for result in samples.results() if result.verdict == "unknown")
    assert place(unknown) == Location("storage/variables.tf", 3, 5)


def test_a_live_result_has_the_call_as_its_place() -> None:
    live = next(result for result in samples.results() if result.resource is samples.LIVE)
    assert where(place(live)) == "storage.buckets.get at 2026-11-20T08:00:01Z by auditor@trade-prod"
    assert place(msgspec.structs.replace(live, evidence=[])) is None


def test_remediation_prefers_terraform() -> None:
    controls = samples.controls()
    assert remediation(controls["storage.public-access-blocked"])[0] == "terraform"
    assert remediation(controls["edge.lb-https-only"])[0] == "gcloud"
    assert remediation(controls["keys.rotation"]) == remediation(None) == ("", "")


@pytest.mark.parametrize("report", [samples.report(), samples.empty(), samples.many(40)])
def test_every_total_is_the_sum_of_its_parts(report: samples.Report) -> None:
    assert [sum_.total for sum_ in sums(report)] == [sum(number for _, number in sum_.parts) for sum_ in sums(report)]


def test_what_the_parts_leave_over_is_named() -> None:
    blocks = sums(samples.report())[1]
    assert (blocks.total, blocks.parts[-1]) == (40, ("in a gap", 1))


@pytest.mark.parametrize(
    ("verdicts", "gaps", "word"),
    [
        (["pass", "not_applicable"], 0, "pass"),
        (["pass", "waived"], 0, "pass"),
        (["pass"], 1, "incomplete"),
        (["pass", "unknown"], 0, "unknown"),
        (["pass", "unknown", "fail"], 1, "fail"),
        (["fail", "error"], 0, "error"),
        ([], 0, "empty"),
        ([], 1, "incomplete"),
    ],
)
def test_the_outcome(verdicts: list[Verdict], gaps: int, word: str) -> None:
    results = [samples.result("keys.rotation", verdict, samples.LOGS) for verdict in verdicts]
    coverage = Coverage(gaps=[Gap("a.tf", "parse_error", "no", "mend")] * gaps)
    said = outcome(msgspec.structs.replace(samples.report(results, coverage), gate=GateReport()))
    assert said.word == word
    assert ("gap" in said.sentence) == bool(gaps)


def test_files_that_fail_to_parse_are_never_a_pass() -> None:
    results = [samples.result("keys.rotation", "pass", samples.LOGS)]
    report = samples.report(results, Coverage(FileCounts(2, 1, 1), Blocks()))
    assert outcome(msgspec.structs.replace(report, gate=GateReport())).word == "incomplete"


def test_the_outcome_tells_what_is_new_from_what_was_known() -> None:
    said = outcome(samples.compared())
    assert said.word == "error"
    assert said.sentence.startswith(
        "1 error (1 new, 0 known), 4 fail (3 new, 1 known), 6 unknown (6 new, 0 known), 1 waived (assay.yaml:12), 1 gone, 2 gaps;"
    )


def test_what_was_known_alone_fails_nothing_and_is_counted() -> None:
    results = [
        msgspec.structs.replace(samples.result("keys.rotation", "fail", samples.LOGS, "no"), standing="known"),
        samples.result("keys.rotation", "pass", samples.DATA[0]),
    ]
    report = msgspec.structs.replace(samples.report(results, Coverage()), gate=GateReport())
    assert outcome(report) == OverallOutcome("pass", "1 pass, 1 fail (0 new, 1 known); 2 verdicts in all")


def test_a_configuration_that_lets_more_through_is_a_failure_whatever_was_found() -> None:
    results = [samples.result("keys.rotation", "pass", samples.LOGS)]
    for report in (samples.report(results, Coverage()), msgspec.structs.replace(samples.empty(), gate=samples.gate())):
        said = outcome(report)
        assert said.word == "fail"
        assert said.sentence.endswith("; the gate lets more through (--allow-config-changes accepts it)")


@pytest.mark.parametrize("name", sorted({*formats.names()} - samples.PRINTED))
def test_every_format_renders_the_same_report_to_the_same_bytes(name: str) -> None:
    render = formats.load(name).render
    written = render(samples.report(), samples.context())
    assert written == render(samples.report(), samples.context())
    assert written.endswith(b"\n")


@pytest.mark.parametrize(
    ("module", "unwanted"), [("json_report", "rich jinja2"), ("sarif", "rich jinja2"), ("text", "jinja2"), ("html", "rich")]
)
def test_a_format_imports_only_what_it_needs(module: str, unwanted: str) -> None:
    code = f"import sys, assay.reports.{module}; print([name for name in {unwanted.split()} if name in sys.modules])"
    path = [folder for folder in sys.path if folder]
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(path)})
    assert process.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("message", "element", "shown"),
    [
        ("jump lets 0.0.0.0/0 in on TCP port 22", "0.0.0.0/0, TCP port 22, tcp, 22, 22", "jump lets 0.0.0.0/0 in on TCP port 22"),
        ("jump lets 0.0.0.0/0 in", "0.0.0.0/0, tcp, 22, 22", "jump lets 0.0.0.0/0 in (0.0.0.0/0, tcp, 22, 22)"),
        ("it serves HTTP on port 8080", "a, 80", "it serves HTTP on port 8080 (a, 80)"),
        ("a listener serves HTTP", "", "a listener serves HTTP"),
    ],
)
def test_a_message_names_its_element_once(message: str, element: str, shown: str) -> None:
    assert message_of(samples.result("keys.rotation", "fail", samples.LOGS, message, element)) == shown


@pytest.mark.parametrize("reasons", [{UNCHANGED: 3}, {"excluded by assay.yaml: legacy": 3}])
def test_files_that_are_left_out_have_the_rule(reasons: dict[str, int]) -> None:
    coverage = Coverage(tree=FilesBelow(found=4, judged=1, excluded=3, reasons=reasons))
    assert (
        tree(samples.report([], coverage))
        == f"4 below the targets: 1 judged, 3 left out by a rule ({next(iter(reasons))}); --verbose lists them"
    )
