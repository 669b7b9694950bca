"""Templates in YAML, read event by event: libyaml's own composer can be made to overflow the stack.

Scalars are read as YAML 1.1 does, but dates, octal and sexagesimal numbers stay text, which is what templates mean by them.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from assay.scanner.sources.templates.syntax import MAX_DEPTH, Malformed, Parsed, Path, size

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}
_FALSE = {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,30})")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]{1,30}\.[0-9]{0,30}|\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,3})?")
_MERGE = "<<"
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Mark:
    """Lines of a value, and those of what is inside."""

    __slots__ = ("end", "inside", "line")

    def __init__(self, line: int) -> None:
        self.line, self.end = line, line
        self.inside: dict[str | int, Mark] = {}


def parse(text: str) -> Parsed:
    try:
        parser = _PARSER(text)
        built = _Builder(parser).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Malformed(f"not YAML: {error.problem or error.context}", mark.line + 1 if mark else 0) from error
    except (yaml.YAMLError, ValueError) as error:
        raise Malformed(f"not YAML: {error}".replace("\n", " ")[:300]) from error
    size(built.data)
    return built


def parse_documents(text: str) -> tuple[list[Parsed], Malformed | None]:
    """The documents of a file, as far as they can be read, and why not all."""
    found: list[Parsed] = []
    try:
        builder = _Builder(_PARSER(text))
        for parsed in builder.documents():
            size(parsed.data)
            found.append(parsed)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return found, Malformed(f"not YAML: {error.problem or error.context}", mark.line + 1 if mark else 0)
    except (yaml.YAMLError, ValueError) as error:
        return found, Malformed(f"not YAML: {error}".replace("\n", " ")[:300])
    except Malformed as error:
        return found, error
    return found, None


class _Builder:
    def __init__(self, parser: Any) -> None:
        self.events = parser
        self.anchors: dict[str, tuple[Any, Mark]] = {}
        self.duplicates: list[tuple[str, int]] = []

    def document(self) -> Parsed:
        self.events.get_event()  # the start of the stream
        if self.events.check_event(yaml.StreamEndEvent):
            return Parsed(None, _Places(Mark(1)), [])
        self.events.get_event()  # the start of the document
        data, mark = self.value(self.events.get_event(), 0)
        self.events.get_event()
        if not self.events.check_event(yaml.StreamEndEvent):
            event: Any = self.events.peek_event()
            raise Malformed("more than one document", event.start_mark.line + 1)
        return Parsed(data, _Places(mark), self.duplicates)

    def documents(self) -> Iterator[Parsed]:
        self.events.get_event()  # the start of the stream
        while not self.events.check_event(yaml.StreamEndEvent):
            self.events.get_event()  # the start of a document
            self.anchors, self.duplicates = {}, []
            data, mark = self.value(self.events.get_event(), 0)
            self.events.get_event()
            yield Parsed(data, _Places(mark), self.duplicates)

    def value(self, event: Any, depth: int) -> tuple[Any, Mark]:
        """One node from its first event."""
        line = event.start_mark.line + 1
        if depth > MAX_DEPTH:
            raise Malformed(f"nested deeper than {MAX_DEPTH} levels", line)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise Malformed(f"there is no anchor {event.anchor}", line)
            return self.anchors[event.anchor]
        mark = Mark(line)
        if isinstance(event, yaml.ScalarEvent):
            data: Any = _scalar(event)
            end: Any = event.end_mark
            mark.end = max(line, end.line + (1 if end.column else 0))
        elif isinstance(event, yaml.SequenceStartEvent):
            data = self._sequence(mark, depth)
        elif isinstance(event, yaml.MappingStartEvent):
            data = self._mapping(mark, depth)
        else:
            raise Malformed("not as YAML is built", line)
        data = _long_form(event.tag, data)
        if event.anchor:
            self.anchors[event.anchor] = (data, mark)
        return data, mark

    def _sequence(self, mark: Mark, depth: int) -> list[Any]:
        built: list[Any] = []
        while not isinstance(event := self.events.get_event(), yaml.SequenceEndEvent):
            data, inner = self.value(event, depth + 1)
            mark.inside[len(built)] = inner
            mark.end = max(mark.end, inner.end)
            built.append(data)
        return built

    def _mapping(self, mark: Mark, depth: int) -> dict[str, Any]:
        built: dict[str, Any] = {}
        merged: list[Any] = []
        while not isinstance(event := self.events.get_event(), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                raise Malformed("a key that is no text", line)
            key = event.value
            data, inner = self.value(self.events.get_event(), depth + 1)
            mark.end = max(mark.end, inner.end)
            if key == _MERGE and event.implicit[0]:
                merged += data if isinstance(data, list) else [data]
                continue
            if key in built:
                self.duplicates.append((key, line))
            placed = Mark(line)
            placed.end, placed.inside = max(line, inner.end), inner.inside
            placed.end = max(placed.end, line)
            mark.inside[key], built[key] = placed, data
        for each in merged:
            if isinstance(each, dict):
                built = {**each, **built}
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
    return float(text) if _DECIMAL.fullmatch(text) else text


_UNCHANGED = {"Ref": "Ref", "Condition": "Condition"}


def _long_form(tag: str | None, data: Any) -> Any:
    """`!GetAtt a.b` as `{"Fn::GetAtt": ["a", "b"]}`; tags of YAML itself say nothing that is needed here."""
    if tag is None or not tag.startswith("!") or tag == "!":
        if tag == "tag:yaml.org,2002:str" and data is not None and not isinstance(data, (dict, list)):
            return str(data)
        return data
    name = tag[1:]
    if name == "GetAtt" and isinstance(data, str):
        data = data.split(".", 1)
    return {_UNCHANGED.get(name, f"Fn::{name}"): data}


class _Places:
    def __init__(self, mark: Mark) -> None:
        self.mark = mark

    def span(self, path: Path) -> tuple[int, int]:
        mark = self.mark
        for name in path:
            if isinstance(name, str) and name not in mark.inside and (name.startswith("Fn::") or name in _UNCHANGED):
                continue  # a short form: the tag has no place of its own
            found = mark.inside.get(name)
            if found is None:
                break
            mark = found
        return mark.line, mark.end
