"""Edits of a file in YAML or JSON that keep its style: the indent of its neighbours, flow or block, short or long functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from assay.scanner.fix.edits import Edit, NoEdit
from assay.scanner.fix.yaml_change import Indirect, MapChange
from assay.scanner.fix.yaml_tree import YamlNode, documents
from assay.scanner.sources.encodings import is_utf16

_MARK = re.compile(r"^---(?=\s|$)", re.MULTILINE)
"""What begins a document (https://yaml.org/spec/1.2.2/#912-document-markers)."""


class YamlFile:
    """The nodes of one file. Raises Refused for one that cannot be edited."""

    def __init__(self, file: str, source: bytes) -> None:
        self.file, self.source = file, source
        if is_utf16(source):
            raise NoEdit("its file is in UTF-16: save it as UTF-8")
        try:
            self.text = source.decode("utf-8")
        except UnicodeDecodeError:
            raise NoEdit("its file is not UTF-8") from None
        self.documents = documents(self.text)
        self.is_json = self.text.lstrip()[:1] in ("{", "[")
        self._lines = [0]
        self.newline = "\r\n" if "\r\n" in self.text else "\n"

    def set(self, node: YamlNode, settings: Mapping[str, Any], gone: Collection[YamlNode] = ()) -> tuple[list[Edit], list[Indirect]]:
        """Edits after which a map says what it is to say, and values of it that other parts give.

        `gone`: what other edits take out of it.
        """
        change = MapChange(self, gone)
        change.set(node, settings)
        return change.edits, change.indirect

    def add_members(self, node: YamlNode, members: Mapping[str, Any], after: YamlNode | None = None, apart: bool = False) -> list[Edit]:
        """Edits that write members of a map: at its end, or behind the one with the value `after`; `apart`: with a blank line before."""
        return MapChange(self).members(node, members, after, apart)

    def remove(self, node: YamlNode, path: str) -> list[Edit]:
        """Edits after which what a path leads to is gone."""
        return [self._cut(holder, key.start, value.end) for holder, (key, value) in node.members(path)]

    def drop(self, node: YamlNode, path: str, values: Sequence[Any]) -> list[Edit]:
        """Edits after which a list that is written out has none of some values."""
        edits: list[Edit] = []
        for _, (_, list_) in node.members(path):
            gone = [item for _, item in list_.items if item.plain() in values and item.plain() is not None] if list_.kind == "list" else []
            if gone and len(gone) == len(list_.items):
                edits += [self.edit(list_.start, list_.end, "[]")] if list_.flow else []
            else:
                edits += [self._without(list_, item.start, item.end) for item in gone]
        return edits

    def include(self, node: YamlNode, path: str, values: Sequence[Any]) -> list[Edit]:
        """Edits after which a list that is written out ends with the values that it does not have, or is there with them."""
        *outer, name = path.split(".")
        holder = node.at(".".join(outer)) if outer else node
        if holder is None:
            return []
        list_ = holder.get(name)
        if list_ is None:
            return self.set(holder, {name: list(values)})[0]
        if list_.kind != "list" or list_.marked or list_.tag.startswith("!"):
            raise NoEdit(f"{path} is no list that is written out")
        told = [item.plain() for _, item in list_.items]
        return MapChange(self).elements(list_, [value for value in values if value not in told])

    def append(self, list_: YamlNode, element: Any) -> list[Edit]:
        """Edits that write an element at the end of a list."""
        return MapChange(self).elements(list_, [element])

    def says(self, node: YamlNode, path: str, values: Sequence[Any]) -> bool:
        """Whether what a path leads to is written as one of some values, or is a list that has one of them. `{}` is what is there, whatever
        it says, and None what is not."""
        members = node.members(path)
        if not members or {} in values:
            return ({} if members else None) in values
        said = [value.plain() for _, (_, value) in members]
        told = [one for value in said for one in ([value, *value] if isinstance(value, list) else [value])]
        return any(one in values for one in told if one is not None)

    def writes_in(self, node: YamlNode, edits: Sequence[Edit]) -> bool:
        """Whether one of some edits writes in a node."""
        whole = self.edit(self.line_start(node.start), node.end, "")
        return any(whole.start <= edit.start <= whole.end for edit in edits)

    def remove_member(self, node: YamlNode, name: str) -> list[Edit]:
        """Edits after which a member of a map is gone."""
        member = node.entry(name)
        return [self._without(node, member[0].start, member[1].end)] if member else []

    def remove_element(self, node: YamlNode, element: YamlNode) -> list[Edit]:
        """Edits after which an element of a list is gone."""
        return [self._without(node, element.start, element.end)]

    def apart(self, node: YamlNode) -> bool:
        """Whether blank lines stand between the members of a map; also where it has one alone."""
        starts = [key.start for key, _ in node.items[1:] if key is not None]
        return not starts or any(not self.text[self.line_start(self.line_start(at) - 1) : self.line_start(at)].strip() for at in starts)

    def remove_document(self, node: YamlNode) -> list[Edit]:
        """Edits after which a document is gone, with the mark before it. Raises Refused."""
        if len(self.documents) == 1:
            raise NoEdit("it is all that its file declares: remove the file")
        marks = [match.start() for match in _MARK.finditer(self.text)]
        before = max((at for at in marks if at <= node.start), default=None)
        after = min((at for at in marks if at > node.start), default=len(self.text))
        if before is None:
            after = self.text.find("\n", after) + 1
        return [self.edit(before or 0, after, "")]

    def remove_within(self, node: YamlNode, path: str, gone: Sequence[YamlNode]) -> list[Edit]:
        """Edits after which some elements of the list that a path leads to are gone, with the list where it has no others."""
        list_ = node.at(path)
        if list_ is None or list_.kind != "list":
            raise NoEdit("what it stands in is no list that is written out")
        if len(gone) == len(list_.items):
            return [self._without(holder, key.start, value.end) for holder, (key, value) in node.members(path)]
        return [self._without(list_, element.start, element.end) for element in gone]

    # Places.

    def edit(self, start: int, end: int, text: str) -> Edit:
        """An edit of characters."""
        first = len(self.text[:start].encode())
        return Edit(self.file, first, first + len(self.text[start:end].encode()), text.replace("\n", self.newline))

    def line_start(self, at: int) -> int:
        """Where the line of a character begins."""
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """Where the line of a character ends, before its line break."""
        end = self.text.find("\n", at)
        end = len(self.text) if end < 0 else end
        return end - 1 if end and self.text[end - 1] == "\r" else end

    def offset(self, line: int, column: int) -> int:
        """The character in a line and column, from 1."""
        while len(self._lines) < line:
            self._lines.append(self.text.find("\n", self._lines[-1]) + 1 or len(self.text))
        return self._lines[line - 1] + max(column - 1, 0)

    def character(self, offset: int) -> int:
        """The character that a byte of the file is the first of."""
        return len(self.source[:offset].decode("utf-8", "replace"))

    def column(self, at: int) -> int:
        """Characters before one in its line."""
        return at - self.line_start(at)

    def indent_of(self, at: int) -> int:
        """Spaces that the line of a character begins with."""
        line = self.text[self.line_start(at) : at]
        return len(line) - len(line.lstrip(" "))

    def _without(self, holder: YamlNode, start: int, end: int) -> Edit:
        if len(holder.items) == 1:
            raise NoEdit("nothing would be left of what it stands in")
        return self._cut(holder, start, end)

    def dash(self, start: int) -> int:
        """Where the dash of an element is that begins at a place: before it in its line, else in one above it."""
        first = self.line_start(start)
        dash = self.text.rfind("-", first, start)
        while dash < 0 and first:
            end, first = first - 1, self.line_start(first - 1)
            line = self.text[first:end]
            dash = first + line.index("-") if line.lstrip().startswith("-") else dash
        return dash

    def _whole_lines(self, first: int, stop: int) -> Edit:
        """Takes lines out, with the blank line that would be one too many."""
        above = self.line_start(first - 1) if first else first
        if not self.text[above:first].strip() and not self._line(stop).strip():
            first = above
        return self.edit(first, stop, "")

    def _line(self, start: int) -> str:
        return self.text[start : self.text.find("\n", start) + 1 or len(self.text)]

    def _with_comments(self, first: int, stop: int) -> int:
        """Where the comments above some lines begin, unless they may be of what follows too: of a line that another one follows at once."""
        line, below = self._line(first), self._line(stop)
        follows = below.strip() and not below.lstrip().startswith("#") and _indent(below) >= _indent(line)
        if follows and first + len(line) == stop:
            return first
        while first:
            start = self.line_start(first - 1)
            above = self._line(start)
            if not above.lstrip().startswith("#") or _indent(above) != _indent(line):
                break
            first = start
        return first

    def _cut(self, holder: YamlNode, start: int, end: int) -> Edit:
        if len(holder.items) == 1 and holder.flow:
            return self.edit(start, end, "")
        if not holder.flow:
            if holder.kind == "map" and start == holder.start and self.text[self.line_start(start) : start].strip():
                if len(holder.items) == 1:
                    raise NoEdit("nothing would be left of what it stands in")
                return self.edit(start, (holder.items[1][0] or holder.items[1][1]).start, "")  # behind the dash of an element
            begins = self.dash(start) if holder.kind == "list" else start
            first, stop = self.line_start(begins), self.text.find("\n", end) + 1 or len(self.text)
            return self._whole_lines(self._with_comments(first, stop), stop)
        pairs = [((key or value).start, value.end) for key, value in holder.items]
        at = next(number for number, pair in enumerate(pairs) if pair[0] == start)
        if at + 1 < len(pairs):
            return self.edit(start, pairs[at + 1][0], "")
        return self.edit(pairs[at - 1][1], end, "")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
