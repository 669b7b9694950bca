"""Edits of a file in YAML or JSON that keep its style: the indent of its neighbours, flow or block, short or long functions."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from assay.scanner.fix.edits import Edit, Refused
from assay.scanner.fix.yaml_tree import EACH, Node, documents
from assay.scanner.fix.yaml_written import (
    block_lines,
    flow_text,
    function_of,
    is_function,
    json_text,
    list_lines,
    nested,
    parameter_of,
    plain,
)
from assay.scanner.sources.encodings import is_utf16

_MARK = re.compile(r"^---(?=\s|$)", re.MULTILINE)
"""What begins a document (https://yaml.org/spec/1.2.2/#912-document-markers)."""


class Indirect(NamedTuple):
    """A property whose value another part of the template gives, and what it has to become."""

    name: str
    parameter: str
    """The parameter that gives it; empty where it is another function."""
    value: Any
    edit: Edit
    """What writes the value in the place of the function."""


class YamlFile:
    """The nodes of one file. Raises Refused for one that cannot be edited."""

    def __init__(self, file: str, source: bytes) -> None:
        self.file, self.source = file, source
        if is_utf16(source):
            raise Refused("its file is in UTF-16: save it as UTF-8")
        try:
            self.text = source.decode("utf-8")
        except UnicodeDecodeError:
            raise Refused("its file is not UTF-8") from None
        self.documents = documents(self.text)
        self.is_json = self.text.lstrip()[:1] in ("{", "[")
        self._lines = [0]
        self.newline = "\r\n" if "\r\n" in self.text else "\n"

    def set(self, node: Node, settings: Mapping[str, Any], gone: Collection[Node] = ()) -> tuple[list[Edit], list[Indirect]]:
        """Edits after which a map says what it is to say, and values of it that other parts give.

        `gone`: what other edits take out of it.
        """
        change = _Change(self, gone)
        change.set(node, settings)
        return change.edits, change.indirect

    def add_members(self, node: Node, members: Mapping[str, Any], after: Node | None = None, apart: bool = False) -> list[Edit]:
        """Edits that write members of a map: at its end, or behind the one with the value `after`; `apart`: with a blank line before."""
        return _Change(self).members(node, members, after, apart)

    def remove(self, node: Node, path: str) -> list[Edit]:
        """Edits after which what a path leads to is gone."""
        return [self._cut(holder, key.start, value.end) for holder, (key, value) in node.members(path)]

    def drop(self, node: Node, path: str, values: Sequence[Any]) -> list[Edit]:
        """Edits after which a list that is written out has none of some values."""
        edits: list[Edit] = []
        for _, (_, found) in node.members(path):
            gone = [item for _, item in found.items if item.plain() in values and item.plain() is not None] if found.kind == "list" else []
            if gone and len(gone) == len(found.items):
                edits += [self.edit(found.start, found.end, "[]")] if found.flow else []
            else:
                edits += [self._without(found, item.start, item.end) for item in gone]
        return edits

    def include(self, node: Node, path: str, values: Sequence[Any]) -> list[Edit]:
        """Edits after which a list that is written out ends with the values that it does not have, or is there with them."""
        *outer, name = path.split(".")
        holder = node.at(".".join(outer)) if outer else node
        if holder is None:
            return []
        found = holder.get(name)
        if found is None:
            return self.set(holder, {name: list(values)})[0]
        if found.kind != "list" or found.marked or found.tag.startswith("!"):
            raise Refused(f"{path} is no list that is written out")
        told = [item.plain() for _, item in found.items]
        return _Change(self).elements(found, [value for value in values if value not in told])

    def says(self, node: Node, path: str, values: Sequence[Any]) -> bool:
        """Whether what a path leads to is written as one of some values, or is a list that has one of them. `{}` is what is there, whatever
        it says, and None what is not."""
        members = node.members(path)
        if not members or {} in values:
            return ({} if members else None) in values
        said = [value.plain() for _, (_, value) in members]
        told = [one for value in said for one in ([value, *value] if isinstance(value, list) else [value])]
        return any(one in values for one in told if one is not None)

    def writes_in(self, node: Node, edits: Sequence[Edit]) -> bool:
        """Whether one of some edits writes in a node."""
        whole = self.edit(self.line_start(node.start), node.end, "")
        return any(whole.start <= edit.start <= whole.end for edit in edits)

    def remove_member(self, node: Node, name: str) -> list[Edit]:
        """Edits after which a member of a map is gone."""
        found = node.entry(name)
        return [self._without(node, found[0].start, found[1].end)] if found else []

    def remove_element(self, node: Node, element: Node) -> list[Edit]:
        """Edits after which an element of a list is gone."""
        return [self._without(node, element.start, element.end)]

    def apart(self, node: Node) -> bool:
        """Whether blank lines stand between the members of a map; also where it has one alone."""
        starts = [key.start for key, _ in node.items[1:] if key is not None]
        return not starts or any(not self.text[self.line_start(self.line_start(at) - 1) : self.line_start(at)].strip() for at in starts)

    def remove_document(self, node: Node) -> list[Edit]:
        """Edits after which a document is gone, with the mark before it. Raises Refused."""
        if len(self.documents) == 1:
            raise Refused("it is all that its file declares: remove the file")
        marks = [match.start() for match in _MARK.finditer(self.text)]
        before = max((at for at in marks if at <= node.start), default=None)
        after = min((at for at in marks if at > node.start), default=len(self.text))
        if before is None:
            after = self.text.find("\n", after) + 1
        return [self.edit(before or 0, after, "")]

    def remove_within(self, node: Node, path: str, gone: Sequence[Node]) -> list[Edit]:
        """Edits after which some elements of the list that a path leads to are gone, with the list where it has no others."""
        found = node.at(path)
        if found is None or found.kind != "list":
            raise Refused("what it stands in is no list that is written out")
        if len(gone) == len(found.items):
            return [self._without(holder, key.start, value.end) for holder, (key, value) in node.members(path)]
        return [self._without(found, element.start, element.end) for element in gone]

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

    def column(self, at: int) -> int:
        """Characters before one in its line."""
        return at - self.line_start(at)

    def indent_of(self, at: int) -> int:
        """Spaces that the line of a character begins with."""
        line = self.text[self.line_start(at) : at]
        return len(line) - len(line.lstrip(" "))

    def _without(self, holder: Node, start: int, end: int) -> Edit:
        if len(holder.items) == 1:
            raise Refused("nothing would be left of what it stands in")
        return self._cut(holder, start, end)

    def _cut(self, holder: Node, start: int, end: int) -> Edit:
        if len(holder.items) == 1 and holder.flow:
            return self.edit(start, end, "")
        if not holder.flow:
            if holder.kind == "map" and start == holder.start and self.text[self.line_start(start) : start].strip():
                if len(holder.items) == 1:
                    raise Refused("nothing would be left of what it stands in")
                return self.edit(start, (holder.items[1][0] or holder.items[1][1]).start, "")  # behind the dash of an element
            first, stop = self.line_start(start), self.text.find("\n", end) + 1 or len(self.text)
            above = self.line_start(first - 1) if first else first
            if not self.text[above:first].strip() and not self.text[stop : self.text.find("\n", stop) + 1].strip():
                first = above
            return self.edit(first, stop, "")
        pairs = [((key or value).start, value.end) for key, value in holder.items]
        at = next(number for number, pair in enumerate(pairs) if pair[0] == start)
        if at + 1 < len(pairs):
            return self.edit(start, pairs[at + 1][0], "")
        return self.edit(pairs[at - 1][1], end, "")


class _Change:
    """Edits of one map and of what is in it."""

    def __init__(self, file: YamlFile, gone: Collection[Node] = ()) -> None:
        self.file = file
        self.gone = gone
        self.edits: list[Edit] = []
        self.indirect: list[Indirect] = []

    def set(self, node: Node, settings: Mapping[str, Any]) -> None:
        if node.marked or node.kind != "map" or node.tag.startswith("!") or node.get("<<") is not None:
            raise Refused("it is written with an anchor, an alias, a merge key or a function")
        new: dict[str, Any] = {}
        for path, value in nested(settings).items():
            name = path.removesuffix(EACH)
            found = node.get(name)
            if found is None or (found.kind == "scalar" and found.plain() is None and not found.tag and found.start == found.end):
                if found is not None:
                    raise Refused(f"{name} is written without a value")
                new[path] = value
            elif path.endswith(EACH):
                self._each(name, found, value)
            else:
                self._merge(name, found, value)
        if new:
            self.edits += self.members(node, plain(new))

    def _each(self, name: str, found: Node, value: Mapping[str, Any]) -> None:
        if found.kind != "list" or found.marked or found.tag.startswith("!"):
            raise Refused(f"{name} is no list that is written out")
        for _, item in found.items:
            self.set(item, value)

    def _merge(self, name: str, found: Node, value: Any) -> None:
        if found.marked:
            raise Refused(f"{name} is written with an anchor or an alias")
        if function_of(found):
            if self.file.text[found.start : found.end] != self._beside(value):
                self._indirect(name, found, value)
        elif isinstance(value, Mapping) and found.kind == "map" and not is_function(value):
            self.set(found, value)
        elif found.kind == "list" and isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
            for content in value:
                self._element(found, content)
        elif found.plain() != value or (isinstance(value, bool) != isinstance(found.plain(), bool)):
            if isinstance(value, Mapping) and found.kind != "scalar":
                raise Refused(f"{name} is written in another shape")
            self.edits.append(self._in_place(name, found, value))

    def _in_place(self, name: str, found: Node, value: Any) -> Edit:
        """A value in the place of another: of a list in lines of its own, in such lines, else behind the key."""
        file = self.file
        if found.kind == "scalar" or found.flow:
            return file.edit(found.start, found.end, self._beside(value))
        if found.kind == "list" and isinstance(value, list) and value:
            start = found.items[0][1].start
            dash = file.text.rfind("-", file.line_start(start), start)
            return file.edit(dash, found.end, "\n".join(list_lines(value, file.column(dash))).lstrip())
        key_end = file.text.rfind(":", 0, found.start) + 1
        if file.text[key_end : found.start].strip(" -\r\n"):
            raise Refused(f"{name} has a comment behind its key")
        return file.edit(key_end, found.end, f" {self._beside(value)}")

    def _indirect(self, name: str, found: Node, value: Any) -> None:
        parameter = parameter_of(found)
        edit = self.file.edit(found.start, found.end, self._beside(value))
        self.indirect.append(Indirect(name, parameter, value, edit))

    def _element(self, found: Node, content: Mapping[str, Any]) -> None:
        """Set what is so in the elements with the first key of some content, or write it as one more."""
        key, wanted = next(iter(content.items()))
        known = [item for _, item in found.items if item.kind == "map" and (at := item.get(key)) is not None and at.plain() == wanted]
        for item in known:
            self.set(item, content)
        if not known:
            self.edits += self.elements(found, [content])

    def elements(self, found: Node, new: Sequence[Any]) -> list[Edit]:
        """Edits that write elements at the end of a list."""
        file = self.file
        if not new:
            return []
        if found.flow:
            last = found.items[-1][1].end if found.items else found.start + 1
            if found.items and file.text[found.start : found.end].count("\n"):
                pad = file.indent_of(found.items[-1][1].start)
                return [file.edit(last, last, "".join(f",\n{' ' * pad}{json_text(value, pad, 2)}" for value in new))]
            text = ", ".join(flow_text(value, file.is_json) for value in new)
            return [file.edit(last, last, (", " if found.items else "") + text)]
        first = found.items[0][1]
        pad = file.column(file.text.rfind("-", file.line_start(first.start), first.start))
        if all(item.flow for _, item in found.items):
            lines = [f"{' ' * pad}- {flow_text(value, file.is_json)}" for value in new]
        else:
            lines = list_lines(plain([nested(value) for value in new]), pad)
        end = file.line_end(found.end)
        return [file.edit(end, end, "".join(f"\n{line}" for line in lines))]

    def _beside(self, value: Any) -> str:
        """A value in the place of another."""
        return flow_text(value, self.file.is_json)

    def members(self, node: Node, new: Mapping[str, Any], after: Node | None = None, apart: bool = False) -> list[Edit]:
        file = self.file
        if node.flow:
            return [self._in_flow(node, new, after)]
        if not node.items:
            raise Refused("what it stands in is empty")
        pad = file.column((node.items[0][0] or node).start)
        lines = block_lines(new, pad)
        kept = [value for _, value in node.items if value not in self.gone]
        if after is None and not kept:
            at = file.line_start((node.items[0][0] or node).start)
            return [file.edit(at, at, "".join(f"{line}\n" for line in lines))]
        at = file.line_end((after or kept[-1]).end)
        gap = "\n" if apart else ""
        return [file.edit(at, at, gap + "".join(f"\n{line}" for line in lines))]

    def _in_flow(self, node: Node, new: Mapping[str, Any], after: Node | None) -> Edit:
        file = self.file
        kept = [value for _, value in node.items if value not in self.gone]
        spread = kept and file.text[node.start : node.items[0][1].start].count("\n")
        last = (after or kept[-1]).end if kept else node.start + 1
        if spread:
            pad = file.column((node.items[0][0] or node).start)
            step = max(pad - file.indent_of(node.start), 2)
            texts = [f"{json.dumps(name)}: {json_text(value, pad, step)}" for name, value in new.items()]
            return file.edit(last, last, "".join(f",\n{' ' * pad}{text}" for text in texts))
        texts = [f"{json.dumps(name) if file.is_json else name}: {flow_text(value, file.is_json)}" for name, value in new.items()]
        return file.edit(last, last, (", " if kept else "") + ", ".join(texts))
