"""Chapters of frameworks: every section is in one, with what its controls found."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest

from assay.reports.frameworks_view import Chapter, chapters
from assay.scanner.results.model import InForce, Report
from assay.scanner.rules.model import Control, Framework, Section
from tests.reports import samples

PUBLIC, HTTPS, VERSIONS = "storage.public-access-blocked", "edge.lb-https-only", "storage.versioning-enabled"


def framework(*sections: str, id_: str = "f", **more: Any) -> Framework:
    known = {name: Section(title=f"Title of {name}", assessment="automated", level="L1") for name in sections}
    return Framework(id=id_, title="A framework", publisher="Somebody", read="2026-11-28", sections=known, **more)


def serving(report: Report, **by_control: list[str]) -> Report:
    """The report, with controls (`__` for the dot, `_` for a hyphen) that serve sections of `f`."""
    mapped = {name.replace("__", ".").replace("_", "-"): sections for name, sections in by_control.items()}
    return msgspec.structs.replace(
        report,
        controls=[
            msgspec.structs.replace(outcome, frameworks={"f": mapped[outcome.id]} if outcome.id in mapped else {})
            for outcome in report.controls
        ],
    )


def limited(report: Report, *frameworks: str) -> Report:
    run = msgspec.structs.replace(report.run, in_force=InForce(frameworks=list(frameworks)))
    return msgspec.structs.replace(report, run=run)


def one(report: Report, known: Framework, controls: dict[str, Control] | None = None) -> Chapter:
    (chapter,) = chapters(report, {known.id: known}, controls or {})
    return chapter


def test_every_section_stands_there_in_the_order_of_the_framework() -> None:
    known = framework("10", "2", "1")
    known.sections["0"] = Section(title="Heading", heading=True)
    chapter = one(serving(samples.report(), storage__versioning_enabled=["2"]), known)
    assert [(row.id, row.title, row.verdict, row.controls) for row in chapter.rows] == [
        ("10", "Title of 10", "manual", []),
        ("2", "Title of 2", "unknown", [VERSIONS]),
        ("1", "Title of 1", "manual", []),
    ]
    assert (chapter.judged, chapter.total, round(chapter.share, 2)) == (1, 3, 0.33)
    assert (chapter.title, chapter.publisher, chapter.read, chapter.elsewhere) == ("A framework", "Somebody", "2026-11-28", [])
    assert (chapter.rows[1].assessment, chapter.rows[1].level) == ("automated", "L1")


def test_a_section_has_the_worst_verdict_and_each_resource_once() -> None:
    first, second = samples.resource("a"), samples.resource("b")
    results = [
        samples.result(PUBLIC, "pass", first),
        samples.result(PUBLIC, "fail", second, "one"),
        samples.result(PUBLIC, "unknown", second, "two"),
        samples.result(VERSIONS, "unknown", first, "no"),
        samples.result(VERSIONS, "pass", second),
    ]
    report = serving(samples.report(results), storage__public_access_blocked=["1", "2"], storage__versioning_enabled=["1"])
    one_, two = one(report, framework("1", "2")).rows
    assert (one_.verdict, one_.counts, one_.resources) == ("fail", {"fail": 1, "unknown": 1}, 2)
    assert (two.verdict, two.counts, two.resources) == ("fail", {"fail": 1, "pass": 1}, 2)
    assert one_.controls == [PUBLIC, VERSIONS]


def test_resources_of_the_same_address_elsewhere_are_others() -> None:
    places: list[dict[str, Any]] = [
        {"root": "x"},
        {"root": "y"},
        {"root": "y", "account": "1"},
        {"root": "y", "account": "1", "region": "r"},
    ]
    results = [samples.result(PUBLIC, "pass", samples.resource("a", **place)) for place in places]
    chapter = one(serving(samples.report(results), storage__public_access_blocked=["1"]), framework("1"))
    assert chapter.rows[0].counts == {"pass": 4}


def test_nothing_met_is_not_applicable_and_no_pass() -> None:
    report = serving(samples.report([samples.result("keys.rotation", "not_applicable", samples.LOGS)]), keys__rotation=["1"])
    met = one(report, framework("1")).rows[0]
    assert (met.verdict, met.counts) == ("not_applicable", {"not_applicable": 1})
    unmet = one(msgspec.structs.replace(report, results=[]), framework("1")).rows[0]
    assert (unmet.verdict, unmet.counts, unmet.resources) == ("not_applicable", {}, 0)


def test_controls_that_the_run_left_out_are_told_from_people() -> None:
    controls = samples.controls()
    other = msgspec.structs.replace(controls[HTTPS], id="team.other", frameworks={"f": ["1", "2"]})
    report = serving(samples.report(), storage__versioning_enabled=["1"])
    rows = one(report, framework("1", "2", "3"), {**controls, other.id: other}).rows
    assert [(row.verdict, row.left_out) for row in rows] == [("unknown", ["team.other"]), ("left_out", ["team.other"]), ("manual", [])]


def test_there_is_a_chapter_for_what_the_run_serves_or_was_limited_to() -> None:
    known = {name: framework("1.3.1", id_=name) for name in ("pci_dss_4_0", "nist_800_53_r5", "hipaa")}
    report = samples.report()
    assert [chapter.id for chapter in chapters(report, known, {})] == ["nist_800_53_r5", "pci_dss_4_0"]
    assert [chapter.id for chapter in chapters(limited(report, "pci_dss_4_0"), known, {})] == ["pci_dss_4_0"]
    assert chapters(samples.empty(), known, {}) == []


def test_a_mapping_that_the_framework_lacks_is_not_dropped() -> None:
    """Of a report that an earlier version made, or of an own framework that is not at hand."""
    report = serving(samples.report(), storage__versioning_enabled=["9.9", "1"])
    chapter = one(report, framework("1"))
    assert [(row.id, row.title, row.verdict, row.controls) for row in chapter.elsewhere] == [("9.9", "", "unknown", [VERSIONS])]
    (bare,) = chapters(report, {}, {})
    assert (bare.id, bare.title, bare.total, bare.share, [row.id for row in bare.elsewhere]) == ("f", "f", 0, 0.0, ["1", "9.9"])


@pytest.mark.parametrize("hostile", samples.HOSTILE)
def test_texts_are_passed_on_as_they_are(hostile: str) -> None:
    """Whoever lays them out escapes them."""
    known = Framework(id="f", title=hostile, sections={hostile: Section(title=hostile)})
    report = serving(samples.report(), storage__versioning_enabled=[hostile])
    chapter = one(report, known)
    assert (chapter.title, chapter.rows[0].id, chapter.rows[0].title) == (hostile, hostile, hostile)


def test_the_same_report_gives_the_same_chapters_whatever_its_order() -> None:
    report = serving(samples.report(), storage__versioning_enabled=["2"], storage__public_access_blocked=["1", "2"])
    other = msgspec.structs.replace(report, controls=report.controls[::-1], results=report.results[::-1])
    assert one(report, framework("1", "2")) == one(other, framework("1", "2"))


def test_many_findings_take_no_time() -> None:
    results = [samples.result(PUBLIC, "fail", samples.resource(f"aws_s3_bucket.b{at}"), "no") for at in range(20_000)]
    sections = [str(at) for at in range(300)]
    report = serving(samples.report(results), storage__public_access_blocked=sections)
    began = time.perf_counter()
    assert one(report, framework(*sections)).rows[299].counts == {"fail": 20_000}
    assert time.perf_counter() - began < 2
