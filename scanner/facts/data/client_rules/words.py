"""The words and signs of Firebase Security Rules, and where they stand."""

from __future__ import annotations

import bisect
import re

from assay.scanner import lazy_re

DEEPEST = 30
"""Parentheses, blocks and the like within each other. The language allows ten matches."""
SPACE = lazy_re.pattern(r"(?:\s+|//[^\n]*|/\*[\s\S]*?\*/)*")
WORD = lazy_re.pattern(r"[A-Za-z_][A-Za-z0-9_]*")


class SyntaxProblem(Exception):
    """What is wrong with the text, and on which of its lines."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(f"at line {line}: {problem}")
        self.line = line


class Words:
    """Reads from the place `at` on. There is never space or a comment before it."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 0, 0
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self.skip()

    def skip(self) -> None:
        """Passes space and comments."""
        space = SPACE.match(self.text, self.at)
        assert space is not None
        self.at = space.end()

    def line(self) -> int:
        """The line of this place, from 1."""
        return bisect.bisect_right(self.lines, self.at)

    def problem(self, expected: str) -> SyntaxProblem:
        """Why reading ends here, where something else is expected."""
        rest = self.text[self.at : self.at + 20]
        if rest.startswith("/*"):
            return SyntaxProblem("a comment that is not closed", self.line())
        if rest.startswith(("'", '"')):
            return SyntaxProblem("a string that is not closed", self.line())
        word = WORD.match(rest)
        return SyntaxProblem(f"{expected} expected, and {word[0] if word else ascii(rest[0]) if rest else 'the end'} found", self.line())

    def matched(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What a pattern matches here, which is passed."""
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
            self.skip()
        return match

    def sign(self, *signs: str) -> str:
        """The first of some signs or words that stands here, which is passed; empty where none does."""
        for sign in signs:
            if self.text.startswith(sign, self.at):
                end = self.at + len(sign)
                if sign[-1].isalpha() and re.match("[A-Za-z0-9_]", self.text[end : end + 1]):
                    continue  # a longer word
                if sign in ("<", ">") and self.text.startswith("=", end):
                    continue
                self.at = end
                self.skip()
                return sign
        return ""

    def expect(self, sign: str) -> None:
        """Passes a sign that has to stand here."""
        if not self.sign(sign):
            raise self.problem(sign)

    def word(self, what: str) -> str:
        """Passes a word that has to stand here; `what` it is."""
        match = self.matched(WORD)
        if match is None:
            raise self.problem(what)
        return match[0]

    def within(self) -> None:
        """Enters something that stands within something else; whoever leaves it takes one from `depth`."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise SyntaxProblem("nested too deep", self.line())
