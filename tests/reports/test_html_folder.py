"""More results than one page holds: an index and a page for each account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from assay.reports import html, html_data
from assay.reports.html_sums import asked, questions
from assay.scanner.results.model import Report
from tests.evidence.folders import CONTROLS, run, tree
from tests.reports import samples
from tests.scans import assay


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(html_data, "MOST_ON_A_PAGE", 40)
    monkeypatch.setattr(html, "MOST_ON_A_PAGE", 40)
    yield 40


def several(number: int = 100) -> Report:
    """Results in three accounts, of which one has more than a page holds."""
    report = samples.many(number)
    held = []
    for index, each in enumerate(report.results):
        account = "1" * 12 if index % 10 < 7 else ("2" * 12 if index % 10 < 9 else "../../</script> é")
        held.append(msgspec.structs.replace(each, resource=msgspec.structs.replace(each.resource, account=account)))
    return msgspec.structs.replace(report, results=held)


def test_the_questions_of_the_pages_are_those_of_the_index(small: int) -> None:
    report = several()
    made = dict(html.folder(report, samples.context()))
    *pages, index = made
    assert index == "index.html" and len(pages) == 4
    total = asked(report, questions(report)).total
    of_page = [int(re.search(r"<b>(\d+)</b> questions", made[name].decode())[1]) for name in pages]  # type: ignore[index]
    assert sum(of_page) == total and f"<b>{total}</b> questions" in made[index].decode()
    assert not [name for name in pages if "do not add up" in made[name].decode()]
    for name in pages:
        assert f'<a href="{name}">' in made[index].decode() and '<a href="index.html">' in made[name].decode()
        assert re.fullmatch(r"[0-9]{4}-[A-Za-z0-9._-]+\.html", name) and ".." not in name


def test_each_result_is_on_one_page_and_the_index_has_no_table(small: int) -> None:
    made = dict(html.folder(several(), samples.context()))
    assert 'id="data"' not in made["index.html"].decode() and 'id="table"' not in made["index.html"].decode()
    lengths = [int(re.search(r"lists all (\d+) results", page.decode())[1]) for name, page in made.items() if name != "index.html"]  # type: ignore[index]
    assert sum(lengths) == 100 and max(lengths) <= small


def test_a_run_that_fits_is_one_page(small: int) -> None:
    made = dict(html.folder(samples.many(40), samples.context()))
    assert list(made) == ["index.html"] and made["index.html"] == html.render(samples.many(40), samples.context())


def test_one_file_has_the_worst_and_says_how_many_are_left(small: int) -> None:
    page = html.render(several(), samples.context()).decode()
    assert "<strong>60 results</strong> more than one page holds" in page and "-r html=DIR/" in page


def test_the_command_line_writes_a_folder_and_refuses_one_for_a_single_file(
    small: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr(html_data, "MOST_ON_A_PAGE", 5)
    ran = assay("scan", "infra", *CONTROLS, "-r", "html=out/", "-r", "csv=csv/")
    assert ran.exit_code == 2 and "the csv report is one file" in ran.stderr
    names = sorted(path.name for path in (tmp_path / "work/out").iterdir())
    assert names[-1] == "index.html" and len(names) > 2
    assert assay("scan", "infra", *CONTROLS, "-r", "html=assay.yaml/").exit_code == 2


def test_a_run_folder_has_the_pages_too(small: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr(html_data, "MOST_ON_A_PAGE", 5)
    made = run(tmp_path / "out", "infra", *CONTROLS)
    names = sorted(path.name for path in (made / "reports").iterdir() if path.suffix == ".html")
    assert "results.html" in names and len(names) > 2
    assert all(f'<a href="{name}">' in (made / "reports/results.html").read_text() for name in names if name != "results.html")
