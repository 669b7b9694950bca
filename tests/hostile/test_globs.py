"""Globs of a configuration are matched in time in proportion to their length and that of the text, whatever they are."""

from __future__ import annotations

import itertools
import re
import time

import pytest

from assay.scanner.globs import by_part, matches
from tests.patience import SOON

EXPRESSIONS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@pytest.mark.parametrize("glob", ["*a" * 40 + "b", "**a" * 40 + "b", "?*" * 40 + "b", "**/" * 40 + "b", "*a**/" * 30 + "b"])
@pytest.mark.parametrize("text", ["a" * 1_000, "a/" * 500])
def test_globs_take_no_exponential_time(glob: str, text: str) -> None:
    start = time.process_time()
    assert not by_part(glob, text) and not matches(glob, text)
    assert time.process_time() - start < SOON


def test_globs_mean_what_their_expressions_mean() -> None:
    """Every glob of up to three units, beside an expression that says the same."""
    texts = ["".join(chars) for size in range(5) for chars in itertools.product("ab/", repeat=size)]
    for size in range(1, 4):
        for units in itertools.product(("a", "/", "*", "**", "**/", "?"), repeat=size):
            glob = "".join(units)
            parts = (EXPRESSIONS.get(part) or re.escape(part) for part in re.split(r"(\*\*/?|\*|\?)", glob))
            expression = re.compile("".join(parts), re.DOTALL)
            for text in texts:
                assert by_part(glob, text) is (expression.fullmatch(text) is not None), (glob, text)
