"""`assay query`: questions and how their answers are shown."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from assay.scanner.tables.columns import TABLES, documented
from tests.query.conftest import Ask
from tests.scans import ROOT, assay, assay_process

pytest.importorskip("duckdb")
KINDS = """SELECT 1 AS whole, -2.5::DECIMAL(5, 1) AS part, true AS flag, NULL AS nothing, 'a' AS text, DATE '2026-01-02' AS day,
  TIMESTAMP '2026-01-02 03:04:05' AS moment, TIMESTAMPTZ '2026-01-02 03:04:05+02' AS zoned, ['x', 'y'] AS list, MAP {'k': 'v'} AS tags,
  '{"a": [1]}'::JSON AS data, 170141183460469231731687303715884105727::HUGEINT AS huge, 'nan'::DOUBLE AS odd, INTERVAL 3 DAYS AS span, 'ab'::BLOB AS bytes"""


def test_values_of_every_kind_in_json(ask: Ask) -> None:
    [row] = ask(KINDS)
    assert row == {
        "whole": 1, "part": -2.5, "flag": True, "nothing": None, "text": "a", "day": "2026-01-02", "moment": "2026-01-02 03:04:05",
        "zoned": "2026-01-02 01:04:05", "list": ["x", "y"], "tags": {"k": "v"}, "data": {"a": [1]},
        "huge": "170141183460469231731687303715884105727", "odd": None, "span": "3 days, 0:00:00", "bytes": "6162",
    }  # fmt: skip


def test_values_of_every_kind_in_csv_and_text() -> None:
    [names, row] = csv.reader(io.StringIO(assay("query", KINDS, "--format", "csv").stdout))
    said = dict(zip(names, row, strict=True))
    assert said["nothing"] == "" and said["part"] == "-2.5" and said["tags"] == '{"k":"v"}' and said["flag"] == "true"
    assert "zoned    2026-01-02 01:04:05" in assay("query", KINDS).stdout


def test_json_is_one_array_and_lines_are_objects() -> None:
    sql = "SELECT i, 'x' AS a, 'y' AS a FROM range({}) AS r(i)"
    assert json.loads(assay("query", sql.format(3), "--format", "json").stdout)[2] == {"i": 2, "a": "x", "a_2": "y"}
    assert json.loads(assay("query", sql.format(0), "--format", "json").stdout) == []
    assert assay("query", sql.format(0), "--format", "jsonl").stdout == ""
    assert len(json.loads(assay("query", sql.format(5000), "--format", "json").stdout)) == 5000


def test_formulas_are_defused_in_csv_and_numbers_stay(run: Path) -> None:
    sql = "SELECT -1 AS n, '=1+1' AS \"=cmd\", tags['Name'] AS tag, ['-x'] AS l FROM resources WHERE tags['Name'] IS NOT NULL LIMIT 1"
    [names, row] = csv.reader(io.StringIO(assay("query", sql, run / "report.json", "--format", "csv").stdout))
    assert names == ["n", "'=cmd", "tag", "l"] and row == ["-1", "'=1+1", "'=1+1", '["-x"]']


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_table_fits_the_terminal(width: int, run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for sql in ("SELECT control, message, repeat('漢', 90) AS han FROM results", "SELECT * FROM results", "SELECT 'e\u0301' AS x, 1 AS n"):
        lines = assay("query", sql, run / "report.json").stdout.splitlines()
        assert max(sum(2 if "\u2e80" < char < "\ua000" else 1 for char in line) for line in lines) <= width
    assert lines[-1] == "(1 row)"
    text = assay("query", "SELECT verdict, count(*) AS n FROM results GROUP BY ALL ORDER BY n DESC LIMIT 1", run / "report.json").stdout
    assert text.splitlines()[0].split() == ["verdict", "n"] and text.splitlines()[2].split()[0] == "not_applicable"


def test_long_cells_are_cut_and_narrow_ones_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    lines = assay("query", "SELECT 7 AS n, repeat('x', 100) AS long").stdout.splitlines()
    assert lines[2] == "7  " + "x" * 26 + "…"


def test_a_question_from_a_file(run: Path, tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "q.sql").write_text("-- how many\nSELECT count(*) AS n FROM results -- all\n;\n")
    assert ask(f"@{tmp_path / 'q.sql'}", run / "report.json")[0]["n"] > 0
    (tmp_path / "zoned.sql").write_text("SELECT max(started)::TIMESTAMPTZ AS at FROM runs; -- the last\n")
    assert ask(f"@{tmp_path / 'zoned.sql'}", run / "report.json")[0]["at"].startswith("20")
    ran = assay("query", "@missing.sql", run / "report.json")
    assert ran.exit_code == 2 and "missing.sql: No such file or directory; @FILE names a file that holds the question" in ran.stderr


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT sevrity FROM results", 'Candidate bindings: "severity"'),
        ("SELECT * FROM result", "; the tables are runs, controls, results"),
        ("SELEC 1", 'syntax error at or near "SELEC"'),
        ("SELECT line + tags FROM results", "No function matches"),
        ("SELECT message::INTEGER FROM results", "Could not convert string"),
        ("FROM results", "name what to ask"),
    ],
)
def test_errors_name_the_way_out(sql: str, said: str, run: Path) -> None:
    ran = assay("query", sql, *([] if sql == "FROM results" else [run / "report.json"]))
    assert ran.exit_code == 2 and said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1 and ran.stderr.startswith("assay: ")


def test_an_error_is_told_before_a_large_report_is_read(tmp_path: Path) -> None:
    ran = assay("query", "SELECT nothing FROM results", tmp_path / "not-there.json")
    assert "Candidate bindings" in ran.stderr and "not-there" not in ran.stderr


@pytest.mark.parametrize(
    "sql",
    [
        "FROM query('FROM results')",
        "FROM query_table('results')",
        "SELECT * FROM query('FROM resu' || 'lts')",
        'FROM "results"',
        "FROM RESULTS",
        "SUMMARIZE results",
        "WITH a AS (FROM results) FROM a",
        "FROM memory.main.results",
        "PIVOT results ON verdict IN ('fail') USING count(*) GROUP BY control",
    ],
)
def test_a_table_is_filled_however_it_is_named(sql: str, run: Path, ask: Ask) -> None:
    assert ask(sql, run / "report.json")


def test_tables_lists_what_there_is() -> None:
    text = assay("query", "TABLES").stdout
    assert all(f"{table.name}: " in text for table in TABLES.values()) and "MAP(VARCHAR, VARCHAR)" in text


def test_a_reader_that_has_seen_enough(run: Path) -> None:
    import subprocess
    import sys

    command = f"{sys.executable} -m assay query 'SELECT i FROM range(1000000) AS r(i)' --format jsonl | head -1"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert ran.stdout == '{"i":0}\n' and "Traceback" not in ran.stderr


def test_the_page_has_the_tables_that_there_are() -> None:
    page = (ROOT / "docs" / "query.md").read_text("utf-8")
    assert page.endswith(f"## The tables\n\n{documented()}"), "run: make docs"
    assert page.count("```sql ") >= 10


def test_columns_are_said_once_each_in_a_sentence() -> None:
    for table in TABLES.values():
        names = [column.name for column in table.columns]
        assert len(names) == len(set(names)) and names[0] == "source"
        assert all(column.meaning.endswith(".") and "|" not in column.meaning for column in table.columns)


def test_version_and_help_stay_quick() -> None:
    ran = assay_process("query", "--help")
    assert ran.returncode == 0 and "docs/query.md has the columns" in " ".join(ran.stdout.split())
