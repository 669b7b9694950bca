"""Proposals as reports show them: places with lines and columns, and whole lines without what is secret."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from itertools import groupby

from assay.scanner.fix.edits import Edit, applied
from assay.scanner.fix.interface import Proposal
from assay.scanner.results.code import without_secret_values
from assay.scanner.results.fixes import Fix, LineChange, Replacement
from assay.scanner.sources.lines import BYTE_ORDER_MARK
from assay.scanner.sources.lines import Lines as Places
from assay.scanner.sources.raw import Location
from assay.scanner.sources.sensitive import Sensitive


def shown(proposal: Proposal, content: Callable[[str], bytes], sensitive: Sensitive) -> Fix:
    """A proposal over files that are as `content` has them. Raises UnicodeDecodeError for a file that is not UTF-8."""
    texts = [_Text(file, content(file), list(edits), sensitive) for file, edits in groupby(sorted(proposal.edits), lambda edit: edit.file)]
    exact = not any(text.hides for text in texts)
    return Fix(
        title=proposal.title,
        because=proposal.because,
        diff="\n".join(text.diff() for text in texts),
        replacements=tuple(replacement for text in texts for replacement in text.replacements()) if exact else (),
        lines=texts[0].lines() if exact and len(texts) == 1 else None,
    )


class _Text:
    """One file before and after the edits."""

    def __init__(self, file: str, content: bytes, edits: Sequence[Edit], sensitive: Sensitive) -> None:
        self._file, self._edits = file, edits
        self._skipped = len(BYTE_ORDER_MARK.encode()) if content.startswith(BYTE_ORDER_MARK.encode()) else 0
        before, after = content.decode()[bool(self._skipped) :], applied(content, edits).decode()[bool(self._skipped) :]
        self._places = Places(file, before, self._skipped)
        self._before, self._after = _lines(before), _lines(after)
        self._old, self._new = (_lines(without_secret_values(text, sensitive)) for text in (before, after))
        self._above, self._below = _alike(self._before, self._after)
        self.hides = self._of(self._before) != self._of(self._old) or self._of(self._after) != self._of(self._new)
        """Whether lines that change hold something secret."""

    def diff(self) -> str:
        return "\n".join(difflib.unified_diff(self._old, self._new, f"a/{self._file}", f"b/{self._file}", lineterm=""))

    def replacements(self) -> list[Replacement]:
        return [Replacement(self._place(edit), edit.text) for edit in self._edits]

    def lines(self) -> LineChange:
        old, new = tuple(self._of(self._before)), tuple(self._of(self._after))
        return LineChange(self._file, self._above + 1, old, new, self._beside(self._above - 1), self._beside(self._above + len(old)))

    def _place(self, edit: Edit) -> Location:
        first, behind = (self._places.location_of_bytes(at, at) for at in (edit.start, edit.end))
        return Location(self._file, first.line, behind.line, first.column, behind.column, edit.start, edit.end)

    def _of(self, lines: Sequence[str]) -> Sequence[str]:
        """Those that change, of all lines before or after."""
        return lines[self._above : len(lines) - self._below]

    def _beside(self, at: int) -> str | None:
        inside = 0 <= at < len(self._before) and self._before[at] == self._old[at]
        return self._before[at] if inside else None


def _lines(text: str) -> list[str]:
    """Lines as git has them: they end with a line feed alone."""
    return text.removesuffix("\n").split("\n")


def _alike(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """How many lines are the same at the beginning, and behind these at the end."""
    most = min(len(before), len(after))
    above = next((at for at in range(most) if before[at] != after[at]), most)
    below = next((at for at in range(most - above) if before[-1 - at] != after[-1 - at]), most - above)
    return above, below
