"""Histories in each of the databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.history import servers


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server; `.ci/run` installs one where that is possible."""
    folder = servers.programs()
    if folder is None:
        pytest.skip("no PostgreSQL server is installed")
    with servers.postgresql(folder) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty history."""
    if request.param == "sqlite":
        return str(tmp_path / "history.db")
    url: str = request.getfixturevalue("server")
    import sqlalchemy

    from assay.scanner.history.database import engine_of

    engine = engine_of(url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("drop schema public cascade"))
        connection.execute(sqlalchemy.text("create schema public"))
    engine.dispose()
    return url
