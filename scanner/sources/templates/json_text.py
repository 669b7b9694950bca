"""Templates in JSON. Places are looked up when they are asked for: most of a template is never reported."""

from __future__ import annotations

import json
import math
from collections.abc import Container
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.lines import Lines
from assay.scanner.sources.templates.syntax import Malformed, Parsed, Path, earlier, is_resource, size

_SPACE = lazy_re.pattern(r"[ \t\r\n]*")
_decoder = json.JSONDecoder()


def parse(text: str, lines: Lines) -> Parsed:
    """A document whose top is an object or list. Raises Malformed."""
    duplicates: list[str] = []

    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        built = dict(pairs)
        return built if len(built) == len(pairs) else repeated(pairs)

    def repeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for name, value in pairs:
            if name in built:
                duplicates.append(name)
                if is_resource(built[name]):
                    built[earlier(name, built)] = built[name]
            built[name] = value
        return built

    try:
        data = json.loads(text, object_pairs_hook=build, parse_constant=str, parse_int=_integer, parse_float=_decimal)
    except json.JSONDecodeError as error:
        raise Malformed(f"not JSON: {error.msg}", error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from error
    size(data)
    return Parsed(data, JsonPlaces(text), lines, [(name, 0) for name in dict.fromkeys(duplicates)])


_MAX_DIGITS = 300


def _integer(text: str) -> int | str:
    """A number, text where it is longer than any that a template means: Python itself refuses more than 4,300 digits."""
    return int(text) if len(text) <= _MAX_DIGITS else text


def _decimal(text: str) -> float | str:
    """A number, text where no number of a machine is as large."""
    number = float(text)
    return number if math.isfinite(number) else text


class JsonPlaces:
    """Walks the text along a path; everything beside the path is skipped by the decoder."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._end = len(text.rstrip())
        self._members: dict[int, dict[str | int, tuple[int, int, int]]] = {}

    def span(self, path: Path) -> tuple[int, int]:
        """The characters of a key with its value, or of an element; of the nearest on the path that is there."""
        at = self._space(0)
        first, end = at, self._end
        for name in path:
            member = self._inside(at).get(name)
            if member is None:
                break
            first, at, end = member
        return first, end

    def value(self, path: Path) -> tuple[int, int] | None:
        """The characters of the value alone that a path leads to, None where it leads nowhere."""
        at = self._space(0)
        end = self._end
        for name in path:
            member = self._inside(at).get(name)
            if member is None:
                return None
            _, at, end = member
        return at, end

    def string(self, path: Path) -> tuple[str, list[int]] | None:
        """The text that a path leads to, and where each of its characters begins; None where it leads to none."""
        span = self.value(path)
        if span is None or self.text[span[0]] != '"':
            return None
        text, starts = unescaped(self.text[span[0] + 1 : span[1] - 1])
        return text, [span[0] + 1 + start for start in starts]

    def _space(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def _inside(self, at: int) -> dict[str | int, tuple[int, int, int]]:
        """Members of the object or list at an offset: start of the key, start of the value, end of the value."""
        if at not in self._members:
            try:
                self._members[at] = self._read(at)
            except (ValueError, IndexError, StopIteration, RecursionError):
                self._members[at] = {}
        return self._members[at]

    def _key(self, key: str, members: Container[str | int]) -> str:
        """How paths name a key of an object of which `members` are read: of several alike, the last counts."""
        return key

    def _read(self, at: int) -> dict[str | int, tuple[int, int, int]]:
        members: dict[str | int, tuple[int, int, int]] = {}
        text, object_ = self.text, self.text[at] == "{"
        if text[at] not in "{[":
            return members
        at = self._space(at + 1)
        while text[at] not in "}]":
            first: int = at
            key: str | int = len(members)
            if object_:
                written, at = json.decoder.scanstring(text, at + 1)  # type: ignore[attr-defined]
                key, at = self._key(written, members), self._space(self._space(at) + 1)
            _, end = _decoder.raw_decode(text, at)
            if key in members:
                members[earlier(key, members)] = members[key]
            members[key] = (first, at, end)
            at = self._space(end)
            if text[at] == ",":
                at = self._space(at + 1)
        return members


class JsonDocument:
    """The text of a document, with the places of its parts."""

    def __init__(self, text: str) -> None:
        self._places = JsonPlaces(text)
        try:
            self._data: Any = _decoder.decode(text)
        except (ValueError, RecursionError):
            self._data = None

    def span(self, content: Any, path: Path) -> tuple[int, int] | None:
        """The characters of what a path leads to, as far as the text has the shape of `content`; None for the whole.

        Text with parts that are not known yet stands in for the content: where an object has other keys in it, or a list another number
        of elements, what is inside may be anything.
        """
        data, depth = self._data, 0
        for name in path:
            if not same_shape(data, content) or not has(data, name):
                break
            data, content, depth = data[name], content[name], depth + 1
        return self._places.span(path[:depth]) if depth else None


def has(data: Any, name: str | int) -> bool:
    """Whether a name leads from an object or list to something in it."""
    return name in data if isinstance(data, dict) else isinstance(name, int) and name < len(data)


def same_shape(one: Any, other: Any) -> bool:
    """Whether two values are objects with the same keys, or lists of the same length."""
    if isinstance(one, dict):
        return isinstance(other, dict) and one.keys() == other.keys()
    return isinstance(one, list) and isinstance(other, list) and len(one) == len(other)


_ESCAPED = lazy_re.pattern(r'\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))')


def unescaped(raw: str) -> tuple[str, list[int]]:
    """The text of what stands between the quotes of a JSON string, and where each of its characters begins there; the end, at last."""
    text, starts, at = [], [], 0
    while at < len(raw):
        match = _ESCAPED.match(raw, at)
        starts.append(at)
        text.append(json.loads(f'"{match[0]}"') if match else raw[at])
        at = match.end() if match else at + 1
    return "".join(text), [*starts, len(raw)]
