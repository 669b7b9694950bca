"""Commands of scripts, word by word."""

from __future__ import annotations

import pytest

from assay.scanner.sources.budget import Budget
from assay.scanner.sources.repository.shell import commands


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("a b c", [["a", "b", "c"]]),
        ("a \\\n  b c", [["a", "b", "c"]]),
        ("a \\\r\n  b", [["a", "b"]]),
        ("\\\n a b", [["a", "b"]]),
        ("a && \\\n b", [["a"], ["b"]]),
        ("a \\\n# why\nb", [["a"], ["b"]]),
        ("a\nb", [["a"], ["b"]]),
        ("a 'b c' \"d e\"", [["a", "b c", "d e"]]),
    ],
)
def test_the_words_of_commands(script: str, words: list[list[str]]) -> None:
    assert [command.texts for command in commands(script, Budget())] == words
