"""Templates in YAML, read event by event: libyaml's own composer can be made to overflow the stack.

Scalars are read as YAML 1.1 does, but dates, octal and sexagesimal numbers stay text, which is what templates mean by them.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator
from typing import Any

import yaml

from assay.scanner import lazy_re
from assay.scanner.sources.lines import Lines
from assay.scanner.sources.templates.syntax import MAX_DEPTH, Malformed, Parsed, Path, allowed, decode, earlier, is_resource, size

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}
_FALSE = {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}
_INTEGER = lazy_re.pattern(r"[-+]?(?:0|[1-9][0-9]{0,30})")
_DECIMAL = lazy_re.pattern(r"[-+]?(?:[0-9]{1,30}\.[0-9]{0,30}|\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,3})?")
_MERGE = "<<"
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NodeSpan:
    """The characters `[start, end)` of a value, with its key where it has one, and those of what is inside."""

    __slots__ = ("end", "inside", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end
        self.inside: dict[str | int, NodeSpan] = {}


def parse(text: str, lines: Lines | None = None) -> Parsed:
    """The one document of a text. Raises Malformed."""
    try:
        built = _Builder(text, lines).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Malformed(f"not YAML: {error.problem or error.context}", mark.line + 1 if mark else 0) from error
    except (yaml.YAMLError, ValueError) as error:
        raise Malformed(f"not YAML: {error}".replace("\n", " ")[:300]) from error
    size(built.data)
    return built


def parse_documents(text: str, lines: Lines | None = None) -> tuple[list[Parsed], Malformed | None]:
    """The documents of a file, as far as they can be read, and why not all."""
    documents: list[Parsed] = []
    try:
        for parsed in _Builder(text, lines).documents():
            size(parsed.data)
            documents.append(parsed)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return documents, Malformed(f"not YAML: {error.problem or error.context}", mark.line + 1 if mark else 0)
    except (yaml.YAMLError, ValueError) as error:
        return documents, Malformed(f"not YAML: {error}".replace("\n", " ")[:300])
    except Malformed as error:
        return documents, error
    return documents, None


def several(source: bytes) -> tuple[list[Any], bool]:
    """The data of each document of a file in YAML, as far as they can be read, and whether that is all of it."""
    try:
        text, lines = decode(source)
        documents, error = parse_documents(text, lines)
    except Malformed:
        return [], False
    return [document.data for document in documents], error is None


class _Builder:
    def __init__(self, text: str, lines: Lines | None) -> None:
        self.events = _PARSER(text)
        self.text, self.lines = text, lines or Lines("", text)
        self.anchors: dict[str, tuple[Any, NodeSpan]] = {}
        self.duplicates: list[tuple[str, int]] = []
        self.values = self.merged = 0
        """Of all maps so far: values with a key, and those that merge keys copied."""

    def document(self) -> Parsed:
        self.events.get_event()  # the start of the stream
        if self.events.check_event(yaml.StreamEndEvent):
            return Parsed(None, _Places(NodeSpan(0, 0), self.text), self.lines, [])
        self.events.get_event()  # the start of the document
        data, mark = self.value(self.events.get_event(), 0)
        self.events.get_event()
        if not self.events.check_event(yaml.StreamEndEvent):
            event: Any = self.events.peek_event()
            raise Malformed("more than one document", event.start_mark.line + 1)
        return Parsed(data, _Places(mark, self.text), self.lines, self.duplicates)

    def documents(self) -> Iterator[Parsed]:
        self.events.get_event()  # the start of the stream
        while not self.events.check_event(yaml.StreamEndEvent):
            self.events.get_event()  # the start of a document
            self.anchors, self.duplicates = {}, []
            data, mark = self.value(self.events.get_event(), 0)
            self.events.get_event()
            yield Parsed(data, _Places(mark, self.text), self.lines, self.duplicates)

    def value(self, event: Any, depth: int) -> tuple[Any, NodeSpan]:
        """One node from its first event."""
        if depth > MAX_DEPTH:
            raise Malformed(f"nested deeper than {MAX_DEPTH} levels", event.start_mark.line + 1)
        line, mark = event.start_mark.line + 1, NodeSpan(event.start_mark.index, event.end_mark.index)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise Malformed(f"there is no anchor {event.anchor}", line)
            data, anchored = self.anchors[event.anchor]
            mark.inside = anchored.inside
            return data, mark
        if isinstance(event, yaml.ScalarEvent):
            data = _scalar(event)
            if event.style in ("|", ">"):  # libyaml counts the line breaks after it
                mark.end = mark.start + len(self.text[mark.start : mark.end].rstrip())
        elif isinstance(event, yaml.SequenceStartEvent):
            data = self._sequence(mark, bool(event.flow_style), depth)
        elif isinstance(event, yaml.MappingStartEvent):
            data = self._mapping(mark, bool(event.flow_style), depth)
        else:
            raise Malformed("not as YAML is built", line)
        data = _long_form(event.tag, data)
        if event.anchor:
            self.anchors[event.anchor] = (data, mark)
        return data, mark

    def _sequence(self, mark: NodeSpan, flow: bool, depth: int) -> list[Any]:
        built: list[Any] = []
        while not isinstance(event := self.events.get_event(), yaml.SequenceEndEvent):
            data, inner = self.value(event, depth + 1)
            mark.inside[len(built)] = inner
            mark.end = inner.end
            built.append(data)
        if flow:
            end: Any = event.end_mark
            mark.end = end.index
        return built

    def _key(self, event: Any) -> str | None:
        """The text of a key; None where it is no text."""
        start, end = event.start_mark, event.end_mark
        if isinstance(event, yaml.AliasEvent):
            anchored = self.anchors.get(event.anchor or "")
            return anchored[0] if anchored and isinstance(anchored[0], str) else None
        if not isinstance(event, yaml.ScalarEvent):
            return None
        key: str = _from_base64(event.value) if event.tag == _BINARY else event.value
        if event.anchor:
            self.anchors[event.anchor] = (key, NodeSpan(start.index, end.index))
        return key

    def _mapping(self, mark: NodeSpan, flow: bool, depth: int) -> dict[str, Any]:
        built: dict[str, Any] = {}
        merged: list[tuple[Any, NodeSpan]] = []
        line = 0
        while not isinstance(event := self.events.get_event(), yaml.MappingEndEvent):
            start: Any = event.start_mark
            key, line = self._key(event), start.line + 1
            if key is None:
                raise Malformed("a key that is no text", start.line + 1)
            data, inner = self.value(self.events.get_event(), depth + 1)
            mark.end = inner.end
            self.values += 1
            if key == _MERGE and isinstance(event, yaml.ScalarEvent) and event.implicit[0]:
                merged += [(element, inner.inside[at]) for at, element in enumerate(data)] if isinstance(data, list) else [(data, inner)]
                continue
            if key in built:
                self.duplicates.append((key, start.line + 1))
                if is_resource(built[key]):
                    before = earlier(key, built)
                    mark.inside[before], built[before] = mark.inside[key], built[key]
            placed = NodeSpan(start.index, inner.end)
            placed.inside = inner.inside
            mark.inside[key], built[key] = placed, data
        for data, inner in merged:
            if isinstance(data, dict):
                self.merged += len(data) + len(built)
                if self.merged > allowed(self.values):
                    raise Malformed(f"merge keys make {self.merged} values of {self.values} that are written", line)
                built = {**data, **built}
                mark.inside = {**inner.inside, **mark.inside}
        if flow:
            end: Any = event.end_mark
            mark.end = end.index
        return built


def _scalar(event: Any) -> Any:
    text: str = event.value
    if not event.implicit[0] or event.style:
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text


_BINARY = "tag:yaml.org,2002:binary"


def _from_base64(data: str) -> str:
    """The text that kubectl reads (https://yaml.org/type/binary.html); the data itself where it is none."""
    try:
        return base64.b64decode("".join(data.split()), validate=True).decode()
    except ValueError:
        return data


_UNCHANGED = {"Ref": "Ref", "Condition": "Condition"}


def _long_form(tag: str | None, data: Any) -> Any:
    """`!GetAtt a.b` as `{"Fn::GetAtt": ["a", "b"]}`; tags of YAML itself say nothing that is needed here."""
    if tag is None or not tag.startswith("!") or tag == "!":
        if tag == "tag:yaml.org,2002:str" and data is not None and not isinstance(data, (dict, list)):
            return str(data)
        return _from_base64(data) if tag == _BINARY and isinstance(data, str) else data
    name = tag[1:]
    if name == "GetAtt" and isinstance(data, str):
        data = data.split(".", 1)
    return {_UNCHANGED.get(name, f"Fn::{name}"): data}


_LITERAL = lazy_re.pattern(r"(?:^|[:\-?][ \t]+)(?:[!&]\S+[ \t]+)*\|([-+]?)([1-9]?)[-+]?[ \t]*(?:#[^\n]*)?\n")


def _literal_block(written: str) -> tuple[str, list[int]] | None:
    """The text of a literal block (`|`), and where each of its characters begins in what is written; None where that is none.

    `written`: a key with its value, or an element. https://yaml.org/spec/1.2.2/#812-literal-style
    """
    header = _LITERAL.search(written)
    if header is None or "\n" in written[: header.start()]:
        return None
    lines = written[header.end() :].split("\n")
    first = next((line for line in lines if line.strip()), "")
    indent = len(first) - len(first.lstrip(" "))
    text: list[str] = []
    starts: list[int] = []
    at = header.end()
    for line in lines:
        kept = line[indent:]
        text.append(f"{kept}\n")
        starts += range(at + min(indent, len(line)), at + len(line) + 1)
        at += len(line) + 1
    return "".join(text), [*starts, at]


class _Places:
    def __init__(self, mark: NodeSpan, text: str) -> None:
        self.mark, self.text = mark, text

    def span(self, path: Path) -> tuple[int, int]:
        """The characters of a key with its value, or of an element; of the nearest on the path that is there."""
        mark, _ = self._nearest(path)
        return mark.start, mark.end

    def string(self, path: Path) -> tuple[str, list[int]] | None:
        """The text of a literal block, and where each of its characters begins; None of text that is written in another way."""
        mark, is_there = self._nearest(path)
        written = _literal_block(self.text[mark.start : mark.end]) if is_there else None
        return None if written is None else (written[0], [mark.start + start for start in written[1]])

    def _nearest(self, path: Path) -> tuple[NodeSpan, bool]:
        """What a path leads to, or the nearest on it that is there, and which of the two."""
        mark = self.mark
        for name in path:
            if isinstance(name, str) and name not in mark.inside and (name.startswith("Fn::") or name in _UNCHANGED):
                continue  # a short form: the tag has no place of its own
            inner = mark.inside.get(name)
            if inner is None:
                return mark, False
            mark = inner
        return mark, True
