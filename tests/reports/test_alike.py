"""Messages that differ in one place."""

from __future__ import annotations

import pytest

from assay.reports.alike import Alike, alike


@pytest.mark.parametrize(("messages", "expected"), [
    (["a has no private path to s3", "a has no private path to kms"], Alike("a has no private path to", ["s3", "kms"], "")),
    (["the key of a b is c for x, which nobody may", "the key of a b is d e for x, which nobody may"],
     Alike("the key of a b is", ["c", "d e"], "for x, which nobody may")),
    (["one two three four 5 six", "one two three four 5 5 six"], None),
    (["a lets b in", "a lets c in"], None),
    (["the same words in all", "the same words in all"], None),
    (["w w w w 1 2 3 4 5 6", "w w w w 0"], Alike("w w w w", ["1 2 3 4 5 6", "0"], "")),
    (["w w w w 1 2 3 4 5 6 7", "w w w w 0"], None),
])  # fmt: skip
def test_what_they_share_and_what_each_has(messages: list[str], expected: Alike | None) -> None:
    assert alike(messages) == expected
