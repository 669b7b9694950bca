"""Prose for a terminal from the command line itself: paragraphs that keep a width, and lines that keep as they are."""

from __future__ import annotations

import shutil
import textwrap

from assay.scanner.cli import console
from assay.scanner.words import visible

WIDEST = 100
"""Columns of prose, however wide the terminal is; 80 where there is none."""


def columns() -> int:
    """Columns of the terminal, or of COLUMNS; 80 where there is none."""
    return max(shutil.get_terminal_size((80, 24)).columns, 20)


class Story:
    """Text that grows line by line. Nothing that it is given moves the cursor."""

    def __init__(self) -> None:
        self.width = min(columns(), WIDEST)
        self.lines: list[str] = []

    def heading(self, text: str) -> None:
        """A heading, after an empty line."""
        if self.lines:
            self.lines.append("")
        self.prose(text)

    def prose(self, text: str, indent: int = 0, hanging: int = 2) -> None:
        """A paragraph, wrapped; further lines of it stand further in."""
        first, rest = " " * indent, " " * (indent + hanging)
        self.lines += textwrap.wrap(visible(text), self.width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False) or [""]

    def text(self, text: str, indent: int) -> None:
        """Text of a rule: its paragraphs wrapped."""
        for paragraph in text.strip().split("\n\n"):
            self.prose(" ".join(paragraph.split()), indent, 0)

    def code(self, text: str, indent: int) -> None:
        """Lines that are not broken."""
        self.lines += [f"{' ' * indent}{visible(line)}".rstrip() for line in text.strip("\n").expandtabs(4).splitlines()]

    def markdown(self, text: str) -> None:
        """Markdown that is rendered as before: paragraphs and items of lists are wrapped; code, headings and tables are not."""
        fenced = False
        for line in text.splitlines():
            fence = line.lstrip().startswith("```")
            fenced = fenced != fence
            if fenced or fence or not line.strip() or line.startswith(("#", "|")):
                self.lines.append(visible(line))
            else:
                words = line.lstrip()
                self.prose(words, len(line) - len(words), 2 if words.startswith("- ") else 0)

    def tell(self) -> None:
        """Write it to standard output."""
        console.show("\n".join(self.lines))
