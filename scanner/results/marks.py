"""Marks of which one is in every text that a slower expression may find something in."""

from __future__ import annotations

from assay.scanner import lazy_re


class MarkPattern:
    """An expression in lower case, which is several times as fast on a text in lower case as one that ignores case."""

    def __init__(self, expression: str) -> None:
        self._expression = lazy_re.pattern(expression)

    def within(self, text: str) -> bool:
        """Whether one may be in a text, whatever its case. Some letters beyond ASCII match those of ASCII too: so a text with any may."""
        return not text.isascii() or self._expression.search(text.lower()) is not None
