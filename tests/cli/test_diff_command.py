"""`assay diff`: two trees, two reports, run folders and snapshots through the command line; exit codes, bad input."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scans import FAILING, PASSING, ROOT, UNKNOWN, VERSIONING, assay, write

SNAPSHOT = ROOT / "fixtures" / "trade_streamer" / "aws" / "live" / "snapshot.ndjson.gz"
Record = dict[str, Any]


@pytest.fixture
def trees(tmp_path: Path) -> Path:
    write(tmp_path, {"old/main.tf": PASSING, "new/main.tf": FAILING, "doubt/main.tf": UNKNOWN, "broken/main.tf": FAILING + "resource {{"})
    return tmp_path


def run(*arguments: Any) -> tuple[int, str]:
    ran = assay("diff", "--no-config", *VERSIONING, *arguments)
    return ran.exit_code, ran.stdout + ran.stderr


def saved(folder: Path, tree: str, form: str = "json") -> Path:
    path = folder / f"{tree}.{form}"
    assay("scan", "--no-config", *VERSIONING, folder / tree, "-r", f"{form}={path}")
    return path


def states(*arguments: Any) -> dict[str, int]:
    """State to the number of changes."""
    ran = assay("diff", "--no-config", *arguments, "-r", "json")
    assert ran.exit_code in (0, 3), ran.output
    return {state: sum(numbers.values()) for state, numbers in json.loads(ran.stdout)["summary"]["states"].items()}


@pytest.mark.parametrize(
    ("sides", "options", "code"),
    [
        (("old", "new"), (), 0),
        (("old", "new"), ("--fail-on-new",), 1),
        (("old", "new"), ("--fail-on-new", "--fail-on", "critical"), 0),
        (("old", "new"), ("--fail-on-new", "--fail-on", "never"), 0),
        (("new", "new"), ("--fail-on-new",), 0),
        (("new", "old"), ("--fail-on-new",), 0),
        (("doubt", "new"), ("--fail-on-new",), 1),
        (("new", "doubt"), ("--fail-on-new",), 0),
        (("new", "doubt"), ("--fail-on-new", "--strict"), 3),
        (("doubt", "doubt"), ("--strict",), 3),
        (("doubt", "old"), ("--strict",), 0),
        (("old", "broken"), (), 3),
        (("broken", "old"), (), 3),
    ],
)
def test_exit_codes(trees: Path, sides: tuple[str, str], options: tuple[str, ...], code: int) -> None:
    assert run(trees / sides[0], trees / sides[1], *options)[0] == code


def test_reports_of_every_form_say_the_same(trees: Path) -> None:
    scanned = states(trees / "old", trees / "new", *VERSIONING)
    assert scanned == {"new": 1}
    assert states(saved(trees, "old"), saved(trees, "new", "jsonl")) == scanned
    assert states(saved(trees, "old"), trees / "new", *VERSIONING) == scanned
    for tree in ("old", "new"):
        assay("scan", "--no-config", *VERSIONING, trees / tree, "--evidence", trees / f"{tree}-runs")
    folders = [next((trees / f"{tree}-runs").glob("2*")) for tree in ("old", "new")]
    assert states(*folders) == scanned
    code, output = run(trees / "old-runs", trees / "new")
    assert code == 2
    assert f"name one of them, the last is {folders[0]}" in output


def test_the_first_screen(trees: Path) -> None:
    code, output = run(trees / "old", trees / "new")
    lines = output.splitlines()
    assert (code, lines[0].split()) == (0, ["critical", "high", "medium", "low", "all"])
    assert lines[1].split() == ["new", "-", "1", "-", "-", "1"]
    assert f"{trees}/new/main.tf:1" in output
    assert lines[-1] == "DIFF: 1 new; 0 unchanged"
    assert "Old:" not in run(trees / "old", trees / "new", "--quiet")[1]


def test_files(trees: Path) -> None:
    code, output = run(trees / "old", trees / "new", "-r", f"json={trees}/d.json", "-r", f"markdown={trees}/d.md")
    assert (code, output) == (0, "")
    assert json.loads((trees / "d.json").read_text())["schema"] == "assay-diff/1"
    assert "### new: fails now" in (trees / "d.md").read_text()


def test_what_a_baseline_knows_is_not_new(trees: Path) -> None:
    assay("baseline", "--no-config", *VERSIONING, trees / "new", "-o", trees / "known.json")
    code, output = run(trees / "old", trees / "new", "--fail-on-new", "--baseline", trees / "known.json")
    assert (code, "known by the baseline" in output) == (0, True)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("missing", "missing: no such file or directory"),
        ("cut", "it has no closing line"),
        ("fewer", "its counts are not those of its results"),
        ("later", "a report of format assay-results/9"),
        ("empty", "no run folder"),
    ],
)
def test_what_is_no_report(trees: Path, given: str, told: str) -> None:
    """It is named with what is wrong with it; a report that was cut must not look like one in which everything is fixed."""
    report = json.loads(saved(trees, "new").read_text())
    lines = saved(trees, "new", "jsonl").read_text().splitlines(keepends=True)
    content = {
        "cut": "".join(lines[:-1]),
        "fewer": json.dumps({**report, "results": []}),
        "later": json.dumps({**report, "schema": "assay-results/9"}),
    }
    if given in content:
        (trees / given).write_text(content[given])
    if given == "empty":
        write(trees, {"empty/manifest.json": "{}", "empty/run.json": "{}"})
        told = "empty/reports/results.json"
    for sides in ((trees / given, trees / "new"), (trees / "new", trees / given)):
        code, output = run(*sides)
        assert (code, told in output, given in output) == (2, True, True), output


@pytest.fixture(scope="module")
def records() -> list[Record]:
    """Of an account in two regions, in which no table can be restored to a point in time."""
    text = gzip.decompress(SNAPSHOT.read_bytes()).decode()
    text = text.replace('"PointInTimeRecoveryStatus":"ENABLED"', '"PointInTimeRecoveryStatus":"DISABLED"')
    return [json.loads(line) for line in text.splitlines()]


def is_table(record: Record) -> bool:
    return record.get("type") == "dynamodb.table"


def denied(record: Record) -> Record | None:
    """As it is where the tables may not be listed."""
    if record.get("operation") == "ListTables" and record["record"] == "calls":
        return {**record, "outcome": "denied", "code": "AccessDeniedException"}
    return None if is_table(record) else record


def one_region(record: Record) -> Record | None:
    return None if record.get("region") == "us-west-2" else record


def deleted(record: Record) -> Record | None:
    return None if is_table(record) and record["region"] == "us-west-2" else record


@pytest.mark.parametrize(("change", "state"), [(deleted, "gone"), (one_region, "left_scope"), (denied, "unobserved")])
def test_live_resources_are_gone_only_where_they_were_looked_for(
    tmp_path: Path, records: list[Record], change: Callable[[Record], Record | None], state: str
) -> None:
    for name, made in (("old", records), ("new", list(filter(None, map(change, records))))):
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress("".join(f"{json.dumps(record)}\n" for record in made).encode()))
    statuses = states("--control", "data.pitr-enabled", tmp_path / "old.gz", tmp_path / "new.gz")
    beside = {"new_unknown", "became_unknown"}  # that tables could not be listed, and tables whose replicas are not seen
    assert statuses.keys() - beside == {state}
