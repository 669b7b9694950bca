"""`assay query`: a question in SQL over what runs left."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from assay.scanner.cli import EXIT_OK, EXIT_USAGE, console
from assay.scanner.cli.judging import Size
from assay.scanner.errors import AssayError
from assay.scanner.sources.encodings import read_up_to

if TYPE_CHECKING:
    from assay.scanner.tables.rows import Row

_LONGEST = 1_000_000
"""Bytes of a question."""
_TABLES = "TABLES"
"""In the place of a question: what tables there are."""


@click.command("query")
@click.argument("sql", metavar="SQL|@FILE")
@click.argument("sources", metavar="[SOURCE]...", nargs=-1, type=click.Path(allow_dash=True))
@click.option("--format", "form", type=click.Choice(["text", "csv", "json", "jsonl"]), default="text", show_default=True)
@click.option(
    "--limit-memory", type=Size(), default="1G", show_default=True, help="Memory of the database: 512M, 4G; more is written to disk."
)
def command(**arguments: Any) -> None:
    """Answer a question in SQL over reports, run folders, snapshots and histories.

    SQL is one SELECT in the words of DuckDB, or @FILE that holds it; TABLES lists the tables. SOURCE is a report (assay scan or audit -r
    json=FILE or -r jsonl=FILE), - for one on standard input, a run folder or a directory of them (--evidence), a snapshot, or a history
    (--history FILE|URL). Several are in the same tables; the column `source` tells them apart. docs/query.md has the columns.

    Exit codes: 0 it was answered; 2 it was not.
    """
    sys.exit(_query(arguments))


def _query(arguments: dict[str, Any]) -> int:
    if arguments["sql"].strip().upper() == _TABLES:
        _list_tables()
        return EXIT_OK
    from assay.scanner.query.sources import rows
    from assay.scanner.tables import duck

    notes = dict[str, None]()
    try:
        sql = _question(arguments["sql"])
        with duck.opened(arguments["limit_memory"]) as database:
            wanted = database.wanted(sql)
            if wanted and not arguments["sources"]:
                raise duck.QueryError("name what to ask: assay query SQL REPORT, or a run folder, a snapshot, a history")
            for source in arguments["sources"]:
                database.add(_noted(rows(source, wanted), notes))
            answer = database.ask(sql)
            from assay.scanner.cli import query_shown

            query_shown.show(answer, arguments["form"])
    except AssayError as error:
        console.tell(f"assay: {str(error).removeprefix('assay: ')}")
        return EXIT_USAGE
    for note in notes:
        console.tell(note)
    return EXIT_OK


def _list_tables() -> None:
    from assay.scanner.cli.story import Story
    from assay.scanner.tables.columns import TABLES

    story = Story()
    for table in TABLES.values():
        story.heading(f"{table.name}: {table.row} Filled by {' and '.join(table.of)}.")
        for column in table.columns:
            story.prose(f"{column.name:<16} {column.type:<22} {column.meaning}", 2, 40)
    story.tell()


def _question(given: str) -> str:
    """The SQL of the command line, or of the file that it names."""
    if not given.startswith("@"):
        return given
    path = given[1:]
    try:
        with open(path, "rb") as opened:
            content = read_up_to(opened, _LONGEST + 1)
        if len(content) > _LONGEST:
            raise AssayError(f"{path}: a question of more than {_LONGEST:,} bytes")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise AssayError(f"{path}: {error.strerror or error}; @FILE names a file that holds the question") from None
    except UnicodeError:
        raise AssayError(f"{path}: it is no UTF-8; save the question as UTF-8") from None


def _noted(given: Iterable[Row], notes: dict[str, None]) -> Iterator[Row]:
    """Rows, with a note of each run that did not see everything: what is in no table may be there all the same."""
    for name, values in given:
        if name == "runs" and values.get("complete") is False and "unobserved" not in values:
            notes[f"assay: {values['source']}: the run is incomplete; what it did not see is in no table but gaps"] = None
        yield name, values
