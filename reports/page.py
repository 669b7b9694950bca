"""Lines for terminals, pipes and logs: wrapping by display width and colour, both of which can be done without."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from assay.scanner.words import defused, shown

if TYPE_CHECKING:
    from rich.style import Style

STYLES = {
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
    "low": "cyan",
    "fail": "bold red",
    "error": "bold magenta",
    "unknown": "bold yellow",
    "incomplete": "bold yellow",
    "empty": "bold yellow",
    "pass": "bold green",
    "heading": "bold",
    "dim": "dim",
}
LONGEST = 400
"""Characters of a line of code that are shown: a minified document would bury the report."""


class Page:
    """Text that grows line by line. Whatever it is given, only its own colours reach the terminal.

    `rich` gives display widths and colour codes only: its console takes a fifth of a millisecond for each line, so that the report of a
    large estate would take seconds, and it reads markup in names.
    """

    def __init__(self, width: int, color: bool) -> None:
        self.width, self.color = max(width, 20), color
        self.lines: list[str] = []

    def blank(self) -> None:
        """An empty line, where there is none yet."""
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def prose(self, text: str, indent: int = 0, lead: str = "", style: str = "") -> None:
        """A paragraph, wrapped; its `lead` is in the style."""
        lead, text = shown(lead), shown(text)
        lines = wrap(f"{lead} {text}" if lead and text else lead or text, self.width - indent)
        if lead and lines[0].startswith(lead):
            lines[0] = self._styled(lead, style) + lines[0][len(lead) :]
        self.lines += [" " * indent + line if line else "" for line in lines]

    def sentence(self, text: str, lead: str, style: str) -> None:
        """One line whatever the width, for what reads the last line of a log."""
        self.lines.append(f"{self._styled(shown(lead), style)} {shown(text)}")

    def labelled(self, before: str, label: str, style: str, after: str) -> None:
        """One line whatever the width, with a word of it in a style."""
        self.lines.append(f"{shown(before)} {self._styled(shown(label), style)} {shown(after)}")

    def wrapped(self, text: str, indent: int = 0) -> list[str]:
        """The lines that a paragraph would have."""
        return wrap(shown(text), self.width - indent)

    def instructions(self, text: str, indent: int, lead: str, style: str, most: int = 0) -> bool:
        """Text of a rule, which may have several lines and snippets of code: these keep their lines and indents. Where it takes more than
        `most` lines (0 for any number), as many whole sentences as fit, or else words. True where something is left out."""
        lines = text.strip().expandtabs(4).splitlines()
        if most and len(self.wrapped(f"{lead} {text}", indent)) > most:
            self.prose(self._fitting(" ".join(text.split()), indent, lead, most), indent, lead, style)
            return True
        self.prose("" if lines[1:] else text.strip(), indent, lead, style)
        for line in lines if lines[1:] else ():
            self.prose(line, indent + 2)
        return False

    def _fitting(self, text: str, indent: int, lead: str, most: int) -> str:
        """The beginning of a text, as much as fits in so many lines."""
        room = shown(text)[: most * self.width]
        while len(self.wrapped(f"{lead} {room} …", indent)) > most and " " in room:
            room = room[: room.rindex(" ")]
        end = max(room.rfind(mark) for mark in (". ", "; "))
        return f"{room[: end + 1] if end > len(room) // 2 else room} …"

    def verbatim(self, text: str, indent: int = 0, style: str = "") -> None:
        """One line that is never broken, so that it can be copied: an address, a path, code."""
        self.lines.append(" " * indent + self._styled(shown(text), style))

    def code(self, lines: list[str], first: int, marked: int, indent: int) -> None:
        """Lines of code with their numbers and a mark at one of them."""
        digits = len(str(first + len(lines) - 1))
        for number, line in enumerate(lines, first):
            shown = line.rstrip("\r\n").expandtabs(4)
            if len(shown) > LONGEST:
                shown = f"{shown[:LONGEST]} ... and {len(shown) - LONGEST} more characters"
            mark = ">" if number == marked else " "
            self.verbatim(f"{mark} {number:>{digits}} | {shown}".rstrip(), indent, "" if number == marked else "dim")

    def encoded(self) -> bytes:
        """UTF-8. What a build server would take for a command to itself is defused: `::error::` at the start of a line, `##[` in it."""
        text = "\n".join(self.lines).rstrip("\n") + "\n"
        return defused(text).encode()

    def _styled(self, text: str, style: str) -> str:
        if not self.color or style not in STYLES or not text:
            return text
        from rich.color import ColorSystem  # slow to import, and most lines have no colour

        return _style(style).render(text, color_system=ColorSystem.STANDARD)


@cache
def _style(name: str) -> Style:
    from rich.style import Style

    return Style.parse(STYLES[name])


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns that keep the indent of the text; words that are too long are broken."""
    width = max(width, 8)
    if len(text) <= width and columns(text) <= width:
        return [text.rstrip()]
    indent = text[: len(text) - len(text.lstrip(" "))][: width // 2]
    lines: list[str] = []
    line, used = indent, len(indent)
    for word in text.split():
        size = columns(word)
        if used > len(indent) and used + 1 + size > width:
            lines.append(line)
            line, used = indent, len(indent)
        elif used > len(indent):
            line, used = line + " ", used + 1
        for part in _pieces(word, size, width - used, width - len(indent)):
            if part is None:
                lines.append(line)
                line, used = indent, len(indent)
            else:
                line, used = line + part, used + columns(part)
    return [*lines, line] if line.strip() or not lines else lines


def _pieces(word: str, size: int, room: int, width: int) -> list[str | None]:
    """A word cut where it must be; None stands for a new line."""
    if size <= room:
        return [word]
    pieces: list[str | None] = []
    piece, used = "", 0
    for char in word:
        taken = columns(char)
        if piece and used + taken > room:
            pieces += [piece, None]
            piece, used, room = "", 0, width
        piece, used = piece + char, used + taken
    return [*pieces, piece]
