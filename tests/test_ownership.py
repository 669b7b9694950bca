"""Whose what was found is: by tag, by CODEOWNERS, by account."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assay.scanner.owners import Owners, OwnersConfig
from assay.scanner.run import Options, Scan
from tests.scans import assay, write

TABLE = 'resource "aws_dynamodb_table" "{0}" {{\n  name     = "{0}"\n  hash_key = "id"\n  tags = {1}\n}}\n'
CODEOWNERS = """# who looks after what
*            @trade/platform
/infra/data/ @trade/data data@example.com
"""


def repository(folder: Path, codeowners: str | None = CODEOWNERS) -> Path:
    files = {
        ".git/HEAD": "ref: refs/heads/main\n",
        "infra/data/main.tf": TABLE.format("orders", '{ team = "payments" }') + TABLE.format("fills", "{}"),
        "infra/net/main.tf": TABLE.format("routes", "{}"),
    }
    return write(folder, {**files, **({".github/CODEOWNERS": codeowners} if codeowners is not None else {})})


def owners(folder: Path, settings: OwnersConfig) -> dict[str, str]:
    told = Owners(settings, [str(folder)])
    results = list(Scan(Options(paths=[str(folder)], controls=["data.pitr-enabled"])))
    return {result.resource.address.rpartition(".")[2]: told.of(result) for result in results}


def test_what_says_something_first_decides(tmp_path: Path) -> None:
    tree = repository(tmp_path)
    assert owners(tree, OwnersConfig()) == {"orders": "", "fills": "", "routes": ""}
    assert owners(tree, OwnersConfig(tags=["owner", "team"], default="ops")) == {"orders": "payments", "fills": "ops", "routes": "ops"}
    by_code = {"orders": "@trade/data, data@example.com", "fills": "@trade/data, data@example.com", "routes": "@trade/platform"}
    assert owners(tree, OwnersConfig(codeowners=True)) == by_code
    assert owners(tree, OwnersConfig(tags=["team"], codeowners=True)) == {**by_code, "orders": "payments"}


def test_by_account(tmp_path: Path) -> None:
    plan = 'provider "aws" {\n  region = "us-east-1"\n  allowed_account_ids = ["111122223333"]\n}\n' + TABLE.format("orders", "{}")
    write(tmp_path, {"main.tf": plan})
    assert owners(tmp_path, OwnersConfig(accounts={"9*": "other", "1111*": "payments"})) == {"orders": "payments"}


@pytest.mark.parametrize(
    ("codeowners", "said"),
    [
        (None, "has no CODEOWNERS (CODEOWNERS, .github/CODEOWNERS"),
        ("a\n/**/**/**/**/*/x @a\n", "CODEOWNERS:2: a pattern with more than 8 stars is not read"),
        ("/[ab @a\n", "unterminated character class"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(codeowners: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(repository(tmp_path, codeowners), {"assay.yaml": "owners:\n  codeowners: true\n"}))
    ran = assay("scan", "infra")
    assert ran.exit_code == 2 and said in ran.stderr


def test_reports_and_the_history_have_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(repository(tmp_path), {"assay.yaml": "owners:\n  tags: [team]\n  codeowners: true\n"}))
    arguments = ("scan", "infra", "--control", "data.pitr-enabled", "--history", "history.db")
    report = json.loads(assay(*arguments, "-r", "json").stdout)
    assert {result["owner"] for result in report["results"]} == {"payments", "@trade/platform", "@trade/data, data@example.com"}
    told = json.loads(assay("history", "history.db", "--by", "owner", "--format", "json").stdout)
    assert {group["name"]: group["open"] for group in told["groups"]} == dict.fromkeys((r["owner"] for r in report["results"]), 1)
    write(tmp_path, {"infra/data/main.tf": "resource {"})
    assay(*arguments, "-r", "json")
    again = json.loads(assay("history", "history.db", "--by", "owner", "--format", "json").stdout)
    assert again["groups"] == told["groups"], "what is not seen keeps its owner"
    rollup = assay("scan", "infra", "--control", "data.pitr-enabled", "-r", "rollup").stdout
    assert "by owner" in rollup and "@trade/platform" in rollup
