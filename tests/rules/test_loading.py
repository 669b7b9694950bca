"""Rules are read once in a process, and again where they have changed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from assay.scanner.facts.model import Fact, Resource
from assay.scanner.rules import load
from assay.scanner.rules.model import RuleErrors
from tests.scans import rule, write


def policies(folder: Path, **changes: str) -> Path:
    """A folder with one rule, last written long ago."""
    write(folder, {"team/rule.yaml": rule(**changes)})
    hour_ago = time.time() - 3600
    os.utime(folder / "team" / "rule.yaml", (hour_ago, hour_ago))
    return folder


def test_what_has_not_changed_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [load.builtin_folder(), policies(tmp_path)]
    first = load.load(folders)

    def not_read(path: Path) -> bytes:
        raise AssertionError(f"{path} is read again")

    monkeypatch.setattr(Path, "read_bytes", not_read)
    assert load.load(folders) is first


@pytest.mark.parametrize("hours", [0, 1])
def test_a_rule_that_is_written_again_is_read_again(hours: int, tmp_path: Path) -> None:
    """Also where its size is as before, and within the grain of the file system's clock."""
    titles = []
    for at, title in enumerate(("A title", "B title", "C title")):
        write(tmp_path, {"team/rule.yaml": rule(title=title)})
        if hours:
            modified = time.time() - 3600 * hours + at
            os.utime(tmp_path / "team" / "rule.yaml", (modified, modified))
        titles.append(load.load([tmp_path]).controls[0].control.title)
    assert titles == ["A title", "B title", "C title"]


def test_rules_that_are_added_and_removed_are_seen(tmp_path: Path) -> None:
    load.load([policies(tmp_path)])
    other = write(tmp_path, {"team/other.yml": rule(id="team.other")}) / "team" / "other.yml"
    assert set(load.load([tmp_path]).by_id()) == {"team.rule", "team.other"}
    other.unlink()
    assert set(load.load([tmp_path]).by_id()) == {"team.rule"}


def test_errors_are_told_every_time(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(RuleErrors, match="there is no kind 'Bukket'; did you mean Bucket"):
            load.load([policies(tmp_path, applies_to="Bukket")])


class Balloon(Resource):
    """A kind of somebody else."""

    inflated: Fact[bool]


def test_rules_on_kinds_that_are_given(tmp_path: Path) -> None:
    """What is kept on disk for these kinds is not taken for others."""
    folder = policies(tmp_path, applies_to="Balloon", **{"assert": [{"that": "resource.inflated", "message": "m"}]})
    assert [compiled.kind for compiled in load.load([folder], {"Balloon": Balloon}).controls] == ["Balloon"]
    with pytest.raises(RuleErrors, match="there is no kind 'Balloon'"):
        load.load([folder])


def test_rules_that_stand_elsewhere_too_have_their_own_file(tmp_path: Path) -> None:
    """What is kept on disk is that of the same files, not of others with the same text."""
    for name in ("first", "second"):
        folder = policies(tmp_path / name, title="Twice")
        assert load.load([folder]).controls[0].file == str(folder / "team" / "rule.yaml")
