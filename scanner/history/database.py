"""A history's database: a file of SQLite, or PostgreSQL by its URL. Behind SQLAlchemy, which is an extra."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assay.scanner.errors import AssayError
from assay.scanner.sources.secret_text import without_secrets

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")


class HistoryError(AssayError):
    """A history that cannot be used: what it is, why, and the way out."""


def engine_of(where: str) -> Engine:
    """What connects to a history. `where`: a path, or a URL of PostgreSQL. Raises HistoryError."""
    try:
        import sqlalchemy
    except ModuleNotFoundError:
        raise HistoryError("assay: a history needs SQLAlchemy: pip install 'assay[history]'") from None
    if where.startswith(_POSTGRES):
        try:
            import psycopg  # noqa: F401
        except ModuleNotFoundError:
            raise HistoryError("assay: a history in PostgreSQL needs psycopg: pip install 'assay[postgresql]'") from None
        return sqlalchemy.create_engine(f"postgresql+psycopg://{where.partition('://')[2]}")
    if "://" in where and not where.startswith("sqlite://"):
        scheme = where.partition("://")[0]
        raise HistoryError(f"assay: a history is a file, or postgresql://…; {scheme}:// is neither")
    path = where.removeprefix("sqlite:///")
    if os.path.isdir(path):
        raise HistoryError(f"assay: {path} is a directory: name the file of the history in it, {os.path.join(path, 'history.db')}")
    if not os.path.isdir(os.path.dirname(os.path.abspath(path))):
        raise HistoryError(f"assay: {path}: its directory is not there; make it first")
    engine = sqlalchemy.create_engine(sqlalchemy.URL.create("sqlite", database=path), connect_args={"timeout": 60})
    sqlalchemy.event.listen(engine, "connect", _with_foreign_keys)
    return engine


def _with_foreign_keys(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


@contextlib.contextmanager
def opened(where: str, *, make: bool = False) -> Iterator[Connection]:
    """A transaction on a history, which is kept if nothing is raised. `make`: tables that are not there are made.

    Raises HistoryError, also for whatever the database refuses, without the password of its URL.
    """
    engine = engine_of(where)
    import sqlalchemy

    from assay.scanner.history import tables

    try:
        if not make and engine.dialect.name == "sqlite" and not os.path.exists(str(engine.url.database)):
            raise HistoryError(f"assay: {where}: there is no history; a run with --history {where} begins one")
        with engine.begin() as connection:
            if make:
                tables.metadata.create_all(connection)
            _check(connection, where)
            yield connection
    except sqlalchemy.exc.SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()
        raise HistoryError(
            f"assay: the history {without_secrets(where)} cannot be used: {without_secrets(cause[0] if cause else '')}"
        ) from None
    finally:
        engine.dispose()


def _check(connection: Connection, where: str) -> None:
    import sqlalchemy

    from assay.scanner.history.tables import VERSION, meta

    if not sqlalchemy.inspect(connection).has_table("assay_meta"):
        raise HistoryError(f"assay: {without_secrets(where)} holds no history: a run with --history begins one")
    version = connection.scalar(sqlalchemy.select(meta.c.value).where(meta.c.name == "version"))
    if version is None:
        connection.execute(meta.insert(), [{"name": "version", "value": VERSION}, {"name": "runs", "value": 0}])
    elif version != VERSION:
        raise HistoryError(
            f"assay: {without_secrets(where)} is a history of version {version}, and this Assay knows {VERSION}: use the one that wrote it"
        )
