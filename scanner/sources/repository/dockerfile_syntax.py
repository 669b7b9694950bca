"""Reads Dockerfiles as BuildKit does: directives, line continuations, comments, heredocs, the two forms of arguments.

https://docs.docker.com/reference/dockerfile/, https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go

The `dockerfile` library wraps that parser: a runtime of Go in a process that forks, and lines without columns. `dockerfile-parse` knows no
heredocs. So it is read here.
"""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Iterator

import msgspec

from assay.scanner import lazy_re
from assay.scanner.sources.budget import Budget

Span = tuple[int, int]
_DIRECTIVE = lazy_re.pattern(r"#[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*=[ \t]*([^ \t\r].*)")
_HEREDOC = lazy_re.pattern(r"""\A(\d*)<<(-?)(["']?)([A-Za-z0-9_.][\w.-]*)\3\Z""", re.ASCII)
_HEREDOC_ANYWHERE = lazy_re.pattern(r"""(?<![<\w])\d*<<-?["']?[A-Za-z0-9_.]+["']?""")
WITH_HEREDOCS = frozenset({"ADD", "COPY", "RUN"})
WITH_PAIRS = frozenset({"ENV", "LABEL", "ARG"})
WITH_FLAGS = frozenset({"ADD", "COPY", "RUN", "FROM", "HEALTHCHECK"})
KNOWN = frozenset(
    {
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL",
        "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    }
)  # fmt: skip


class Word(msgspec.Struct):
    """A word without its quotes, and the characters of the file that it is written in."""

    text: str
    start: int
    end: int


class Heredoc(msgspec.Struct):
    """A text that follows an instruction. `start`: the character of the file that it begins at."""

    name: str
    text: str
    start: int
    expanded: bool
    """Variables in it are filled in."""


class Instruction(msgspec.Struct):
    """One instruction. An ONBUILD is the instruction that it holds, with `onbuild`."""

    command: str
    start: int
    end: int
    text: str
    """Its arguments on one line, without continuations and comments."""
    offsets: list[int]
    """Characters of `text`, in order, at which a piece of the file begins."""
    starts: list[int]
    """The characters of the file that are there."""
    words: list[Word]
    """Of the arguments, without flags; of the JSON form its elements."""
    pairs: list[tuple[Word, Word | None]]
    """Of ENV, LABEL and ARG: names with values."""
    flags: list[Word]
    heredocs: list[Heredoc]
    is_json: bool = False
    onbuild: bool = False

    def at(self, offset: int) -> int:
        """The character of the file that a character of `text` is."""
        index = max(bisect.bisect_right(self.offsets, offset) - 1, 0)
        return self.starts[index] + offset - self.offsets[index]


class Dockerfile(msgspec.Struct):
    """What a file holds."""

    instructions: list[Instruction]
    directives: dict[str, str]
    problems: list[tuple[str, int]]
    """What is no instruction, with the character at which it begins."""


def parse(text: str, budget: Budget) -> Dockerfile:
    """Every instruction of a file. Raises OverBudget."""
    lines = [(match.start(), match.end(1), match[1]) for match in re.finditer(r"([^\n]*)(?:\n|\Z)", text)]
    budget.step(len(lines))
    directives, at = _directives(lines)
    escape = directives.get("escape", "\\")
    file = Dockerfile([], directives, [])
    reader = _Reader(lines, escape if escape in ("\\", "`") else "\\", at, budget)
    for begun in reader.logical():
        _enter(file, begun, reader)
    return file


def _directives(lines: list[tuple[int, int, str]]) -> tuple[dict[str, str], int]:
    directives: dict[str, str] = {}
    at = 0
    while at < len(lines):
        match = _DIRECTIVE.match(lines[at][2])
        if match is None or match[1].lower() in directives:
            break
        directives[match[1].lower()] = match[2].rstrip(" \t\r")
        at += 1
    return directives, at


class _Begun(msgspec.Struct):
    start: int
    end: int
    text: str
    offsets: list[int]
    starts: list[int]


class _Reader:
    """Joins lines to logical ones, and reads the heredocs that follow one."""

    def __init__(self, lines: list[tuple[int, int, str]], escape: str, at: int, budget: Budget) -> None:
        self.lines, self.escape, self.at, self.budget = lines, escape, at, budget
        self._continued = re.compile(rf"{re.escape(escape)}[ \t]*\r?\Z")

    def logical(self) -> Iterator[_Begun]:
        while self.at < len(self.lines):
            start, end, line = self.lines[self.at]
            stripped = line.lstrip(" \t\r\v\f")
            self.at += 1
            if not stripped or stripped.startswith("#"):
                continue
            yield self._joined(start, end, line, start + len(line) - len(stripped))

    def _joined(self, start: int, end: int, line: str, first: int) -> _Begun:
        parts: list[str] = []
        offsets: list[int] = []
        starts: list[int] = []
        length, written = 0, first
        piece = line[first - start :]
        while True:
            match = self._continued.search(piece)
            kept = piece[: match.start()] if match else piece.rstrip("\r")
            offsets.append(length)
            starts.append(written)
            parts.append(kept)
            length += len(kept)
            if match is None:
                break
            following = self._next()
            if following is None:
                break
            written, end, piece = following
        self.budget.made(length)
        return _Begun(first, end, "".join(parts), offsets, starts)

    def _next(self) -> tuple[int, int, str] | None:
        """The line that goes on; comments and empty lines between are none."""
        while self.at < len(self.lines):
            start, end, line = self.lines[self.at]
            stripped = line.strip()
            self.at += 1
            if stripped and not stripped.startswith("#"):
                return start, end, line
        return None

    def heredocs(self, words: list[Word]) -> list[Heredoc]:
        heredocs: list[Heredoc] = []
        for word in words:
            match = _HEREDOC.match(word.text)
            if match is None:
                continue
            lines: list[str] = []
            start = self.lines[self.at][0] if self.at < len(self.lines) else word.end
            while self.at < len(self.lines):
                line = self.lines[self.at][2]
                self.at += 1
                if (line.lstrip("\t") if match[2] else line).rstrip("\r") == match[4]:
                    break
                lines.append(line)
            heredocs.append(Heredoc(match[4], "".join(f"{line}\n" for line in lines), start, not match[3]))
        return heredocs

    @property
    def end(self) -> int:
        """The last character that was read."""
        return self.lines[self.at - 1][1] if self.at else 0


def _enter(file: Dockerfile, begun: _Begun, reader: _Reader) -> None:
    command, arguments, offset = _command(begun.text)
    onbuild = False
    if command == "ONBUILD":
        onbuild = True
        command, arguments, inner = _command(arguments)
        offset += inner
    if command not in KNOWN:
        file.problems.append((f"{command[:40] or 'this'} is no instruction", begun.start))
        return
    made = Instruction(command, begun.start, begun.end, arguments, *_shifted(begun, offset), [], [], [], [], onbuild=onbuild)
    words = list(_words(made, reader.escape))
    reader.budget.step(len(words))
    if command in WITH_FLAGS:
        while words and words[0].text.startswith("--") and len(words[0].text) > 2:
            made.flags.append(words.pop(0))
    if command in WITH_HEREDOCS and _HEREDOC_ANYWHERE.search(arguments):
        made.heredocs = reader.heredocs(_raw_words(made))
        made.end = max(made.end, reader.end) if made.heredocs else made.end
    if command not in WITH_PAIRS and (elements := _json(made, words)) is not None:
        made.words, made.is_json = elements, True
    else:
        made.words = words
    if command in WITH_PAIRS:
        made.pairs = _pairs(made, words, command)
    file.instructions.append(made)


def _command(text: str) -> tuple[str, str, int]:
    match = re.match(r"\s*(\S*)\s*", text)
    assert match is not None
    return match[1].upper(), text[match.end() :], match.end()


def _shifted(begun: _Begun, offset: int) -> tuple[list[int], list[int]]:
    """The pieces of a text without its first characters."""
    index = max(bisect.bisect_right(begun.offsets, offset) - 1, 0)
    first = begun.starts[index] + offset - begun.offsets[index]
    return [0, *(at - offset for at in begun.offsets[index + 1 :])], [first, *begun.starts[index + 1 :]]


def _raw_words(made: Instruction) -> list[Word]:
    """Words with their quotes: whether the name of a heredoc is quoted matters."""
    return [
        Word(match[0], made.at(match.start()), made.at(match.end() - 1) + 1)
        for match in re.finditer(r"""(?:"[^"]*"|'[^']*'|\S)+""", made.text)
        if "<<" in match[0]
    ]


def _words(made: Instruction, escape: str) -> Iterator[Word]:
    """Words as the shell parts them: https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/line_parsers.go"""
    text, size, at = made.text, len(made.text), 0
    while at < size:
        if text[at].isspace():
            at += 1
            continue
        begin, parts, quote = at, [], ""
        while at < size and (quote or not text[at].isspace()):
            char = text[at]
            if quote:
                if char == quote:
                    quote = ""
                elif char == escape and quote == '"' and at + 1 < size:
                    at += 1
                    parts.append(text[at])
                else:
                    parts.append(char)
            elif char in "\"'":
                quote = char
            elif char == escape and at + 1 < size:
                at += 1
                parts.append(text[at])
            else:
                parts.append(char)
            at += 1
        yield Word("".join(parts), made.at(begin), made.at(at - 1) + 1)


def _json(made: Instruction, words: list[Word]) -> list[Word] | None:
    """The elements of the JSON form; None where it is none, which the shell then reads."""
    text = made.text
    opened = text.find("[")
    if opened < 0 or not words or made.at(opened) != words[0].start:
        return None
    try:
        data = json.loads(text[opened:].rstrip())
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, list) or not all(isinstance(element, str) for element in data):
        return None
    places = [match.span() for match in re.finditer(r'"(?:[^"\\]|\\.)*"', text[opened:])]
    return [
        Word(element, made.at(opened + start), made.at(opened + end - 1) + 1) for element, (start, end) in zip(data, places, strict=False)
    ]


def _pairs(made: Instruction, words: list[Word], command: str) -> list[tuple[Word, Word | None]]:
    """Names with values: `NAME=value …`, or of ENV and LABEL the old form `NAME the rest`; of ARG a name alone, too."""
    if command != "ARG" and words and "=" not in words[0].text:
        name = words[0]
        rest = made.text.strip()[len(name.text) :].strip()
        if not rest:
            return [(name, None)]
        value = Word(rest.strip("\"'"), words[1].start if len(words) > 1 else name.end, words[-1].end)
        return [(name, value)]
    pairs: list[tuple[Word, Word | None]] = []
    for word in words:
        before, sign, after = word.text.partition("=")
        pairs.append((Word(before, word.start, word.end), Word(after, word.start, word.end) if sign else None))
    return pairs
