"""The tables as Parquet files, one each, for any warehouse: `results.parquet`, `facts.parquet` and so on (docs/query.md).

They are compressed with Zstandard; the metadata of each names the version of the tables. What a run has nothing of is a file without rows.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.scanner.results.formats import Context, FormatError
from assay.scanner.results.model import Report
from assay.scanner.tables import duck
from assay.scanner.tables.columns import OF_REPORTS
from assay.scanner.tables.rows import of_report

IN_PASSES = True
_PIECE = 1 << 20


def ready() -> None:
    """Raises QueryError where DuckDB is not installed."""
    duck.ready()


def files(report: Report, context: Context) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Name and content of each file. No more than one table is in the database at a time."""
    for table in OF_REPORTS:
        with duck.opened(tables=(table,)) as database:
            database.add(of_report(report, None, [table.name]))
            yield f"{table.name}.parquet", _read(database.parquet(table.name))


def render(report: Report, context: Context) -> bytes:
    """Raises FormatError: it is no single file."""
    raise FormatError("the parquet report is a folder of files; name it: -r parquet=DIR")


def _read(path: str) -> Iterator[bytes]:
    with open(path, "rb") as opened:
        while piece := opened.read(_PIECE):
            yield piece
