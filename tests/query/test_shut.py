"""What a question cannot reach, and what a hostile source cannot do."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path

import pytest

from assay.scanner.words import visible
from tests.query.conftest import Ask
from tests.query.test_sources import report_of
from tests.reports import samples
from tests.scans import assay, assay_process

_TABLES_ALONE = "a question reads the tables alone"
_ONE_SELECT = "a question is one SELECT"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT * FROM read_text('{file}')", _TABLES_ALONE),
        ("SELECT * FROM read_csv('{file}')", _TABLES_ALONE),
        ("SELECT * FROM read_json('{file}')", _TABLES_ALONE),
        ("SELECT * FROM read_parquet('{folder}/x.parquet')", _TABLES_ALONE),
        ("SELECT * FROM read_blob('/proc/self/environ')", _TABLES_ALONE),
        ("SELECT * FROM glob('{folder}/*')", _TABLES_ALONE),
        ("SELECT * FROM '{file}'", ""),
        ("SELECT * FROM 'https://example.com/x.csv'", ""),
        ("SELECT * FROM read_csv('https://example.com/x.csv')", _TABLES_ALONE),
        ("SELECT * FROM sqlite_scan('{folder}/x.db', 't')", ""),
        ("SELECT * FROM query('SELECT * FROM read_text(''{file}'')')", ""),
        ("SELECT * FROM sources", "does not exist"),
        ("SELECT getenv('HOME')", "does not exist"),
        ("ATTACH '{folder}/x.db' AS x", _ONE_SELECT),
        ("COPY results TO '{folder}/x.csv'", _ONE_SELECT),
        ("COPY results FROM '{file}'", _ONE_SELECT),
        ("EXPORT DATABASE '{folder}/x'", _ONE_SELECT),
        ("IMPORT DATABASE '{folder}'", ""),
        ("INSTALL httpfs", _ONE_SELECT),
        ("LOAD httpfs", _ONE_SELECT),
        ("SET enable_external_access = true", _ONE_SELECT),
        ("SET memory_limit = '100GB'", _ONE_SELECT),
        ("PRAGMA temp_directory = '{folder}'", _ONE_SELECT),
        ("CREATE TABLE x AS SELECT 1", _ONE_SELECT),
        ("CREATE SECRET (TYPE s3)", _ONE_SELECT),
        ("DELETE FROM results", _ONE_SELECT),
        ("EXPLAIN ANALYZE COPY results TO '{folder}/x.csv'", _ONE_SELECT),
        ("SELECT 1; DROP TABLE results", "this is 2 statements"),
        ("PREPARE p AS SELECT 1", _ONE_SELECT),
        ("PIVOT results ON verdict USING count(*)", "PIVOT results ON verdict IN"),
        ("", "the question is empty"),
        ("/* nothing */", "the question is empty"),
    ],
)
def test_a_question_reaches_the_tables_alone(sql: str, said: str, run: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("hunter2\n1\n")
    ran = assay("query", sql.format(file=tmp_path / "secret.csv", folder=tmp_path), run / "report.json")
    assert ran.exit_code == 2 and said in ran.stderr, ran.output
    assert not ran.stdout and "hunter2" not in ran.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret.csv"]


def test_the_database_is_shut_before_a_row_is_in_it() -> None:
    """The checks of statements are one wall; that the database itself refuses is another."""
    duckdb = pytest.importorskip("duckdb")
    from assay.scanner.tables import duck

    with duck.opened() as database:
        connection = database._connection
        said = dict(connection.execute("SELECT name, value FROM duckdb_settings()").fetchall())
        assert said["enable_external_access"] == "false" and said["lock_configuration"] == "true"
        off = ("autoinstall_known_extensions", "autoload_known_extensions", "allow_community_extensions", "python_enable_replacements")
        assert [said[name] for name in off if name in said] == ["false"] * len([name for name in off if name in said])
        assert said["TimeZone"] == "UTC" and not said["temp_directory"].startswith(".")
        for statement in (
            "ATTACH '/tmp/x.db' AS x", "COPY results TO '/tmp/x.csv'", "INSTALL httpfs", "LOAD httpfs", "SET enable_external_access = true",
            "RESET lock_configuration", "SET memory_limit = '100GB'", "SET allowed_directories = ['/']", "SELECT * FROM read_text('/etc/hostname')",
        ):  # fmt: skip
            with pytest.raises(duckdb.Error):
                connection.execute(statement)


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_a_hostile_text_is_a_value(text: str, run: Path, tmp_path: Path, ask: Ask) -> None:
    text = text.encode("utf-8", "backslashreplace").decode()
    report = report_of(run)
    result = report["results"][0]
    for name in ("message", "title", "element"):
        result[name] = text
    result["resource"] |= {"name": text, "tags": {text or "t": text}, "region": text}
    (tmp_path / "hostile.json").write_text(json.dumps(report), encoding="utf-8")
    [row] = ask(f"SELECT message, name, tags, region FROM results WHERE fingerprint = '{result['fingerprint']}'", tmp_path / "hostile.json")
    assert row == {"message": text, "name": text, "tags": {text or "t": text}, "region": text}
    for form in ("text", "csv"):
        shown = assay("query", "SELECT message, tags FROM results", tmp_path / "hostile.json", "--format", form).stdout
        assert all(visible(line) == line for line in shown.split("\n")), repr(shown)
        assert not any(line.lstrip().startswith("::") or "##[" in line or "##vso[" in line for line in shown.split("\n"))


HOSTILE_SQL = ("'); DROP TABLE results; --", "$$", "\\'; ATTACH 'x'", "{'a': 1}", '"]}', "\n\n{}", "\x00")


@pytest.mark.parametrize("text", HOSTILE_SQL)
def test_nothing_that_a_report_holds_is_run(text: str, run: Path, tmp_path: Path, ask: Ask) -> None:
    report = report_of(run)
    for result in report["results"]:
        result["message"] = text
        result["evidence"] = [{**fact, "observed": text} for fact in result["evidence"]]
    (tmp_path / "hostile.json").write_text(json.dumps(report), encoding="utf-8")
    rows = ask("SELECT DISTINCT message FROM results", tmp_path / "hostile.json")
    assert rows == [{"message": text}]
    assert {row["value"] for row in ask("SELECT value FROM facts WHERE value IS NOT NULL", tmp_path / "hostile.json")} == {text}


@pytest.mark.parametrize("when", ["yesterday", "", "99999-99-99", "2026-01-15", "9" * 400, "infinity", "2026-01-15T09:30:00+02:00"])
def test_a_time_that_is_none_is_null(when: str, run: Path, tmp_path: Path, ask: Ask) -> None:
    report = report_of(run)
    report["run"]["started"] = when
    report["gate"]["waivers"] = [{**waiver, "expires": when} for waiver in report["gate"]["waivers"]]
    (tmp_path / "odd.json").write_text(json.dumps(report), encoding="utf-8")
    known = {"2026-01-15": "2026-01-15 00:00:00", "2026-01-15T09:30:00+02:00": "2026-01-15 07:30:00"}
    assert ask("SELECT started FROM runs", tmp_path / "odd.json") == [{"started": known.get(when)}]
    assert len(ask("SELECT expires FROM waivers", tmp_path / "odd.json")) == 1


def test_numbers_beyond_a_column_are_null(run: Path, tmp_path: Path, ask: Ask) -> None:
    report = report_of(run)
    report["gate"]["waivers"] = [{**waiver, "line": 10**18 * 9} for waiver in report["gate"]["waivers"]]
    report["coverage"]["gaps"] = [{**gap, "line": -1} for gap in report["coverage"]["gaps"]]
    (tmp_path / "odd.json").write_text(json.dumps(report), encoding="utf-8")
    assert ask("SELECT line FROM waivers", tmp_path / "odd.json") == [{"line": 10**18 * 9}]


def test_a_history_that_is_not_ours(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "odd.db"
    path.write_bytes((run / "history.db").read_bytes())
    with sqlite3.connect(path) as database:
        database.execute("UPDATE assay_finding SET state = 99")
    ran = assay("query", "FROM findings", path)
    assert ran.exit_code == 2 and "odd.db: not as assay writes a history" in ran.stderr


def test_memory_is_bounded_and_the_way_out_is_told(run: Path) -> None:
    pytest.importorskip("duckdb")
    ran = assay("query", "SELECT list(repeat('x', 100) || i) AS x FROM range(5000000) AS r(i)", "--limit-memory", "64M")
    assert ran.exit_code == 2 and "needs more memory than it may take" in ran.stderr and "--limit-memory 4G" in ran.stderr
    ran = assay("query", "SELECT 1", "--limit-memory", "1M")
    assert ran.exit_code == 2 and "give --limit-memory 64M" in ran.stderr


def test_nothing_is_left_on_disk(run: Path, tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    ran = assay_process("query", "SELECT count(*) FROM results", run / "report.json", cwd=tmp_path, TMPDIR=str(tmp_path / "t"))
    assert ran.returncode == 0 and [path.name for path in tmp_path.rglob("*")] == ["t"]


def test_without_duckdb_the_extra_is_named(run: Path, tmp_path: Path) -> None:
    (tmp_path / "duckdb.py").write_text("raise ModuleNotFoundError(\"No module named 'duckdb'\", name='duckdb')\n")
    without = {"PYTHONPATH": str(tmp_path)}
    ran = assay_process("query", "SELECT 1", **without)
    assert ran.returncode == 2 and "questions and Parquet need DuckDB: pip install 'assay[query]'" in ran.stderr
    ran = assay_process("scan", "--no-config", run / "infra", "-r", f"parquet={tmp_path / 'lake'}", **without)
    assert ran.returncode == 2 and "pip install 'assay[query]'" in ran.stderr and not (tmp_path / "lake").exists()
    assert assay_process("query", "TABLES", **without).returncode == 0
    assert assay_process("scan", "--help", **without).returncode == 0


def test_one_module_imports_duckdb_and_only_when_it_is_needed() -> None:
    from tests.scans import ROOT

    holding = [
        path.name for part in ("scanner", "reports") for path in (ROOT / part).rglob("*.py") if "import duckdb" in path.read_text("utf-8")
    ]
    assert holding == ["duck.py"]
    code = "import sys, assay.scanner.cli.query, assay.reports.parquet, assay.scanner.tables.duck; sys.exit('duckdb' in sys.modules)"
    import subprocess

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_duckdb_is_an_extra_with_a_lower_bound_and_no_dependency() -> None:
    import tomllib

    from tests.scans import ROOT

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    [wanted] = extras["query"]
    assert wanted.startswith("duckdb>=") and wanted in extras["dev"]
    assert not any("duckdb" in needed for needed in project["dependencies"])


def test_a_question_that_takes_for_ever_can_be_stopped(tmp_path: Path) -> None:
    import os
    import signal
    import subprocess

    (tmp_path / "t").mkdir()
    sql = "SELECT count(*) FROM range(100000000) AS a(i), range(1000000) AS b(j) WHERE hash(i, j) = 3"
    ran = subprocess.Popen(
        [sys.executable, "-m", "assay", "query", sql],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path / "t")},
    )
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            ran.communicate(timeout=4)
        ran.send_signal(signal.SIGINT)
        said = ran.communicate(timeout=30)
    finally:
        ran.kill()
    assert ran.returncode == 3 and "assay: stopped" in said[1] and not list((tmp_path / "t").iterdir())
