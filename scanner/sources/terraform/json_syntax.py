"""Terraform's JSON syntax: https://developer.hashicorp.com/terraform/language/syntax/json

In JSON a nested block and an argument look alike. What holds objects is both: an argument with that value, and blocks with these contents.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Container, Iterator
from typing import Any

import msgspec

from assay.scanner.override import override
from assay.scanner.sources.lines import BYTE_ORDER_MARK, Lines
from assay.scanner.sources.raw import Location
from assay.scanner.sources.templates.json_text import JsonDocument, JsonPlaces
from assay.scanner.sources.templates.syntax import Path
from assay.scanner.sources.terraform import parsing, tree
from assay.scanner.sources.terraform.blocks import Argument, Block, Content, one_of_two
from assay.scanner.sources.terraform.document_places import LONGEST, Opened

_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "check": 1, "action": 2,
           "dynamic": 1}  # fmt: skip
_LABELS_INSIDE = {"provisioner": 1}
"""Types of blocks in others to their labels."""
_COMMENT = "//"


_AGAIN = "\0"
"""Between a key and its number, where an object has it more than once: each is a block of its own."""
_MAX_SAME = 1000


def name(key: str) -> str:
    """A key as it is written."""
    return key.partition(_AGAIN)[0]


def _numbered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if max(Counter(key for key, _ in pairs).values()) > _MAX_SAME:
        raise ValueError(f"an object has a key more than {_MAX_SAME:,} times")
    built: dict[str, Any] = {}
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

    def _key(self, key: str, members: Container[str | int]) -> str:
        return _next(key, members)


class JsonText:
    """The text of a file."""

    __slots__ = ("lines", "places")

    def __init__(self, text: str, lines: Lines) -> None:
        self.lines, self.places = lines, _Places(text)

    def place(self, at: Path) -> Location:
        """The place of what a path leads to, a key with its value."""
        return self.lines.location(*self.places.span(at))


class _InString:
    """The document that the string of an argument is the text of. One with interpolations is one part."""

    def __init__(self, argument: JsonArgument) -> None:
        self._argument = argument

    def place(self, content: Any, inside: Path) -> Location:
        """The place of a part of the document, whose content is as given."""
        if self._read is not None:
            document, starts = self._read
            if (span := document.span(content, inside)) is not None:
                text: Any = self._argument.text
                place: Location = text.lines.location(*(starts[at] for at in span))
                return place
        return self._argument.location

    @functools.cached_property
    def _read(self) -> tuple[JsonDocument, list[int]] | None:
        """The document, and where each of its characters begins in the file; None where it is one part."""
        text: Any = self._argument.text
        start, end = text.places.span(self._argument.at)
        written = text.places.string(self._argument.at) if end - start <= LONGEST else None
        if written is None or "${" in written[0] or "%{" in written[0]:
            return None
        return JsonDocument(written[0]), written[1]


class JsonArgument(Argument):
    """A key of an object with its value."""

    __slots__ = ("_at", "_blocks", "_expression", "content")

    def __init__(self, text: JsonText, at: Path, content: Any, before: Argument | None = None) -> None:
        """Keys of one name in an object are blocks, all of them, if they are any."""
        super().__init__(text, before)
        self._at, self.content = at, content
        self._expression: Any = None
        self._blocks: tuple[str, list[Block]] | None = None

    @property
    @override
    def at(self) -> Path:
        return self._at

    @property
    @override
    def expression(self) -> Any:
        if self._expression is None:
            self._expression = one_of_two(self.before, whole_expression(self.content))
        return self._expression

    @override
    def document(self, opened: Opened) -> _InString:
        return _InString(self)

    @override
    def blocks(self, type_: str) -> list[Block] | None:
        """Read by the type that is asked for, and kept for that one alone."""
        if self._blocks is None or self._blocks[0] != type_:
            if not self._are_blocks:
                return None
            self._blocks = type_, self._made(type_)
        return self._blocks[1]

    @override
    def follow(self, other: Argument) -> None:
        """Forgets the blocks that it was read as: those of the other are among them."""
        self._blocks = None
        super().follow(other)

    def _made(self, type_: str) -> list[Block]:
        same: list[JsonArgument] = []
        argument: Any = self
        while argument is not None and argument._are_blocks:
            same.insert(0, argument)
            argument = argument.before
        bodies = [block for one in same for block in _labelled(one.content, _LABELS_INSIDE.get(type_, 0), one._at)]
        return [_block(type_, labels, self.text, at, body) for labels, at, body in bodies]

    @property
    def _are_blocks(self) -> bool:
        elements = self.content if isinstance(self.content, list) else [self.content]
        return bool(elements) and all(isinstance(element, dict) and not _computed(element) for element in elements)


class Loaded(msgspec.Struct, frozen=True):
    """A JSON file: its text, its object or list, the length of its byte order mark, and whether an object has a key more than once."""

    text: str
    content: Any
    skipped: int
    repeated: bool


def load(source: bytes) -> Loaded:
    """A JSON file. Raises ValueError, RecursionError."""
    text = source.decode("utf-8-sig")
    repeated = False

    def built(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        plain = dict(pairs)
        if len(plain) == len(pairs):
            return plain
        repeated = True
        return _numbered(pairs)

    content = json.loads(text, object_pairs_hook=built)
    mark = BYTE_ORDER_MARK.encode()
    return Loaded(text, content, len(mark) if source.startswith(mark) else 0, repeated)


def arguments(source: bytes) -> dict[str, Any]:
    """The content of a variable file: name to expression. Raises ValueError, RecursionError."""
    content = load(source).content
    if not isinstance(content, dict):
        raise ValueError("the document is not an object")
    for key in content:
        if _AGAIN in key and name(key) != _COMMENT:
            raise ValueError(f'"{name(key)}" is set twice, which Terraform refuses')
    return {name: whole_expression(value) for name, value in content.items() if name != _COMMENT}


def blocks(source: bytes, file: str, lines: type[Lines] = Lines) -> tuple[list[Block], list[tuple[Location, str]]]:
    """The top-level blocks of a file, and the places of arguments that a block has twice, with their names, and of what should be a block
    and is none, without. The whole may be a list of objects, as the content of any block. Raises ValueError, RecursionError.
    """
    loaded = load(source)
    content = loaded.content
    where = JsonText(loaded.text, lines(file, loaded.text, loaded.skipped))
    several = isinstance(content, list)
    parts: list[tuple[Path, Any]] = [((number,), part) for number, part in enumerate(content)] if several else [((), content)]
    if not all(isinstance(part, dict) for _, part in parts):
        raise ValueError("the document is not an object")
    top_level: list[Block] = []
    faults = [(at, word) for top, part in parts for at, word in _repeated(part, top)] if loaded.repeated else list[tuple[Path, str]]()
    kinds = [(name(kind), (*top, kind), bodies) for top, part in parts for kind, bodies in part.items()]
    for kind, top, bodies in kinds:
        if kind != _COMMENT:
            top_level += [_block(kind, labels, where, at, body) for labels, at, body in _labelled(bodies, _LABELS.get(kind, 0), top)]
            faults += [(at, "") for at in _misshapen(bodies, _LABELS.get(kind, 0), top)]
    return top_level, [(where.place(at), word) for at, word in faults]


def _block(type_: str, labels: tuple[str, ...], text: Any, at: Path, body: dict[str, Any]) -> Block:
    block = Block(type_, labels, text, at, functools.partial(_content, type_, text, at, body))
    remark = body.get(_COMMENT)
    block.remark = remark if isinstance(remark, str) else ""
    return block


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


def _misshapen(content: Any, labels: int, at: Path) -> Iterator[Path]:
    """The paths of what should be the content of a block, or hold its labels, and is no object: null alone is no block."""
    if isinstance(content, list):
        for number, element in enumerate(content):
            yield from _misshapen(element, labels, (*at, number))
    elif isinstance(content, dict) and labels:
        for label, inner in content.items():
            yield from _misshapen(inner, labels - 1, (*at, label))
    elif content is not None and not isinstance(content, dict):
        yield at


def _repeated(content: Any, at: Path) -> Iterator[tuple[Path, str]]:
    """The paths and names of keys that an object has before, at any depth, where they cannot all be blocks, which are then several.

    Terraform merges repeated keys of blocks, and refuses those of arguments and of objects: `collectDeepAttrs`, `PartialContent` and
    `Value` in https://github.com/hashicorp/hcl/blob/main/json/structure.go.
    """
    if isinstance(content, list):
        for number, element in enumerate(content):
            yield from _repeated(element, (*at, number))
    elif isinstance(content, dict):
        plain = {name(key) for key, value in content.items() if not _may_be_block(value)}
        for key, value in content.items():
            if _AGAIN in key and name(key) in plain and name(key) != _COMMENT:
                yield (*at, key), name(key)
            yield from _repeated(value, (*at, key))


def _may_be_block(content: Any) -> bool:
    elements = content if isinstance(content, list) else [content]
    return bool(elements) and all(isinstance(element, dict) for element in elements)


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
    """The tree of a value: texts are templates. In an object that is no block, `//` is a key like others."""
    if isinstance(content, str):
        return parsing.template(content)
    if isinstance(content, list):
        return tree.List(tuple(expression(element) for element in content))
    if isinstance(content, dict):
        return tree.Object(tuple((expression(name(key)), expression(value)) for key, value in content.items()))
    return tree.Literal(content)
