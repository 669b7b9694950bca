"""Files of security rules of Firebase, and `firebase.json`, which says what `firebase deploy` puts in force.

https://firebase.google.com/docs/cli#the_firebasejson_file
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.discover import show
from assay.scanner.sources.lines import Lines
from assay.scanner.sources.raw import Location, Unknown
from assay.scanner.sources.repository.item import FileItem
from assay.scanner.sources.repository.names import RULES, type_of
from assay.scanner.sources.repository.reading import ReadFile, RepositoryFiles
from assay.scanner.sources.templates.json_text import parse
from assay.scanner.sources.templates.syntax import Malformed
from assay.scanner.sources.values import Value

_SERVICE = lazy_re.pattern(r"\bservice\s{1,100}cloud\s{0,100}\.\s{0,100}firestore\b")
_IN_JSON = lazy_re.pattern(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_COMMENT = lazy_re.pattern(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_DEFAULT = "firestore.rules"
"""What `firebase init` calls the file: https://firebase.google.com/docs/rules/manage-deploy"""
CONTENT, IN_FORCE = "content", "in_force"


def read(path: str, type_: str, tree: RepositoryFiles) -> Iterator[ReadFile]:
    """The rules in a file, or those that a `firebase.json` names and that have other names than these files have."""
    file = show(path)
    if type_ == RULES:
        text, lines = tree.text(path, file)
        if os.path.basename(path) != _DEFAULT and _SERVICE.search(_COMMENT.sub(" ", text)) is None:
            yield ReadFile(file, became="other", why="rules of something else than Firestore")
            return
        yield ReadFile(file, [RulesItem(file, text, lines, _in_force(path, tree))])
        return
    gaps: list[Gap] = []
    named = list(_named(path, tree))
    for name, line in named:
        target = tree.beside(path, name)
        if target is None:
            gaps.append(
                Gap(file, "not_found", f"names rules for Firestore in {name[:200]}, which is not there", "scan them together", line)
            )
        elif type_of(target) != RULES:
            text, lines = tree.text(target, show(target))
            yield ReadFile(show(target), [RulesItem(show(target), text, lines, True)])
    why = "" if named else "a firebase.json without rules for Firestore"
    yield ReadFile(file, gaps=gaps, became="judged" if named else "other", why=why)


def _named(path: str, tree: RepositoryFiles) -> Iterator[tuple[str, int]]:
    """The files of rules for Firestore that a `firebase.json` names, each with the line. Raises OSError, Malformed, OverBudget.

    There is one for the database, or a list for several: https://firebase.google.com/docs/cli#firestore-multiple-databases
    """
    text, lines = tree.text(path, show(path))
    try:
        parsed = parse(text, lines)
    except Malformed:  # the tool lets comments pass
        parsed = parse(_IN_JSON.sub(lambda match: match[0] if match[0][0] == '"' else " " * len(match[0]), text), lines)
    firestore = parsed.data.get("firestore") if isinstance(parsed.data, dict) else None
    listed = isinstance(firestore, list)
    for at, entry in enumerate(firestore if isinstance(firestore, list) else [firestore]):
        if isinstance(entry, dict) and isinstance(name := entry.get("rules"), str):
            inside = ("firestore", at, "rules") if listed else ("firestore", "rules")
            yield name, parsed.place(inside).line


def _in_force(path: str, tree: RepositoryFiles) -> bool | Unknown:
    """Whether something puts a file of rules in force: the `firebase.json` above it, else that it is called as such files are."""
    directory, top = os.path.dirname(path) or ".", tree.top(path)
    while True:
        above = os.path.join(directory, "firebase.json")
        if tree.overlay.is_file(above):
            named = _names(above, tree)
            if named:
                own = tree.overlay.real(path)
                if any(target is not None and tree.overlay.real(target) == own for target in named):
                    return True
                reason = f"{show(above)} names other rules, so that it is not known whether {show(path)} is put in force"
                return Unknown(reason, "name it in firebase.json, or scan the live project", Location(show(path)))
        real = tree.overlay.real(directory)
        if real == top or os.path.dirname(real) == real:
            break
        directory = os.path.join(directory, os.pardir)
    if os.path.basename(path) == _DEFAULT:
        return True
    return Unknown(f"whether {show(path)} is put in force", "name it in firebase.json, or scan the live project", Location(show(path)))


def _names(path: str, tree: RepositoryFiles) -> list[str | None]:
    try:
        return [tree.beside(path, name) for name, _ in _named(path, tree)]
    except (OSError, Malformed):
        return []  # which is a gap where that file is read


class RulesItem(FileItem):
    """Security rules in a file, whose lines have places."""

    __slots__ = ("_lines", "_text")

    def __init__(self, file: str, text: str, lines: Lines, in_force: Any) -> None:
        self._text, self._lines = text, lines
        whole = lines.location(0, len(text))
        super().__init__(RULES, file, {CONTENT: text, IN_FORCE: in_force}, lambda path: whole, whole)

    def __getitem__(self, path: str) -> Value[Any]:
        value = super().__getitem__(path)
        if path == CONTENT:
            value.written = _Text(self._text, self._lines)
        return value


class _Text:
    def __init__(self, text: str, lines: Lines) -> None:
        self._text, self._lines = text, lines

    def place(self, content: Any, inside: tuple[str | int, ...]) -> Location:
        return self._lines.location(0, len(self._text))

    def line(self, text: str, number: int) -> Location:
        """The place of a line without the space around it."""
        start = 0
        for _ in range(number - 1):
            start = self._text.find("\n", start) + 1
            if not start:
                return self._lines.location(0, len(self._text))
        end = self._text.find("\n", start)
        line = self._text[start : end if end >= 0 else len(self._text)]
        first = start + len(line) - len(line.lstrip())
        return self._lines.location(first, max(first, start + len(line.rstrip())))
