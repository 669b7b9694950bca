"""The HTML report as somebody uses it: in a real browser, with and without scripts, read aloud, in light and dark."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from assay.reports import compare_html, html, html_data
from assay.reports.html import render
from tests.reports import histories, samples
from tests.reports.test_rollup import in_units
from tests.results.test_compare import _hostile as compared

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (.ci/run installs it where it can)")
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Shown:
    """A report that is open in the browser, with what it asked for and what it complained of."""

    def __init__(self, page: Page, file: Path, report: Any, at: str = "") -> None:
        self.page, self.asked, self.said = page, [], []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        file.write_bytes(render(report, samples.context(auditor=True)))
        page.goto(file.as_uri() + at)

    def ready(self) -> Shown:
        # The policy of the page forbids what `wait_for_function` does.
        for _ in range(400):
            if self.page.evaluate("document.getElementById('table').dataset.ready || ''"):
                return self
            time.sleep(0.05)
        raise AssertionError(f"the table did not come: {self.said}")

    def violations(self) -> list[Any]:
        self.page.evaluate(AXE)
        violations = self.page.evaluate("async (rules) => (await axe.run(document, {runOnly: rules})).violations", RULES)
        return [(violation["id"], [node["html"][:120] for node in violation["nodes"][:3]]) for violation in violations]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_the_table_has_every_result_and_nothing_is_loaded(page: Page, tmp_path: Path) -> None:
    report = samples.report()
    shown = Shown(page, tmp_path / "report.html", report).ready()
    assert page.inner_text("#table [role=status]") == f"{len(report.results)} of {len(report.results)} results"
    assert page.locator("#table tbody tr").count() == len(report.results)
    assert shown.asked == [(tmp_path / "report.html").as_uri()]
    assert shown.said == []


def test_it_is_searched_filtered_and_sorted(page: Page, tmp_path: Path) -> None:
    report = samples.many(400)
    Shown(page, tmp_path / "report.html", report).ready()
    page.fill("input[type=search]", "data_7")
    page.wait_for_timeout(400)
    expected = [result for result in report.results if "data_7" in result.resource.address]
    assert page.inner_text("#table [role=status]") == f"{len(expected)} of 400 results"
    page.fill("input[type=search]", "")
    page.wait_for_timeout(400)
    page.get_by_label("Verdict", exact=True).select_option(label=f"fail ({sum(result.verdict == 'fail' for result in report.results)})")
    assert page.inner_text("#table tbody tr:first-child .verdict") == "fail"
    page.get_by_role("button", name="Resource", exact=True).click()
    first = page.inner_text("#table tbody tr:first-child th")
    page.get_by_role("button", name="Resource", exact=True).click()
    assert page.inner_text("#table tbody tr:first-child th") > first
    assert page.locator("#table th[aria-sort=descending]").count() == 1


def test_what_a_history_knows_is_filtered_and_sorted(page: Page, tmp_path: Path) -> None:
    shown = Shown(page, tmp_path / "report.html", histories.remembered()).ready()
    page.get_by_label("In the history", exact=True).select_option(label="back (1)")
    row = page.locator("#table tbody tr")
    assert row.count() == 1 and row.locator("td").nth(2).inner_text() == "back" and row.locator("td").nth(3).inner_text() == "2026-11-20"
    page.get_by_label("In the history", exact=True).select_option(label="all")
    page.get_by_role("button", name="Since", exact=True).click()
    page.get_by_role("button", name="Since", exact=True).click()
    assert page.locator("#table tbody tr:first-child td").nth(3).inner_text() == "2026-11-20", "the newest first"
    page.locator("button.open").first.click()
    assert "since 2026-11-20" in page.locator("dialog[open]").inner_text()
    assert shown.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_with_a_history_is_accessible(page: Page, tmp_path: Path, scheme: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    shown = Shown(page, tmp_path / "report.html", histories.remembered(samples.compared())).ready()
    assert shown.violations() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="print")
    assert shown.violations() == []


def test_a_finding_has_a_link_that_leads_back_to_it(page: Page, tmp_path: Path) -> None:
    report = samples.report()
    failure = next(result for result in report.results if result.verdict == "fail" and result.evidence)
    Shown(page, tmp_path / "report.html", report, at=f"#f={failure.fingerprint}").ready()
    dialog = page.locator("dialog[open]")
    assert failure.resource.address in dialog.inner_text()
    assert failure.evidence[0].fact in dialog.inner_text()
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def test_without_scripts_everything_that_fails_is_read(browser: Browser, tmp_path: Path) -> None:
    report = samples.report()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    (tmp_path / "report.html").write_bytes(render(report, samples.context(auditor=True)))
    page.goto((tmp_path / "report.html").as_uri())
    text = page.inner_text("body")
    for result in report.results:
        if result.verdict in ("fail", "unknown", "error", "pass"):
            assert result.resource.address in text
    assert page.locator("#table").is_hidden()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_is_accessible(page: Page, tmp_path: Path, scheme: Any, width: int) -> None:
    """axe-core finds no violation of WCAG 2.2 AA or of its best practices: the page, a finding that is open, and what is printed."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    shown = Shown(page, tmp_path / "report.html", samples.compared()).ready()
    assert shown.violations() == []
    page.locator("button.open").first.click()
    assert shown.violations() == []
    page.keyboard.press("Escape")
    page.emulate_media(media="print")
    assert shown.violations() == []


def test_a_phone_has_no_page_that_is_wider_than_itself(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    Shown(page, tmp_path / "report.html", samples.many(60)).ready()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    # what is wide is scrolled: its columns are not squeezed to a few letters, and no button lies over the chapters
    assert page.evaluate("document.querySelector('#table table').offsetWidth") >= 700
    assert page.evaluate("getComputedStyle(document.querySelector('.theme')).position") == "static"


@pytest.mark.parametrize("text", samples.HOSTILE)
@pytest.mark.parametrize("made", [samples.hostile, histories.hostile], ids=["run", "history"])
def test_hostile_names_stay_text(page: Page, tmp_path: Path, text: str, made: Any) -> None:
    report, context = made(text)
    file = tmp_path / "report.html"
    dialogs: list[str] = []
    errors: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: errors.append(str(error)))
    file.write_bytes(render(report, context))
    page.goto(file.as_uri())
    for _ in range(200):
        if page.evaluate("document.getElementById('table').dataset.ready || ''"):
            break
        time.sleep(0.05)
    page.locator("button.open").first.click()
    assert page.evaluate("window.__x === undefined")
    assert page.locator("script").count() == 2
    assert page.locator("img").count() == 0
    assert (dialogs, errors) == ([], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_comparison_and_an_index_are_accessible_too(page: Page, tmp_path: Path, scheme: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on no page of a run: code beside cloud, the table of pages, and the roll-up. No page is wider than a phone."""
    monkeypatch.setattr(html_data, "MOST_ON_A_PAGE", 40)
    made = dict(html.folder(samples.many(100), samples.context()))
    files = {"compare.html": compare_html.render(compared(samples.HOSTILE[0])), "index.html": made["index.html"]}
    files["rollup.html"] = render(in_units(samples.many(60)), samples.context())
    page.emulate_media(color_scheme=scheme)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto((tmp_path / name).as_uri())
            page.evaluate(AXE)
            violations = page.evaluate("async (rules) => (await axe.run(document, {runOnly: rules})).violations", RULES)
            assert [(violation["id"], [node["html"][:120] for node in violation["nodes"][:3]]) for violation in violations] == [], (name, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert said == [] and not page.evaluate("window.__x || 0")
