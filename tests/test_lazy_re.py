"""Patterns that are compiled when they are first used are those of `re`."""

from __future__ import annotations

import re

import pytest

from assay.scanner import lazy_re


def test_it_is_the_pattern() -> None:
    pattern, as_bytes = lazy_re.pattern(r"a(b*)", re.IGNORECASE), lazy_re.pattern(rb"\xff+")
    assert [match[1] for match in pattern.finditer("ABB ab a")] == ["BB", "b", ""]
    assert pattern.fullmatch("abc") is None and pattern.fullmatch("abb") is not None and pattern.sub("-", "xAy") == "x-y"
    assert (pattern.pattern, pattern.groups, pattern.flags & re.IGNORECASE) == ("a(b*)", 1, re.IGNORECASE)
    assert as_bytes.search(b"a\xff\xff") is not None


def test_it_is_compiled_at_its_first_use() -> None:
    wrong = lazy_re.pattern("(")
    with pytest.raises(re.error):
        wrong.search("")
    used = lazy_re.pattern("a")
    assert not vars(used)
    used.match("a")
    assert list(vars(used)) == ["match"]
