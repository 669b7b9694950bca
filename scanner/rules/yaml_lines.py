"""YAML of rules and of `assay.yaml`, with the line of every value, so that an error can name it.

Read event by event: libyaml's own composer can be made to overflow the stack. What these files have no use for is refused: aliases, keys
that are no text, tags that are not of YAML's core schema (https://yaml.org/spec/1.2.2/#103-core-schema), depth.
"""

from __future__ import annotations

import math
from typing import Any

import yaml

Path = tuple[str | int, ...]
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 40
_LONGEST_NUMBER = 40
"""Characters of a number. Python takes quadratic time for long ones, and refuses them beyond 4,300 digits."""
_CORE = {f"tag:yaml.org,2002:{name}": name for name in ("null", "bool", "int", "float", "str")}


def load(text: str) -> tuple[Any, dict[Path, int]]:
    """The data of one document and the 1-based line of each path in it. Raises yaml.YAMLError: also for a repeated key, an alias, a number
    that does not fit in 64 bits, and what is nested too deep."""
    try:
        builder = _Builder(_LOADER(text))
    except UnicodeEncodeError:  # half of a surrogate pair
        raise yaml.YAMLError("a character that no text can hold") from None
    try:
        return builder.document(), builder.lines
    finally:
        builder.events.dispose()


class _Builder:
    def __init__(self, events: Any) -> None:
        self.events = events
        self.lines: dict[Path, int] = {}

    def document(self) -> Any:
        self.events.get_event()  # the start of the stream
        if self.events.check_event(yaml.StreamEndEvent):
            return None
        self.events.get_event()  # the start of the document
        data = self.value(())
        self.events.get_event()
        if not self.events.check_event(yaml.StreamEndEvent):
            raise _refused(self.events.peek_event(), "there is more than one document")
        return data

    def value(self, path: Path) -> Any:
        event: Any = self.events.get_event()
        self.lines[path] = event.start_mark.line + 1
        if len(path) > _MAX_DEPTH:
            raise _refused(event, f"nested deeper than {_MAX_DEPTH} levels")
        if isinstance(event, yaml.AliasEvent):  # a few can stand for more than any memory holds
            raise _refused(event, "aliases are not supported")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if event.tag not in (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            raise _refused(event, f"the tag {event.tag} is not supported")
        return self._mapping(path) if isinstance(event, yaml.MappingStartEvent) else self._sequence(path)

    def _mapping(self, path: Path) -> dict[str, Any]:
        built: dict[str, Any] = {}
        while not self.events.check_event(yaml.MappingEndEvent):
            event: Any = self.events.get_event()
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                raise _refused(event, "aliases are not supported" if isinstance(event, yaml.AliasEvent) else "a key has to be text")
            key = str(event.value)
            if key in built:
                raise _refused(event, f"the key {key!r} stands twice")
            built[key] = self.value((*path, key))
            self.lines[(*path, key)] = line
        self.events.get_event()
        return built

    def _sequence(self, path: Path) -> list[Any]:
        built: list[Any] = []
        while not self.events.check_event(yaml.SequenceEndEvent):
            built.append(self.value((*path, len(built))))
        self.events.get_event()
        return built

    def _scalar(self, event: Any) -> Any:
        tag = event.tag if event.tag not in (None, "!") else self.events.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag == "tag:yaml.org,2002:timestamp":  # of YAML 1.1: in the core schema a date is text
            return str(event.value)
        kind = _CORE.get(tag)
        if kind is None:
            raise _refused(event, f"{event.value[:40]!r} is read as {tag.rpartition(':')[2]}: write it in quotes")
        if kind != "str" and len(event.value) > _LONGEST_NUMBER:
            raise _refused(event, f"a number of more than {_LONGEST_NUMBER} characters")
        try:
            data = self.events.construct_object(yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark))
        except (ValueError, LookupError, AttributeError):
            raise _refused(event, f"{event.value[:40]!r} is not of the type {kind}") from None
        if isinstance(data, float) and not math.isfinite(data):
            raise _refused(event, f"{event.value!r} is no number that can be compared")
        if isinstance(data, int) and not -(1 << 63) <= data < 1 << 63:
            raise _refused(event, f"{event.value!r} does not fit in 64 bits")
        return data


def _refused(event: Any, problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
