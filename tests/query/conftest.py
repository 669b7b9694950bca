"""A small run in every form that a question can be asked of."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scans import FAILING, UNKNOWN, assay, write

EXPIRES = (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=300)).isoformat()
WAIVERS = f"""waivers:
  - control: storage.encrypted-cmk
    resource: "*"
    owner: checkout@example.com
    reason: the key comes later
    ticket: SHOP-1
    expires: {EXPIRES}
"""
TAGGED = FAILING.replace("}\n", '  tags = { Owner = "checkout", Name = "=1+1" }\n}\n')


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`report.json`, `report.jsonl`, `evidence/`, `history.db` and `parquet/` of one run."""
    pytest.importorskip("duckdb")
    folder = write(
        tmp_path_factory.mktemp("run"),
        {"infra/main.tf": TAGGED, "infra/unknown/main.tf": UNKNOWN, "assay.yaml": WAIVERS, "infra/bad/x.tf": "resource {{"},
    )
    targets = [f"json={folder / 'report.json'}", f"jsonl={folder / 'report.jsonl'}", f"parquet={folder / 'parquet'}"]
    ran = assay(
        "scan", folder / "infra", "--config", folder / "assay.yaml", "--history", folder / "history.db", "--evidence", folder / "evidence",
        *(part for target in targets for part in ("-r", target)),
    )  # fmt: skip
    assert ran.exit_code == 1, ran.output
    return folder


Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def ask() -> Ask:
    """A question over sources, to the rows of its answer."""

    def asked(sql: str, *sources: object, options: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        ran = assay("query", sql, *sources, "--format", "jsonl", *options)
        assert ran.exit_code == 0, ran.output
        return [json.loads(line) for line in ran.stdout.splitlines()]

    return asked
