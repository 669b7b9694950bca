"""YAML and JSON as nodes with exact ends, and what an edit has to know of their style.

Offsets are characters of the text. A node of a block ends with the last scalar in it: libyaml's own end lies behind the comments and blank
lines that follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from assay.scanner.fix.edits import NoEdit
from assay.scanner.sources.templates.syntax import MAX_DEPTH

EACH = "[]"
"""At the end of the name of a list: what follows is set in each element of it, or in the one that is written. A path to what is there leads
through each element without it, too."""
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlNode:
    """A node: `start` is where its tag or it begins, `column` that of its first key or element."""

    __slots__ = ("column", "data", "end", "flow", "items", "kind", "line", "marked", "start", "tag")

    def __init__(self, kind: str, event: Any) -> None:
        self.kind = kind
        """`scalar`, `map`, `list` or `alias`."""
        self.start, self.end = event.start_mark.index, event.end_mark.index
        self.line, self.column = event.start_mark.line + 1, event.start_mark.column
        self.tag: str = getattr(event, "tag", None) or ""
        self.marked = kind == "alias" or getattr(event, "anchor", None) is not None
        """It has an anchor, or is an alias: what is changed in it changes elsewhere."""
        self.flow = bool(getattr(event, "flow_style", False))
        self.data: Any = None
        """Of a scalar, its text and whether it is plain."""
        self.items: list[tuple[YamlNode | None, YamlNode]] = []
        """Key and value; of a list, None and the element."""

    def get(self, name: str) -> YamlNode | None:
        """The value of a key of a map."""
        member = self.entry(name)
        return member[1] if member else None

    def entry(self, name: str) -> tuple[YamlNode, YamlNode] | None:
        """A key of a map with its value; of several, the last counts."""
        for key, value in reversed(self.items):
            if self.kind == "map" and key is not None and key.kind == "scalar" and key.data[0] == name:
                return key, value
        return None

    def at(self, path: str) -> YamlNode | None:
        """What a path of keys leads to."""
        node: YamlNode | None = self
        for name in path.split("."):
            node = node.get(name) if node is not None else None
        return node

    def elements(self, path: str) -> list[tuple[int, YamlNode]]:
        """What a path of keys leads to, of lists their elements: where it begins, with its key, and the node."""
        places = [(self.start, self)]
        for name in path.replace(EACH, "").split(".") if path else ():
            entries = [entry for _, node in places if (entry := node.entry(name)) is not None]
            places = []
            for key, value in entries:
                places += [(item.start, item) for _, item in value.items] if value.kind == "list" else [(key.start, value)]
        return places

    def members(self, path: str) -> list[tuple[YamlNode, tuple[YamlNode, YamlNode]]]:
        """What a path of keys leads to, in each element of the lists on the way: the map that it stands in, and its key with the value."""
        outer, _, name = path.replace(EACH, "").rpartition(".")
        return [(holder, entry) for _, holder in self.elements(outer) if (entry := holder.entry(name)) is not None]

    def plain(self) -> Any:
        """The data of a node without tags, with scalars as YAML reads them; None where it is none or has tags."""
        if self.kind == "scalar" and not self.tag.startswith("!"):
            text, plain = self.data
            return _value(text) if plain else text
        if self.kind == "list" and not self.tag:
            return [item.plain() for _, item in self.items]
        if self.kind == "map" and not self.tag:
            return {key.data[0]: value.plain() for key, value in self.items if key is not None and key.kind == "scalar"}
        return None


_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


def _value(text: str) -> Any:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    try:
        return int(text)
    except ValueError:
        return text


def documents(text: str) -> list[YamlNode]:
    """The documents of a text. Raises Refused for what is no YAML."""
    if text.startswith("\ufeff"):
        raise NoEdit("its file begins with a byte order mark: save it without")
    try:
        return list(_Reader(text).documents())
    except (yaml.YAMLError, ValueError):
        raise NoEdit("its file is not read as YAML or JSON") from None


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.events = text, _PARSER(text)

    def documents(self) -> Iterator[YamlNode]:
        self.events.get_event()  # the start of the stream
        while not self.events.check_event(yaml.StreamEndEvent):
            self.events.get_event()  # the start of a document
            yield self.node(self.events.get_event(), 0)
            self.events.get_event()

    def node(self, event: Any, depth: int) -> YamlNode:
        if depth > MAX_DEPTH:
            raise NoEdit("its file is nested too deep")
        if isinstance(event, yaml.AliasEvent):
            return YamlNode("alias", event)
        if isinstance(event, yaml.ScalarEvent):
            node = YamlNode("scalar", event)
            node.data = event.value, bool(event.implicit[0]) and not event.style
            if event.style in ("|", ">"):  # libyaml counts the line breaks after it
                node.end = node.start + len(self.text[node.start : node.end].rstrip())
            return node
        return self._collection(event, depth)

    def _collection(self, event: Any, depth: int) -> YamlNode:
        of_map = isinstance(event, yaml.MappingStartEvent)
        node = YamlNode("map" if of_map else "list", event)
        last = yaml.MappingEndEvent if of_map else yaml.SequenceEndEvent
        while not isinstance(inner := self.events.get_event(), last):
            first = self.node(inner, depth + 1)
            value = self.node(self.events.get_event(), depth + 1) if of_map else first
            if not node.items and not node.flow:
                node.column = inner.start_mark.column - (0 if of_map else 2)
            node.items.append((first if of_map else None, value))
            node.end = max(node.end if node.flow else node.start, first.end, value.end)
        if node.flow:
            end: Any = inner.end_mark
            node.end = end.index
        return node
