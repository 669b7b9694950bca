"""The chapter of the history in the HTML report: the same numbers in the picture and in the table, and no new way into the page."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re

import msgspec
import pytest

from assay.reports import html, html_data
from assay.reports.html_history import WIDTH, trend
from assay.scanner.results.model import Night, Report
from assay.scanner.words import visible
from tests.reports import histories, samples
from tests.reports.test_html_report import Parsed, unpacked


def document(report: Report, **more: object) -> str:
    return html.render(report, samples.context(**more)).decode()


def chapter(page: str) -> str:
    (section,) = re.findall(r'<section aria-labelledby="history">.*?</section>', page, re.DOTALL)
    return str(section)


def nights(number: int) -> list[Night]:
    return [
        Night(started=f"2026-10-{day + 1:02}T03:00:00Z", complete=day != 3, open=day * 3, new=day % 4, regressed=day % 3, fixed=day % 5)
        for day in range(number)
    ]


def test_the_picture_has_the_numbers_of_the_table() -> None:
    told = histories.history().nights
    part = chapter(document(histories.remembered()))
    rows = re.findall(r'<th scope="row" class="word">(\S+)</th>' + r'<td class="number">(\d+)</td>' * 4 + r"<td>(yes|no)</td>", part)
    assert [(at, *map(int, numbers), complete == "yes") for at, *numbers, complete in rows] == [
        (night.started, night.open, night.new, night.regressed, night.fixed, night.complete) for night in reversed(told)
    ]
    says = re.findall(r"<rect [^>]*><title>([^<]*)</title></rect>", part)
    assert says == [
        f"{night.started}: {number} {name}{'' if night.complete else ', incomplete'}"
        for name, numbers in (
            ("open", [night.open for night in told]),
            ("new or back", [night.new + night.regressed for night in told]),
            ("fixed", [night.fixed for night in told]),
        )
        for night, number in zip(told, numbers, strict=True)
    ]


def test_the_picture_can_be_read_aloud() -> None:
    part = chapter(document(histories.remembered()))
    assert 'role="img" aria-labelledby="trend-title"' in part and '<title id="trend-title">Findings that were open' in part


@pytest.mark.parametrize("number", [2, 3, 7, 30])
def test_bars_stand_apart_and_within_the_picture(number: int) -> None:
    made = trend(nights(number))
    assert made is not None
    for row in made.rows:
        places = [bar.x for bar in row.bars]
        assert all(later - earlier >= made.bar + 4 for earlier, later in itertools.pairwise(places))
        assert places[-1] + made.bar <= WIDTH and all(bar.y >= 0 and bar.y + bar.height <= row.y + 0.1 for bar in row.bars)
        highest = max(row.bars, key=lambda bar: bar.height)
        assert row.most == 0 or f": {row.most} " in highest.says
    days = [x for x, _ in made.marks]
    assert all(later - earlier >= 44 for earlier, later in itertools.pairwise(days))
    assert made.marks[-1][1] == f"10-{number:02}", "the last day is always there"


def test_a_first_run_has_no_trend_and_nothing_found_no_bars() -> None:
    assert trend(nights(1)) is None
    first = histories.history(nights=nights(1), previous="", changes=[])
    part = chapter(document(histories.remembered(kept=first)))
    assert "<svg" not in part and "the first run" in part and "without a result" not in part
    empty = trend([msgspec.structs.replace(night, open=0, new=0, regressed=0, fixed=0) for night in nights(4)])
    assert empty is not None and {bar.height for row in empty.rows for bar in row.bars} == {0.0}


def test_what_became_of_findings_without_a_result_is_listed() -> None:
    part = chapter(document(histories.remembered()))
    assert re.findall(r'<tr><td class="word"><span class="verdict (\w+)">([^<]*)</span>', part) == [
        ("pass", "fixed"), ("not_applicable", "gone"), ("pass", "settled"), ("unknown", "not observed"), ("unknown", "left the scope"),
    ]  # fmt: skip
    many = [histories.change("gone", f"aws_s3_bucket.b{number}") for number in range(700)]
    long = chapter(document(histories.remembered(kept=histories.history(changes=many))))
    assert long.count("<tr><td") == 500 and "200 more stand in the JSON and CSV reports" in long


def test_failures_say_their_age_and_the_cover_the_sums() -> None:
    page = document(histories.remembered(), auditor=True)
    assert "(back (2nd time)): " in page and "(for 12 days): " in page
    cover = page[page.index('class="cover"') : page.index("Sign-off")]
    assert "<dt>History</dt><dd>since the run of 2026-11-19T03:00:00Z: 2 new, 1 back" in cover
    assert '<a href="#history">History</a>' in page


def test_the_table_has_state_and_day() -> None:
    table = unpacked(histories.remembered())
    states = [table["facets"]["state"][number] for number in table["columns"]["state"]]
    days = [table["facets"]["since"][number] for number in table["columns"]["since"]]
    assert {*zip(states, days, strict=True)} == {("new", "2026-11-20"), ("back", "2026-11-20"), ("known", "2026-11-08"), ("", "")}
    assert not {"state", "since"} & unpacked(samples.report())["facets"].keys()


def test_the_script_differs_in_whole_lines_and_the_policy_allows_it_alone() -> None:
    with_it, without = html.asset("report.js", True), html.asset("report.js")
    added = [line for line in with_it.splitlines() if line not in without.splitlines()]
    assert added and all(line.endswith("// history") for line in added) and "// history" not in without
    page = document(histories.remembered())
    digest = base64.b64encode(hashlib.sha256(with_it.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page.replace("&#39;", "'") and f"<script>{with_it}</script>" in page
    assert html.asset("style.css", True) == html.asset("style.css")


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_hostile_texts_of_a_history_make_no_element(text: str) -> None:
    report, context = histories.hostile(text)
    plain = Parsed(html.render(*histories.hostile("harmless")).decode())
    written = html.render(report, context).decode()
    page = Parsed(written)
    assert page.open == []
    assert {(tag, *attributes) for tag, attributes in page.tags} == {(tag, *attributes) for tag, attributes in plain.tags}
    assert [(tag, *attributes) for tag, attributes in Parsed(chapter(written)).tags] == [
        (tag, *attributes) for tag, attributes in Parsed(chapter(html.render(*histories.hostile("harmless")).decode())).tags
    ]
    assert not [char for char in written if visible(char, keep="\n") != char]
    shown = " ".join(visible(text, keep="\n\t").split())
    assert Parsed(chapter(written)).prose().count(shown) >= 20


def test_of_a_folder_the_index_has_the_chapter_and_every_page_the_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_data, "MOST_ON_A_PAGE", 40)
    made = dict(html.folder(histories.remembered(samples.many(100)), samples.context()))
    *pages, index = [content.decode() for content in made.values()]
    assert chapter(index) and not any('aria-labelledby="history"' in page for page in pages)
    assert len(pages) > 1 and all("// history" in page for page in pages)
