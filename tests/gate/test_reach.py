"""Of a baseline, what a run does not look for is not gone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.hostile.test_weakened_gate import git
from tests.scans import FAILING, PASSING, VERSIONING, assay, write

CALL = 'module "m" {\n  source = "../../modules/m"\n}\n'


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    git("init", "-q", ".")
    files = {f"live/{name}/main.tf": FAILING for name in ("a", "ab", "c")}
    write(tmp_path, files | {"live/a/two.tf": FAILING.replace('"b"', '"c"'), "live/d/main.tf": CALL, "modules/m/main.tf": FAILING})
    assert assay("baseline", "-o", "known.json", ".", *VERSIONING).exit_code == 0
    for name in (*files, "live/a/two.tf", "modules/m/main.tf"):
        write(tmp_path, {name: PASSING.replace('"b"', '"z"').replace(".b.", ".z.")})
    return tmp_path


@pytest.mark.parametrize(
    ("paths", "gone", "configuration"),
    [
        (["."], 5, ""), (["live"], 5, ""), (["live/a"], 2, ""), (["live/a", "live/c"], 3, ""), (["live/a/two.tf"], 1, ""),
        (["modules"], 0, ""), (["modules/m/main.tf"], 0, ""), (["live/d"], 1, ""), (["."], 4, "exclude: [live/ab]\n"), (["."], 3, "exclude: [live/a]\n"),
        (["."], 3, "exclude: [live/d, live/c]\n"), (["live"], 4, "roots: {live/c: {kind: module}}\n"),
    ],
)  # fmt: skip
def test_only_what_a_run_looks_for_is_gone(paths: list[str], gone: int, configuration: str, tree: Path) -> None:
    write(tree, {"assay.yaml": configuration})
    ran = assay("scan", *paths, *VERSIONING, "--baseline", "known.json", "-r", "json")
    [comparison] = json.loads(ran.stdout)["gate"]["comparisons"]
    assert len(comparison["gone"]) == gone, [past["address"] for past in comparison["gone"]]


def test_it_is_the_same_wherever_a_run_starts(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree / "live")
    ran = assay("scan", "a", "../modules", *VERSIONING, "--baseline", "../known.json", "-r", "json")
    assert len(json.loads(ran.stdout)["gate"]["comparisons"][0]["gone"]) == 2


def test_a_baseline_that_does_not_say_where_looks_for_everything(tree: Path) -> None:
    known = json.loads((tree / "known.json").read_text())
    known["findings"] = [{name: value for name, value in entry.items() if name not in ("root", "file")} for entry in known["findings"]]
    write(tree, {"old.json": json.dumps(known)})
    ran = assay("scan", "live/a", *VERSIONING, "--baseline", "old.json", "-r", "json")
    assert len(json.loads(ran.stdout)["gate"]["comparisons"][0]["gone"]) == 5
