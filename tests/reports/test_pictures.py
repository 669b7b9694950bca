"""The pictures of docs/evidence.md: they are there, small, of the templates as these are, and can be drawn."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.scans import ROOT

sys.path.insert(0, str(ROOT / "docs"))
import pictures

PNG = b"\x89PNG\r\n\x1a\n"


def test_they_are_of_what_is_there_now() -> None:
    assert list(pictures.stale()) == [], "make pictures, and look at them"


def test_the_page_shows_each_of_them_with_words_for_who_does_not_see_it() -> None:
    shown = re.findall(r"!\[([^\]]+)\]\(pictures/([a-z-]+)\.png\)", (ROOT / "docs" / "evidence.md").read_text("utf-8"))
    assert {name for _, name in shown} == pictures.PICTURES.keys()
    assert all(len(words) > 20 for words, _ in shown)


def test_they_are_small_pictures() -> None:
    for name in pictures.PICTURES:
        content = (pictures.FOLDER / f"{name}.png").read_bytes()
        assert content.startswith(PNG) and 5_000 < len(content) < 200_000, name


def test_a_change_of_the_templates_makes_them_stale(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "made-from.json").write_text("{}")
    monkeypatch.setattr(pictures, "MADE_FROM", tmp_path / "made-from.json")
    assert len(list(pictures.stale())) == len(pictures.PICTURES)


@pytest.mark.skipif(pictures.CHROMIUM is None, reason="no Chromium is installed (.ci/run installs it where it can)")
def test_they_can_be_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    pictures.draw(tmp_path)
    for name in pictures.PICTURES:
        assert (tmp_path / f"{name}.png").read_bytes().startswith(PNG)
