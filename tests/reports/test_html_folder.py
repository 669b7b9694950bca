"""More results than one page holds: an index and a page for each account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from assay.reports import html, html_data
from assay.reports.html_sums import asked, counted
from assay.scanner.results.keeping import OnDisk
from assay.scanner.results.model import Report
from assay.scanner.sources.coverage import Coverage, Gap, Named
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
    entries = []
    for index, result in enumerate(report.results):
        account = "1" * 12 if index % 10 < 7 else ("2" * 12 if index % 10 < 9 else "../../</script> é")
        entries.append(msgspec.structs.replace(result, resource=msgspec.structs.replace(result.resource, account=account)))
    return msgspec.structs.replace(report, results=entries)


def test_the_questions_of_the_pages_are_those_of_the_index(small: int) -> None:
    report = several()
    made = dict(html.folder(report, samples.context()))
    *pages, index = made
    assert index == "index.html" and len(pages) == 4
    total = asked(report, counted(report.results)).total
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


HOSTILE = "../../</script> é"
NAMED = [Named(f"aws:{'1' * 12}", "prod <b>", "Root/Workloads"), Named(f"aws:{'2' * 12}", "dev", "Root")]


def organisation(number: int = 60) -> Report:
    """A run over three accounts, which fits on one page, with a gap of one and a gap of the whole."""
    report = several(number)
    results = [msgspec.structs.replace(result, resource=msgspec.structs.replace(result.resource, cloud="aws")) for result in report.results]
    gaps = [
        Gap(f"aws:{'2' * 12}/eu-west-1", "call_denied", "denied in the second", ""),
        Gap("google:organizations/1", "interrupted", "of the whole", ""),
    ]
    return msgspec.structs.replace(report, results=results, coverage=Coverage(gaps=gaps, accounts=NAMED))


def test_each_account_has_a_page_that_the_roll_up_leads_to() -> None:
    made = {name: page.decode() for name, page in html.folder(organisation(), samples.context())}
    assert list(made) == ["0001-script.html", f"0002-{'1' * 12}.html", f"0003-{'2' * 12}.html", "index.html"]
    for account, file in (("1" * 12, f"0002-{'1' * 12}.html"), ("2" * 12, f"0003-{'2' * 12}.html")):
        assert made["index.html"].count(f'<a href="{file}">') == 3, "the roll-up, the map and the table of pages"
        assert f'<a href="{file}">aws:{account}</a>' in made["index.html"]
    assert "<h1>Compliance report of 111111111111 (prod &lt;b&gt;)</h1>" in made[f"0002-{'1' * 12}.html"]
    assert "../../&lt;/script&gt;" in made["0001-script.html"] and HOSTILE not in "".join(made.values())


def test_a_page_has_the_gaps_of_its_account_and_of_the_whole() -> None:
    made = {name: page.decode() for name, page in html.folder(organisation(), samples.context())}
    assert {name for name, page in made.items() if "denied in the second" in page} == {f"0003-{'2' * 12}.html", "index.html"}
    assert {name for name, page in made.items() if "of the whole" in page} == set(made)


def test_the_folder_is_the_same_in_whatever_order_results_come_and_wherever_they_are_kept() -> None:
    report, context = organisation(), samples.context()
    made = dict(html.folder(report, context))
    disk = OnDisk(7)
    disk.take(reversed(report.results))
    assert dict(html.folder(msgspec.structs.replace(report, results=disk.ordered()), context)) == made
    assert dict(html.folder(msgspec.structs.replace(report, results=[*reversed(report.results)]), context)) == made


def test_no_more_than_the_results_of_a_page_are_held(small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    report, numbers = organisation(400), list[int]()
    disk = OnDisk(30)
    disk.take(report.results)
    made = html.page
    monkeypatch.setattr(html, "page", lambda report, *given, **more: (numbers.append(_listed(report)), made(report, *given, **more))[1])
    pages = dict(html.folder(msgspec.structs.replace(report, results=disk.ordered()), samples.context()))
    assert len(numbers) == len(pages) > 10 and max(numbers) <= small


def _listed(report: Report) -> int:
    return len(report.results) if isinstance(report.results, list) else 0


def test_a_folder_takes_results_from_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    taken = list[int]()
    monkeypatch.setattr(OnDisk, "ordered", lambda self: (taken.append(len(self)), self._waiting.sort(key=self._key), self)[2])
    assay("scan", "infra", *CONTROLS, "-r", "html=out/")
    assert len(taken) == 1 and taken[0] > 2
    assay("scan", "infra", *CONTROLS, "-r", "html=one.html")
    assert len(taken) == 1
    page, alone = (
        re.sub(r"(?s)<dl class=\"card\">.*?</dl>|[0-9a-f-]{36}|\d{4}-[\d:T.-]+Z", "", (tmp_path / "work" / name).read_text())
        for name in ("out/index.html", "one.html")
    )
    assert len(page) == len(alone)
