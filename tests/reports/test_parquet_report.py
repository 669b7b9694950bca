"""`-r parquet=DIR`: the tables of a run, read back with DuckDB."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from assay.scanner.results import formats
from assay.scanner.results.telling import told
from assay.scanner.tables.columns import OF_REPORTS, TABLES
from tests.query.conftest import run
from tests.reports import samples
from tests.scans import FAILING, assay, write

duckdb = pytest.importorskip("duckdb")
__all__ = ["run"]


def test_every_table_is_a_file_with_its_columns(run: Path) -> None:
    assert sorted(path.name for path in (run / "parquet").iterdir()) == sorted(f"{table.name}.parquet" for table in OF_REPORTS)
    for table in OF_REPORTS:
        path = run / "parquet" / f"{table.name}.parquet"
        described = duckdb.sql(f"DESCRIBE FROM '{path}'").fetchall()
        assert {row[0]: row[1] for row in described} == dict(table.shape())
        assert duckdb.sql(f"SELECT value FROM parquet_kv_metadata('{path}') WHERE key = 'assay'").fetchall() == [(b"assay-tables/1",)]
        assert {row[0] for row in duckdb.sql(f"SELECT DISTINCT compression FROM parquet_metadata('{path}')").fetchall()} <= {"ZSTD"}


def test_its_rows_are_those_of_a_question(run: Path) -> None:
    for table in OF_REPORTS:
        columns = ", ".join(f'"{column.name}"::VARCHAR AS "{column.name}"' for column in table.columns if column.name != "source")
        ran = assay("query", f"SELECT {columns} FROM {table.name} ORDER BY ALL", run / "report.json", "--format", "jsonl")
        path = run / "parquet" / f"{table.name}.parquet"
        cursor = duckdb.sql(f"SELECT {columns} FROM '{path}' ORDER BY ALL")
        rows = [dict(zip(cursor.columns, row, strict=True)) for row in cursor.fetchall()]
        assert rows == [json.loads(line) for line in ran.stdout.splitlines()], table.name
        assert table.name == "calls" or rows


def test_a_report_that_is_there_is_written_later(run: Path, tmp_path: Path) -> None:
    assert assay("report", run / "report.jsonl", "--no-config", "-r", f"parquet={tmp_path / 'a' / 'lake'}").exit_code == 1
    same = "SELECT verdict, count(*) FROM '{}/results.parquet' GROUP BY ALL ORDER BY ALL"
    assert duckdb.sql(same.format(tmp_path / "a" / "lake")).fetchall() == duckdb.sql(same.format(run / "parquet")).fetchall()


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_hostile_texts_are_values(text: str, tmp_path: Path) -> None:
    report, context = samples.hostile(text)
    files = formats.as_files("parquet")
    assert files is not None
    for name, parts in files(report, context):
        (tmp_path / name).write_bytes(b"".join(parts))
    [(count,)] = duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/results.parquet'").fetchall()
    assert count == len(report.results)
    texts = {row[0] for row in duckdb.sql(f"SELECT message FROM '{tmp_path}/results.parquet'").fetchall()}
    assert texts == {told(result).encode("utf-8", "backslashreplace").decode() for result in report.results}


def test_it_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, {"main.tf": FAILING, "file": "x"}))
    ran = assay("scan", "--no-config", "main.tf", "-r", "parquet")
    assert ran.exit_code == 2 and "the parquet report is a folder of files; name it: parquet=DIR" in ran.stderr
    ran = assay("scan", "--no-config", "main.tf", "-r", "parquet=file")
    assert ran.exit_code == 2 and "file: the parquet report could not be written: it is a file; name a directory" in ran.stderr
    assert (tmp_path / "file").read_text() == "x"
    os.symlink(tmp_path / "file", tmp_path / "link")
    (tmp_path / "lake").mkdir()
    os.symlink(tmp_path / "file", tmp_path / "lake" / "runs.parquet")
    ran = assay("scan", "--no-config", "main.tf", "-r", "parquet=lake/")
    assert ran.exit_code == 2 and "it is a link; name the file itself" in ran.stderr
    assert (tmp_path / "file").read_text() == "x"


def test_histories_are_no_part_of_a_run() -> None:
    assert {table.name for table in OF_REPORTS} == {*TABLES} - {"findings", "changes"}
