"""Samples: drawn by hash, so that anybody draws them again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

import pytest

from tests.evidence.folders import CONTROLS, evidence, run, tree


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tree(tmp_path / "repo"))
    return run(tmp_path / "out", "infra", *CONTROLS)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_an_auditor_draws_it_again_by_hand(made: Path, tmp_path: Path) -> None:
    assert evidence("sample", made, "-n", 3, "--seed", "42", "-o", tmp_path / "s.csv")[0] == 0
    results = json.loads((made / "reports" / "results.json").read_bytes())["results"]
    keys = {
        " | ".join((r["control"], r["resource"]["root"], r["resource"]["address"], r["element"], r["fingerprint"])) for r in results
    }  # fmt: skip
    by_hand = sorted(keys, key=lambda key: hashlib.sha256(f"42\n{key}".encode()).hexdigest())[:3]
    *drawn, last = rows((tmp_path / "s.csv").read_text())
    assert [row["key"] for row in drawn] == by_hand and last["order"] == "42"
    assert last["message"] == f"3 of {len(keys)} results"


def test_the_seed_is_the_digest_of_the_manifest_unless_another_is_given(made: Path) -> None:
    digest = hashlib.sha256((made / "manifest.json").read_bytes()).hexdigest()
    code, told = evidence("sample", made, "-n", 2)
    assert code == 0 and f"by the seed {digest}" in told
    assert evidence("sample", made, "-n", 2)[1] == told
    assert evidence("sample", made, "-n", 2, "--seed", "other")[1] != told


def test_a_sample_of_more_has_that_of_fewer_in_it_and_all_is_all(made: Path) -> None:
    fewer, more = (evidence("sample", made, "-n", number, "--seed", "x")[1].splitlines() for number in (2, 4))
    assert more[1:3] == fewer[1:3]
    everything = evidence("sample", made, "-n", 10_000)[1]
    assert "were not drawn" not in everything


def test_of_resources_and_of_some_verdicts(made: Path) -> None:
    told = evidence("sample", made, "-n", 1_000, "--verdict", "waived")[1]
    assert "with the verdict waived" in told and " fail " not in told
    told = evidence("sample", made, "-n", 1_000, "--of", "resources")[1]
    assert told.count("aws_s3_bucket.b ") == 1


def test_no_name_is_a_formula_and_none_moves_the_cursor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = tree(tmp_path / "repo")
    (repo / "infra" / "main.tf").write_text(
        'resource "aws_s3_bucket" "b" {\n  for_each = toset(["=cmd|x", "\\u001b[2J\\n::error::x"])\n}\n'
    )
    monkeypatch.chdir(repo)
    made = run(tmp_path / "out", "infra", "--control", "storage.*")
    code, told = evidence("sample", made, "-n", 100, "--of", "resources", "-o", tmp_path / "s.csv")
    assert code == 0 and "\x1b" not in told and not any(line.startswith("::") for line in told.splitlines())
    content = (tmp_path / "s.csv").read_text()
    assert "\x1b" not in content and not any(cell.startswith(("=", "+", "-", "@")) for row in rows(content) for cell in row.values())


def test_nothing_is_drawn_from_what_was_changed(made: Path) -> None:
    results = made / "reports" / "results.json"
    results.write_bytes(results.read_bytes().replace(b"fail", b"pass"))
    assert evidence("sample", made)[0] == 1
