"""DuckDB, and nothing else of ours imports it: a database in memory that holds the tables, for one question or to be written as Parquet.

The SQL is the user's, what is in the tables may be of anybody. So the database reaches nothing but itself before the first row is in it: no
file, no network, no other database, no extension, none of which a setting can bring back. What does not fit in its memory goes to a
directory of its own, which ends with it. Rows come as lines of JSON, which are values to DuckDB, never SQL.

https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from assay.scanner.errors import AssayError
from assay.scanner.tables.columns import TABLES, VERSION, Table
from assay.scanner.tables.rows import Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = 1 << 30
"""Bytes that the database takes before it writes to disk."""
LEAST = 64 << 20
"""With less it could not load what it is given."""
_ROWS, _BYTES = 2_000, 8 << 20
"""Rows, or bytes of them, that are given to it at once. Measured over 100,000 results, CPU for each: 17 µs so, 24 with 500 rows at once;
11 to 15 through `read_json` of a file, which has to be written, and read while the database is not shut yet; 27 through Arrow, another
library; about 1,100 by `executemany`."""
_SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}
_LOCK = ("SET enable_external_access = false", "SET TimeZone = 'UTC'", "SET lock_configuration = true")
_ZONED = "TIMESTAMP WITH TIME ZONE"
_FETCHED = 1_000
_LOOKED = 0.2
"""Seconds after which Ctrl-C is seen where a signal does not end the waiting by itself."""
T = TypeVar("T")
_encode = msgspec.json.Encoder().encode


class QueryError(AssayError):
    """A question that cannot be answered: what is wrong with it, and the way out."""


class QueryAnswer(msgspec.Struct):
    """What a question gives: names and types of its columns, and its rows as they come. Taking rows may raise QueryError."""

    names: list[str]
    types: list[str]
    rows: Iterator[tuple[Any, ...]]


def ready() -> None:
    """Raises QueryError where DuckDB is not installed."""
    try:
        import duckdb  # noqa: F401
    except ModuleNotFoundError:
        raise QueryError("questions and Parquet need DuckDB: pip install 'assay[query]'") from None


@contextlib.contextmanager
def opened(memory: int = MEMORY, tables: Collection[Table] = tuple(TABLES.values())) -> Iterator[Database]:
    """A database with these tables, all empty. `memory`: bytes, 0 for what DuckDB takes by itself. Raises QueryError."""
    ready()
    import duckdb

    if 0 < memory < LEAST:
        raise QueryError(f"the database needs {LEAST >> 20}M of memory or more; give --limit-memory {LEAST >> 20}M")
    with tempfile.TemporaryDirectory(prefix="assay-", ignore_cleanup_errors=True) as folder:
        limit = {"memory_limit": f"{memory >> 20}MiB"} if memory else {}
        connection = duckdb.connect(":memory:", config={**_SETTINGS, "temp_directory": os.path.join(folder, "spilled"), **limit})
        try:
            yield Database(connection, folder, tables)
        finally:
            connection.close()


class Database:
    """The tables in a database that reaches nothing else."""

    def __init__(self, connection: DuckDBPyConnection, folder: str, tables: Iterable[Table]) -> None:
        self._connection, self._folder = connection, folder
        self._waiting: dict[str, list[bytes]] = {}
        self._sizes: dict[str, int] = {}
        self._inserts: dict[str, str] = {}
        for statement in _LOCK:
            connection.execute(statement)
        for table in tables:
            shape = table.shape()
            self._waiting[table.name], self._sizes[table.name] = [], 0
            columns = ", ".join(f'"{name}" {type_}' for name, type_ in shape.items())
            connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
            self._inserts[table.name] = _insert(table.name, _encode(shape).decode())

    def wanted(self, sql: str) -> list[str]:
        """The tables that a question may read, once it is known that it is one. Raises QueryError.

        A name in a text may be one too (`query('FROM results')`), so that every name counts that stands there, and all do where one
        may be put together.
        """
        with _told(self._waiting):
            statements = self._connection.extract_statements(sql)
        if not statements:
            raise QueryError("the question is empty")
        kind = str(statements[0].type).rpartition(".")[2]
        if (len(statements) > 1 or kind != "SELECT") and re.search(r"\bpivot\b", sql, re.IGNORECASE):
            raise QueryError("a question is one SELECT, so that PIVOT names its values: PIVOT results ON verdict IN ('fail', 'pass')")
        if len(statements) > 1:
            raise QueryError(f"a question is one SELECT, and this is {len(statements)} statements")
        if kind != "SELECT":
            raise QueryError(f"a question is one SELECT, and this is {_article(kind)} statement: {_READS}")
        with _told(self._waiting):
            self._connection.sql(sql)  # names and columns that are not there are told before anything is read; nothing is run yet
        if re.search(r"\b(query|query_table|json_execute_serialized_sql)\b", sql, re.IGNORECASE):
            return list(self._waiting)
        return [name for name in self._waiting if re.search(rf"\b{name}\b", sql, re.IGNORECASE)]

    def add(self, rows: Iterable[Row]) -> None:
        """Enter rows; those of tables that it does not have are left out. Raises QueryError."""
        with _told(self._waiting):
            for name, values in rows:
                waiting = self._waiting.get(name)
                if waiting is None:
                    continue
                line = _line(values)
                waiting.append(line)
                self._sizes[name] += len(line)
                if len(waiting) >= _ROWS or self._sizes[name] >= _BYTES:
                    self._enter(name)

    def ask(self, sql: str) -> QueryAnswer:
        """Answer a question that `wanted` has seen. Raises QueryError."""
        with _told(self._waiting):
            self._settle()
            self._run(lambda: self._connection.execute(sql))
            names, types = self._described()
            if _ZONED in types:  # Python would need the table of time zones to show what is UTC
                cells = [f"c{number}::TIMESTAMP" if type_ == _ZONED else f"c{number}" for number, type_ in enumerate(types)]
                columns = ", ".join(f"c{number}" for number in range(len(types)))
                self._connection.execute(f"CREATE TEMP VIEW assay_answer({columns}) AS\n{sql}")
                self._run(lambda: self._connection.execute(f"SELECT {', '.join(cells)} FROM assay_answer"))  # noqa: S608
                types = self._described()[1]
        return QueryAnswer(names, types, self._rows())

    def parquet(self, name: str) -> str:
        """Write a table as Parquet; gives the path, which is there as long as the database is. Raises QueryError."""
        path = os.path.join(self._folder, "spilled", f"{name}.parquet")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with _told(self._waiting):
            self._settle()
            self._connection.execute(
                f"COPY \"{name}\" TO '{_quoted(path)}' (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{assay: '{VERSION}'}})"
            )
        return path

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        with _told(self._waiting):
            while rows := self._run(lambda: self._connection.fetchmany(_FETCHED)):
                yield from rows

    def _run(self, work: Callable[[], T]) -> T:
        """Does what may take long in a thread, since DuckDB does not see Ctrl-C while it works: this one does, and stops it."""
        done: list[T] = []
        failed: list[BaseException] = []
        over = threading.Event()

        def run() -> None:
            try:
                done.append(work())
            except BaseException as error:
                failed.append(error)
            finally:
                over.set()

        threading.Thread(target=run, daemon=True).start()
        try:
            while not over.wait(_LOOKED):
                pass
        except KeyboardInterrupt:
            self._connection.interrupt()
            over.wait()  # not by joining it: a thread that was joined when a signal came counts as ended
            raise
        if failed:
            raise failed[0]
        return done[0]

    def _described(self) -> tuple[list[str], list[str]]:
        described = self._connection.description or []
        return [str(column[0]) for column in described], [str(column[1]) for column in described]

    def _settle(self) -> None:
        for name in self._waiting:
            self._enter(name)

    def _enter(self, name: str) -> None:
        waiting = self._waiting[name]
        if waiting:
            self._connection.execute(self._inserts[name], [b"\n".join(waiting).decode()])
            waiting.clear()
            self._sizes[name] = 0


_READS = "it reads the tables alone; write its answer with --format csv > FILE, or tables as Parquet with -r parquet=DIR"


def _insert(name: str, shape: str) -> str:
    """Enters lines of JSON; what is no value of its column becomes NULL."""
    lines = "SELECT unnest(string_split(?, chr(10))) AS line"
    entered = f"SELECT from_json(line, '{_quoted(shape)}') AS entered FROM ({lines})"  # noqa: S608
    return f'INSERT INTO "{name}" SELECT entered.* FROM ({entered})'  # noqa: S608


def _line(values: dict[str, Any]) -> bytes:
    try:
        return _encode(values)
    except UnicodeEncodeError:
        return _encode(_encodable(values))


def _encodable(data: Any) -> Any:
    """Plain data whose strings can all be encoded: half a surrogate pair is written out."""
    if isinstance(data, str):
        return data.encode("utf-8", "backslashreplace").decode()
    if isinstance(data, dict):
        return {_encodable(key): _encodable(value) for key, value in data.items()}
    return [_encodable(element) for element in data] if isinstance(data, list) else data


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _article(word: str) -> str:
    return f"{'an' if word[:1] in 'AEIOU' else 'a'} {word}"


@contextlib.contextmanager
def _told(tables: Collection[str]) -> Iterator[None]:
    """What DuckDB refuses, with the way out."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        said = str(error).partition("\n")[0]
        way = "ask for less (columns, LIMIT, a WHERE), or give it more with --limit-memory 4G"
        raise QueryError(f"the question needs more memory than it may take: {said}; {way}") from None
    except duckdb.PermissionException as error:
        raise QueryError(
            f"{_said(error)}; a question reads the tables alone: no file, no network, no other database, no extension"
        ) from None
    except duckdb.CatalogException as error:
        there = f"; the tables are {', '.join(tables)}" if "Table with name" in str(error) else ""
        raise QueryError(f"{_said(error)}{there}") from None
    except duckdb.Error as error:
        raise QueryError(_said(error)) from None
    except (ValueError, OverflowError) as error:
        raise QueryError(f"the answer has a value that cannot be shown: {error}; cast it to VARCHAR") from None


def _said(error: Exception) -> str:
    """What DuckDB says, in one line, without the drawing of where in the question it is."""
    lines = [line.strip() for line in str(error).split("\n\nLINE ")[0].splitlines()]
    place = re.search(r"\n\n(LINE \d+): ", str(error))
    return " ".join(filter(None, lines)) + (f" ({place[1].lower()})" if place else "")
