"""The HTML report: well-formed, self-contained, readable by everyone, and inert whatever the names in it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assay.reports.html import render
from assay.reports.html_data import PREFIX
from assay.reports.html_sums import asked, counted
from assay.reports.view import ordered
from assay.scanner.results.model import GateReport, Report
from assay.scanner.rules import load
from assay.scanner.run import Options, Scan
from assay.scanner.sources.coverage import Blocks, Coverage, FileCounts, LeftOut
from assay.scanner.words import visible
from tests.reports import samples
from tests.scans import ROOT, assay

VOID = {"meta", "link", "br", "input"}
LOADING = {"src", "srcset", "action", "formaction", "data", "poster", "background", "style", "srcdoc", "xlink:href", "ping"}


class Parsed(HTMLParser):
    """Tags with their attributes in order, the nesting, and the text of each tag."""

    def __init__(self, document: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice in {tag}"
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")

    def of(self, *names: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag in names]

    def text(self, *tags: str) -> str:
        return "".join(text for tag, text in self.texts if not tags or tag in tags)

    def own(self, tag: str) -> str:
        """The style, or the script that is run: the last of them."""
        return [text for name, text in self.texts if name == tag][-1]

    def prose(self) -> str:
        return " ".join("".join(text for tag, text in self.texts if tag not in ("script", "style")).split())


def document(report: Report, **more: object) -> str:
    return render(report, samples.context(**more)).decode()


def parsed(report: Report) -> Parsed:
    return Parsed(document(report))


REPORTS = pytest.mark.parametrize("report", [samples.report(), samples.empty(), samples.many(40)], ids=["realistic", "empty", "many"])


@REPORTS
def test_elements_are_closed_and_named_once(report: Report) -> None:
    page = parsed(report)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert document(report).startswith("<!DOCTYPE html>")


@REPORTS
def test_the_structure_can_be_read_aloud(report: Report) -> None:
    page = parsed(report)
    assert page.of("html") == [{"lang": "en"}]
    assert len(page.of("h1")) == len(page.of("main")) == document(report).count("<title>Compliance report: ") == 1
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    assert len(page.of("caption")) == len(page.of("table"))
    assert all("scope" in attributes for attributes in page.of("th"))
    ids = {attributes.get("id") for _, attributes in page.tags}
    named = [attributes["aria-labelledby"] for _, attributes in page.tags if "aria-labelledby" in attributes]
    assert set(named) <= ids


@REPORTS
def test_nothing_is_loaded_and_links_stay_inside(report: Report) -> None:
    page = parsed(report)
    ids = {attributes.get("id") for _, attributes in page.tags}
    assert not {name for _, attributes in page.tags for name in attributes} & LOADING
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert page.of("link") == [{"rel": "icon", "href": "data:,"}]
    assert all(attributes["href"].startswith("#") and attributes["href"][1:] in ids for attributes in page.of("a"))
    assert page.of("a")[0]["class"] == "skip"
    assert not re.search(r"@import|url\(|https?:", page.text("style") + page.text("script"))


def test_the_policy_allows_this_style_and_this_script_only() -> None:
    page = parsed(samples.report())
    policy = next(element["content"] for element in page.of("meta") if element.get("http-equiv") == "Content-Security-Policy")
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))

    def digest(tag: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(page.own(tag).encode()).digest()).decode()}'"

    assert directives == {
        "default-src": "'none'",
        "script-src": digest("script"),
        "style-src": " ".join(
            f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
            for style in re.findall("<style>(.*?)</style>", render(samples.report(), samples.context()).decode(), re.DOTALL)
        ),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert "\r" not in page.text("script", "style")
    order = [tag for tag, attributes in page.tags if tag in ("style", "script") or "http-equiv" in attributes]
    assert order == ["meta", "style", "style", "script", "script"]
    assert page.of("script") == [{"id": "data", "type": "application/octet-stream"}, {}]


def test_the_script_writes_text_only() -> None:
    script = parsed(samples.report()).text("script")
    assert "textContent" in script
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|fetch|XMLHttp", script)


@pytest.mark.parametrize("hostile", samples.HOSTILE)
def test_hostile_text_stays_text(hostile: str) -> None:
    """The same report with harmless text has the same tags and attributes, in the same order."""
    report, context = samples.hostile(hostile)
    harmless = Parsed(render(*samples.hostile("harmless")).decode())
    written = render(report, context).decode()
    page = Parsed(written)
    # How many rows a map has hangs on the names; which tags with which attributes there are does not.
    assert {(tag, *attributes) for tag, attributes in page.tags} == {(tag, *attributes) for tag, attributes in harmless.tags}

    def apart_from_the_run(of: Parsed) -> list[str]:
        return [
            *[re.sub(r'content: "[A-Za-z0-9 .,\\-]*"', "", text) for tag, text in of.texts if tag in ("script", "style")][:2],
            of.own("script"),
        ]

    assert apart_from_the_run(page) == apart_from_the_run(harmless)
    assert not [char for char in written if visible(char, keep="\n") != char]
    shown = " ".join(visible(hostile, keep="\n\t").split())
    assert page.prose().count(shown) > 50
    assert "49" not in re.sub("[0-9a-f]{6}", "", shown)


def test_what_an_auditor_needs_is_there() -> None:
    prose = parsed(samples.report()).prose()
    for text in (
        "assay 1.0.0",
        "sha256:8f3a",
        "0190c2f4",
        "2026-11-20T08:00:00Z",
        "assay scan storage --var a",
        "error: 1 error, 4 fail, 6 unknown, 1 waived (assay.yaml:12), 1 gone, 2 gaps; 14 verdicts in all",
        "= 30 evaluated + 7 of a type without rules + 2 instances not known + 1 in a gap",
        "= 8 parsed + 1 failed to parse",
        "network/broken.tf:12",
        "a brace is not closed",
        "run terraform init",
        "aws_xray_group",
        "pci_dss_4_0: 1.3.1",
        "Why it matters: One policy that is too wide",
        "block_public_acls = true",
        "resource.public_access_blocked",
        "storage.buckets.get at 2026-11-20T08:00:01Z by auditor@trade-prod",
        "storage/main.tf:7",
        "pass --var-file",
        "no such overload",
        "no policy blocks public access",
    ):
        assert text in prose, text
    assert all(result.fingerprint in prose for result in samples.results() if result.verdict == "fail")


def unpacked(report: Report) -> dict[str, Any]:
    """The table of all results, as a browser unpacks it."""
    packed = next(text for tag, text in parsed(report).texts if tag == "script")
    return msgspec.json.decode(gzip.decompress(base64.b64decode(packed)))  # type: ignore[no-any-return]


def test_every_result_is_a_row() -> None:
    table = unpacked(samples.report())
    assert {len(column) for column in table["columns"].values()} == {len(samples.results())}
    verdicts = [table["facets"]["verdict"][number] for number in table["columns"]["verdict"]]
    assert Counter(verdicts) == Counter(result.verdict.replace("_", " ") for result in samples.results())
    prints = {table["prints"][at : at + PREFIX] for at in range(0, len(table["prints"]), PREFIX)}
    assert prints == {result.fingerprint[:PREFIX] for result in samples.results()}


def test_evidence_is_in_the_table() -> None:
    table = unpacked(samples.report())
    results = ordered(samples.results())
    for result, numbers in zip(results, table["columns"]["evidence"], strict=True):
        told = [table["texts"][number] for number in numbers]
        assert told[::4] == [fact.fact for fact in result.evidence]
        assert told[1::4] == [fact.observed for fact in result.evidence]


def test_the_way_of_a_finding_is_a_list_with_the_code_of_each_place() -> None:
    page = document(samples.report())
    assert page.count("<h5>How it is reached</h5>") == 1
    listed = page[page.index('<ol class="steps">') : page.index("</ol>", page.index('<ol class="steps">'))]
    steps = [html.unescape(re.sub(r"<pre.*?</pre>|<[^>]*>", " ", part, flags=re.DOTALL)).split() for part in listed.split("<li>")[1:]]
    assert [" ".join(words) for words in steps] == [
        "the internet goes on by the rule of aws_security_group.web, network/edge.tf:12",
        "b:8080 network/edge.tf:1 goes on by its target group, DescribeRules at 2026-11-20T08:00:02Z",
        "aws_ecs_service.order, network/edge.tf:21",
    ]
    assert listed.count('<details class="place">') == listed.count('<pre class="code"') == 1


def test_the_equation_balances() -> None:
    """Each control asked of each resource is one question, and each question has one verdict."""
    report = scanned()
    sums = asked(report, counted(report.results))
    assert sums.balances
    assert sums.total > 20
    assert sums.total == sum(number for _, _, number in sums.parts)
    prose = parsed(report).prose()
    assert f"{sums.total} questions" in prose
    assert "do not add up" not in prose


def test_a_result_that_is_missing_is_said() -> None:
    report = scanned()
    assert "do not add up" in parsed(msgspec.structs.replace(report, results=report.results[1:])).prose()


def scanned() -> Report:
    return Scan(Options(paths=[str(ROOT / "fixtures" / "demo")])).report()


def test_the_edition_for_an_audit_has_a_cover_and_what_passes() -> None:
    page = document(samples.report(), auditor=True)
    assert "Reviewed by" in page and "Reviewed by" not in document(samples.report())
    passed = next(result for result in samples.results() if result.verdict == "pass")
    assert passed.resource.address in page[page.index('id="passes"') :]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert document(samples.many(200)) == document(samples.many(200))


def test_a_long_report_is_bounded() -> None:
    """What is written out ends, and says how much is left; the table has all of it."""
    report = samples.many(20_000)
    page = document(report)
    assert len(page) < 4_000_000
    assert len(unpacked(report)["columns"]["verdict"]) == len(report.results)
    assert "more failures</strong> of this control" in page


def test_what_is_accepted_stands_with_its_place() -> None:
    page = " ".join(document(samples.compared()).split())
    for text in (
        "assay.yaml: fail_on is high, and was low",
        "Standing beside the baseline .assay-baseline.json, which ends on 2027-05-01: 3 new, 1 known, 1 gone.",
        "aws_kms_key.old",
        "assay.yaml:12</td>",
        "moved by March (OPS-7)",
        "waived by platform until 2026-06-30, which is over: moved by June (OPS-3), storage/main.tf:4",
        "known from before: a:80 serves HTTP",
    ):
        assert text in page, text
    gap = samples.report().coverage.gaps[0]
    known = msgspec.structs.replace(samples.report(), gate=GateReport(known_gaps=[gap]))
    assert "known from before: a brace is not closed" in document(known)
    assert "What is accepted" not in document(known)


def test_the_bar_says_the_numbers_and_fills_its_width() -> None:
    page = parsed(samples.report())
    bars = [element for element in page.of("rect") if element["height"] == "24"]
    assert "Verdicts: 1 error, 4 fail, 6 unknown, 1 waived, 1 pass, 1 not applicable" in page.text("title")
    assert sum(float(bar["width"]) for bar in bars) == pytest.approx(1000, abs=0.1)
    assert all(float(left["x"]) + float(left["width"]) == pytest.approx(float(right["x"]), abs=0.02) for left, right in pairwise(bars))
    assert [bar["class"] for bar in bars] == ["error", "fail", "unknown", "waived", "pass", "not_applicable"]


def test_the_worst_controls_come_first() -> None:
    page = document(samples.report())
    table = page[page.index('id="controls"') : page.index('id="failures"')]
    ids = ("team.own-rule", "storage.public-access-blocked", "edge.lb-https-only", "storage.versioning-enabled", "keys.rotation")
    places = [table.index(id_) for id_ in ids]
    assert places == sorted(places)


def test_it_prints_and_has_a_dark_side() -> None:
    style = parsed(samples.report()).text("style")
    assert "@media print" in style
    assert "@media (prefers-color-scheme: dark)" in style


def luminance(color: str) -> float:
    parts = [int(color[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_colors_have_the_contrast_of_wcag_aa() -> None:
    """https://www.w3.org/TR/WCAG22/#contrast-minimum: 4.5 to 1, on the page and on panels, in every scheme."""
    schemes = re.findall(r":root[^{}]*\{([^{}]*--[^{}]*)\}", parsed(samples.report()).text("style"), re.DOTALL)
    assert len(schemes) == 4
    for scheme in schemes:
        colors = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", scheme))
        for name in colors.keys() - {"page", "panel", "rule"}:
            for ground in ("page", "panel"):
                light, dark = sorted((luminance(colors[name]), luminance(colors[ground])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (name, ground)


def test_accounts_that_were_left_out_are_named() -> None:
    left_out = [LeftOut("aws:111122223333", "dev <b>", "--exclude ou-x")]
    prose = parsed(samples.report(coverage=Coverage(left_out=left_out))).prose()
    assert "Left out: accounts and projects that are there and are no part of the run" in prose
    for text in ("aws:111122223333", "dev <b>", "--exclude ou-x"):
        assert text in prose
    assert "Left out" not in parsed(samples.report()).prose()


def test_what_is_read_for_joins_is_a_part_of_its_own() -> None:
    prose = parsed(samples.report(coverage=Coverage(FileCounts(1, 1, 0), Blocks(9, 9, joined=4)))).prose()
    assert "= 5 evaluated + 4 read for joins" in prose


def test_a_small_run_is_a_small_page_and_names_every_section_of_a_framework(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assay("scan", "--no-config", ROOT / "fixtures/demo", "-r", f"html={page}")
    text = page.read_text()
    assert len(text) < 500_000
    for framework in (
        framework for framework in load.load([load.builtin_folder()]).frameworks.values() if f"<code>{framework.id}</code>" in text
    ):
        for id_, section in framework.sections.items():
            assert section.heading or f">{id_}<" in text, (framework.id, id_)


@pytest.mark.parametrize("text", [*samples.HOSTILE, '"; } body { display: none } /*', "\\", "</style><script>alert(1)</script>", "\udcff"])
def test_the_foot_of_a_printed_page_is_a_text_and_nothing_more(text: str) -> None:
    report = samples.report()
    report = msgspec.structs.replace(report, run=msgspec.structs.replace(report.run, id=text))
    (foot,) = re.findall("<style>(@page.*?)</style>", render(report, samples.context()).decode(), re.DOTALL)
    assert re.fullmatch(
        r'@page \{ @bottom-left \{ content: "[A-Za-z0-9 .,\\-]*"; font: 7.5pt system-ui, sans-serif; color: #444444; \} \}', foot
    )
    assert foot.count("}") == 2 and "::" not in foot
