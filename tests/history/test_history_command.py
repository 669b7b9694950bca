"""`assay history`, and what is wrong with what it is given."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from assay.scanner.history.asked import median
from tests.history.test_nights import OFF, ON, OPEN, Nights, nights
from tests.scans import assay, write

__all__ = ["nights"]


def test_trend_age_and_groups(nights: Nights) -> None:
    nights.run(a=OFF.format("orders"), b=OFF.format("fills"))
    nights.run(a=ON.format("orders"), b=OFF.format("fills"))
    told = json.loads(assay("history", nights.where, "--format", "json").stdout)
    assert [(night["open"], night["new"], night["fixed"]) for night in told["nights"]] == [(2, 2, 0), (1, 0, 1)]
    (group,) = told["groups"]
    assert (group["name"], group["open"], group["fixed"], group["oldest_days"]) == ("data.pitr-enabled", 1, 1, 0)
    text = assay("history", nights.where, "--by", "root").stdout
    assert "2 runs:" in text and "infra" in text
    rows = list(csv.reader(assay("history", nights.where, "--by", "severity", "--format", "csv").stdout.splitlines()))
    assert rows == [["severity", "open", "oldest_days", "fixed", "median_days"], ["high", "1", "0", "1", "0"]]


def test_on_a_first_run_nothing_became_unknown(nights: Nights) -> None:
    unknown = OPEN.format("orders")
    assert {result["verdict"] for result in nights.run(a=unknown)["results"]} == {"unknown"}
    assert "became unknown" not in nights.said and "2 unknown" in nights.said
    nights.run(a=ON.format("orders"))
    nights.run(a=unknown)
    assert "became unknown" in nights.said


def test_all_that_became_of_one_finding(nights: Nights) -> None:
    report = nights.run(a=OFF.format("orders"))
    nights.run(a=ON.format("orders"))
    nights.run(a=OFF.format("orders"))
    digits = report["results"][0]["fingerprint"][:8]
    text = assay("history", nights.where, "--finding", digits).stdout
    assert [line.split("  ")[-1] for line in text.splitlines()[2:]] == ["found", "fixed", "is back", "now open"]
    lives = json.loads(assay("history", nights.where, "--finding", digits, "--format", "json").stdout)
    assert [moment["event"] for moment in lives[0]["moments"]] == ["new", "fixed", "regressed"]
    assert assay("history", nights.where, "--finding", "0" * 8).exit_code == 2


@pytest.mark.parametrize(
    ("ended", "still", "days"),
    [
        ([], [], None),
        ([(3, 1)], [], 3),
        ([(1, 2), (9, 2)], [], 1),
        ([(1, 1)], [(10, 3)], None),  # three of four are open
        ([(5, 2)], [(1, 2)], 5),  # what is open for a day may still be fixed within five
        ([(1, 1), (2, 1), (8, 1)], [(2, 1)], 2),
    ],
)
def test_the_median_counts_what_is_open(ended: list[tuple[float, int]], still: list[tuple[float, int]], days: float | None) -> None:
    assert median(ended, still) == days


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("missing.db", "missing.db: there is no history; a run with --history missing.db begins one"),
        (".", ". is a directory: name the file of the history in it"),
        ("nowhere/history.db", "its directory is not there; make it first"),
        ("mysql://localhost/x", "a history is a file, or postgresql://…; mysql:// is neither"),
        ("text.txt", "text.txt cannot be used: file is not a database"),
    ],
)
def test_what_cannot_be_a_history_is_refused(where: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, {"text.txt": "no database " * 100}))
    ran = assay("history", where)
    assert ran.exit_code == 2 and said in ran.stderr


def test_the_password_of_a_database_is_never_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, {"main.tf": OFF.format("orders")}))
    ran = assay("scan", ".", "--history", "postgresql://assay:hunter2secret@127.0.0.1:1/none", "-r", "json")
    assert ran.exit_code == 2 and "cannot be used" in ran.stderr
    assert "hunter2secret" not in ran.stderr + ran.stdout


def test_new_needs_a_history(tmp_path: Path) -> None:
    ran = assay("scan", write(tmp_path, {"main.tf": OFF.format("orders")}), "--fail-on-new")
    assert ran.exit_code == 2 and "--fail-on-new needs a history" in ran.stderr
