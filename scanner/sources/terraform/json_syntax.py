"""Terraform's JSON syntax: https://developer.hashicorp.com/terraform/language/syntax/json

In JSON a nested block and an argument look alike. What holds objects is both: an argument with that value, and blocks with these contents.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Container, Iterator
from typing import Any

from assay.scanner.sources.lines import BYTE_ORDER_MARK, Lines
from assay.scanner.sources.raw import Location
from assay.scanner.sources.templates.json_text import JsonPlaces, span_of, unescaped
from assay.scanner.sources.templates.syntax import Path
from assay.scanner.sources.terraform import parsing, tree
from assay.scanner.sources.terraform.blocks import Argument, Block, Content
from assay.scanner.sources.terraform.document_places import Opened

_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "dynamic": 1}
_COMMENT = "//"


_AGAIN = "\0"
"""Between a key and its number, where an object has it more than once: each is a block of its own."""
_MAX_SAME = 1000


def name(key: str) -> str:
    """A key as it is written."""
    return key.partition(_AGAIN)[0]


def _numbered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) < len(pairs):
        if max(Counter(key for key, _ in pairs).values()) > _MAX_SAME:
            raise ValueError(f"an object has a key more than {_MAX_SAME:,} times")
        built = {}
        for key, value in pairs:
            built[_next(key, built)] = value
    return built


def _next(key: str, taken: Container[str | int]) -> str:
    """The key itself, or with a number where an object has it already."""
    number = 1
    numbered = key
    while numbered in taken:
        number += 1
        numbered = f"{key}{_AGAIN}{number}"
    return numbered


class _Places(JsonPlaces):
    """Places by numbered keys."""

    def _key(self, key: str, found: Container[str | int]) -> str:
        return _next(key, found)


class JsonText:
    """The text of a file."""

    __slots__ = ("lines", "places")

    def __init__(self, text: str, lines: Lines) -> None:
        self.lines, self.places = lines, _Places(text)

    def place(self, at: Path) -> Location:
        return self.lines.location(*self.places.span(at))

    def document_place(self, at: Path, content: Any, path: Path) -> Location:
        """Of a path in the document that the string at `at` is the text of. One with interpolations is one part."""
        value = self.places.value(at)
        if value is not None:
            first, last = value
            document, starts = unescaped(self.places.text[first + 1 : last - 1])
            span = span_of(document, content, path) if "${" not in document and "%{" not in document else None
            if span is not None:
                return self.lines.location(*(first + 1 + starts[at] for at in span))
        return self.place(at)


class JsonArgument(Argument):
    """A key of an object with its value."""

    __slots__ = ("_at", "_expression", "before", "content")

    def __init__(self, text: JsonText, at: Path, content: Any, before: Argument | None = None) -> None:
        """`before`: the same key of the same object before this one. Both are blocks, if they are any."""
        super().__init__(text)
        self._at, self.content, self.before = at, content, before
        self._expression: Any = None

    @property
    def at(self) -> Path:
        return self._at

    @property
    def expression(self) -> Any:
        if self._expression is None:
            self._expression = whole_expression(self.content)
        return self._expression

    def document_place(self, content: Any, path: Path, opened: Opened) -> Location:
        text: Any = self.text
        return text.document_place(self._at, content, path) if isinstance(self.content, str) else self.location

    def blocks(self, type_: str) -> list[Block] | None:
        elements = self.content if isinstance(self.content, list) else [self.content]
        if not elements or not all(isinstance(element, dict) and not _computed(element) for element in elements):
            return None
        before = self.before.blocks(type_) if self.before else None
        return [*(before or ()), *(_block(type_, (), self.text, at, body) for _, at, body in _labelled(self.content, 0, self._at))]


def load(source: bytes) -> tuple[str, dict[str, Any], int]:
    """The text of a JSON file, its object, and the length of its byte order mark. Raises ValueError, RecursionError."""
    text = source.decode("utf-8-sig")
    content = json.loads(text, object_pairs_hook=_numbered)
    if not isinstance(content, dict):
        raise ValueError("the document is not an object")
    mark = BYTE_ORDER_MARK.encode()
    return text, content, len(mark) if source.startswith(mark) else 0


def blocks(source: bytes, file: str, lines: type[Lines] = Lines) -> list[Block]:
    """The top-level blocks of a file. Raises ValueError, RecursionError."""
    text, content, skipped = load(source)
    where = JsonText(text, lines(file, text, skipped))
    return [
        _block(name(kind), labels, where, at, body)
        for kind, bodies in content.items()
        for labels, at, body in _labelled(bodies, _LABELS.get(name(kind), 0), (kind,))
    ]


def _block(type_: str, labels: tuple[str, ...], text: Any, at: Path, body: dict[str, Any]) -> Block:
    return Block(type_, labels, text, at, functools.partial(_content, type_, text, at, body))


def _labelled(content: Any, labels: int, at: Path) -> Iterator[tuple[tuple[str, ...], Path, dict[str, Any]]]:
    """Labels, path and content of every block below a key: so many levels of objects with labels, and lists of several at any of them."""
    if isinstance(content, list):
        for number, element in enumerate(content):
            yield from _labelled(element, labels, (*at, number))
    elif isinstance(content, dict) and labels:
        for label, inner in content.items():
            for more, path, body in _labelled(inner, labels - 1, (*at, label)):
                yield (name(label), *more), path, body
    elif isinstance(content, dict):
        yield (), at, content


def _content(type_: str, text: JsonText, at: Path, body: dict[str, Any]) -> Content:
    """What is always a block is one: `dynamic`, the content of that, `lifecycle`."""
    arguments: dict[str, Argument] = {}
    inside: list[Block] = []
    for key, content in body.items():
        word = name(key)
        if word == _COMMENT:
            continue
        if word in ("dynamic", "lifecycle") or (word == "content" and type_ == "dynamic"):
            labelled = _labelled(content, _LABELS.get(word, 0), (*at, key))
            inside += [_block(word, labels, text, path, inner) for labels, path, inner in labelled]
        else:
            arguments[word] = JsonArgument(text, (*at, key), content, arguments.get(word))
    return arguments, inside


def _computed(element: dict[str, Any]) -> bool:
    """Whether an object has a key that is an expression, as a map may have and a block has not."""
    return any("${" in key or "%{" in key for key in element)


def whole_expression(content: Any) -> Any:
    """The tree of a value; one that is nested deeper than any real one counts as not readable."""
    try:
        return expression(content)
    except RecursionError:
        return tree.Unreadable("nested too deeply")


def expression(content: Any) -> Any:
    """The tree of a value: texts are templates."""
    if isinstance(content, str):
        return parsing.template(content)
    if isinstance(content, list):
        return tree.List(tuple(expression(element) for element in content))
    if isinstance(content, dict):
        return tree.Object(tuple((expression(name(key)), expression(value)) for key, value in content.items() if key != _COMMENT))
    return tree.Literal(content)
