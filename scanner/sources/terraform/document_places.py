"""Where a part of a document is written: a policy in `jsonencode`, in a heredoc or string, or in a file.

A path is followed from the expression of the argument as far as what is written has the shape of the document: an object with the same
keys, a list of the same length. Below an expression whose value is made elsewhere (a variable, a `for`, `merge()`) the place is that of
the expression.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
import tree_sitter

from assay.scanner import lazy_re
from assay.scanner.sources.lines import Lines
from assay.scanner.sources.raw import Location
from assay.scanner.sources.templates.json_text import JsonDocument, has, same_shape
from assay.scanner.sources.templates.syntax import Path
from assay.scanner.sources.terraform import literals, parsing, template_syntax, tree
from assay.scanner.sources.terraform.bounds import NotParsed

T = TypeVar("T")
Opened = Callable[[Any], "tuple[str, str] | None"]
"""The name in reports and the text of the file that an expression names, None where it cannot be told or read."""


_READ_AGAIN = 10_000_000
"""Bytes for one file."""
LONGEST = 1_000_000
"""Bytes of an argument in which parts are looked for."""


class HclDocument:
    """The document that an argument gives. It is read when the place of its first part is asked for."""

    def __init__(self, lines: Lines, source: bytes, span: tuple[int, int], opened: Opened) -> None:
        """`source[slice(*span)]` is the argument in HCL."""
        self._lines, self._source, self._span, self._opened = lines, source, span, opened

    def place(self, content: Any, inside: Path) -> Location:
        """The place of a part of the document, whose content is as given."""
        start, end = self._span
        try:
            span = self._find(content, inside)
        except (RecursionError, NotParsed):  # nested deeper than any document
            span = None
        if isinstance(span, Location):
            return span
        first, last = (0, end - start) if span is None else span
        return self._lines.location_of_bytes(start + first, start + last)

    def line(self, text: str, number: int) -> Location:
        """The place of a line of the text, whose lines are as given; that of the argument where they are not those that are written."""
        start, end = self._span
        written = self._text
        if written is None or written.text.rstrip("\n").count("\n") != text.rstrip("\n").count("\n"):
            return self._lines.location_of_bytes(start, end)
        first, last = written.spans[number - 1]
        if written.lines is not None:
            return written.lines.location(first, last)
        return self._lines.location_of_bytes(start + written.starts[first], start + written.starts[last])

    @functools.cached_property
    def _find(self) -> _Find:
        """What finds parts."""
        nowhere: _Find = _nowhere
        return self._read(_finder, nowhere)

    @functools.cached_property
    def _text(self) -> _Text | None:
        """The text that is written, and where."""
        return self._read(_text, None)

    def _read(self, read: Callable[[bytes, Opened], T], otherwise: T) -> T:
        """Reads the argument again. Of a file that asks for more than may be read again, the later places are those of arguments."""
        start, end = self._span
        self._lines.read_again += end - start
        if end - start > LONGEST or self._lines.read_again > _READ_AGAIN + len(self._source):
            return otherwise
        try:
            return read(self._source[start:end], self._opened)
        except (RecursionError, NotParsed):
            return otherwise


class _Text(msgspec.Struct):
    """Text of several lines."""

    text: str
    lines: Lines | None = None
    """Of the file that it is; None where it stands in the argument."""
    starts: Sequence[int] = ()
    """The byte of the argument at which each character begins."""
    spans: list[tuple[int, int]] = []
    """Each line without the space around it."""

    def __post_init__(self) -> None:
        begin = 0
        for line in self.text.split("\n"):
            first = begin + len(line) - len(line.lstrip())
            self.spans.append((first, first + len(line.strip())))
            begin += len(line) + 1


_Find = Callable[[Any, Path], "Location | tuple[int, int] | None"]
"""The content and a path in it to a span of the argument, or to a place in another file; None for the argument as a whole."""


def _nowhere(content: Any, path: Path) -> None:
    return None


def _finder(argument: bytes, opened: Opened) -> _Find:
    node = _value(argument)
    if node is None:
        return _nowhere
    if node.type == "function_call":
        name, arguments = _called(node)
        if name == "file" and len(arguments) == 1:
            return _in_file(opened(parsing.whole_expression(arguments[0])))
        if name == "jsonencode" and len(arguments) == 1:
            return functools.partial(_encoded, arguments[0])
    elif node.type in ("template_expr", "literal_value"):
        return _in_text(node.children[0])
    return _nowhere


def _value(argument: bytes) -> tree_sitter.Node | None:
    """What the expression of an argument is; None where it is none that Terraform reads."""
    root = parsing.parse(argument + b"\n").root_node
    return None if root.has_error else _inner(root.children[0].children[0].children[2])


def _called(node: tree_sitter.Node) -> tuple[str, list[tree_sitter.Node]]:
    """The name and the arguments of a call."""
    return (node.children[0].text or b"").decode(), _arguments(node)


def _text(argument: bytes, opened: Opened) -> _Text | None:
    node = _value(argument)
    if node is not None and node.type == "function_call":
        name, arguments = _called(node)
        file = opened(parsing.whole_expression(arguments[0])) if name == "file" and len(arguments) == 1 else None
        return _Text(file[1], Lines(*file)) if file is not None else None
    written = _written(node.children[0]) if node is not None and node.type in ("template_expr", "literal_value") else None
    return _Text(written[0], starts=written[1]) if written is not None else None


def _in_file(opened: tuple[str, str] | None) -> _Find:
    if opened is None:
        return _nowhere
    document, lines = JsonDocument(opened[1]), Lines(*opened)

    def find(content: Any, path: Path) -> Location | None:
        span = document.span(content, path)
        return lines.location(*span) if span is not None else None

    return find


def _in_text(node: tree_sitter.Node) -> _Find:
    written = _written(node)
    if written is None:
        return _nowhere
    document, starts = JsonDocument(written[0]), written[1]

    def find(content: Any, path: Path) -> tuple[int, int] | None:
        span = document.span(content, path)
        return None if span is None else (starts[span[0]], starts[span[1]])

    return find


def _inner(node: tree_sitter.Node) -> tree_sitter.Node:
    """What an expression is, without parentheses; of one with several parts, itself."""
    while node.type == "expression":
        children = [child for child in node.children if child.type != "comment"]
        if len(children) == 3 and children[0].type == "(":
            node = children[1]
        elif len(children) == 1:
            node = children[0]
        else:
            break
    return node


def _arguments(call: tree_sitter.Node) -> list[tree_sitter.Node]:
    listed = next((child for child in call.children if child.type == "function_arguments"), None)
    return [child for child in listed.children if child.type == "expression"] if listed else []


def _encoded(expression: tree_sitter.Node, content: Any, path: Path) -> tuple[int, int] | None:
    """The bytes of the key, or of the element, that a path leads to in an expression; None where that is the expression as a whole."""
    span = None
    for name in path:
        node = _inner(expression)
        parts = _parts(node.children[0]) if node.type == "collection_value" else None
        if parts is None or not same_shape(parts, content) or not has(parts, name):
            break
        whole, expression = parts[name]
        content = content[name]
        span = whole.start_byte, whole.end_byte
    return span


def _parts(node: tree_sitter.Node) -> Any:
    """The keys of an object, or the elements of a list, each with its node and that of its value; None where a key is computed."""
    if node.type == "tuple":
        return [(child, child) for child in node.children if child.type == "expression"]
    parts: dict[str, Any] = {}
    for element in node.children:
        if element.type == "object_elem":
            key, value = [child for child in element.children if child.type == "expression"]
            name = _key(key)
            if name is None or name in parts:
                return None
            parts[name] = (element, value)
    return parts


def _key(key: tree_sitter.Node) -> str | None:
    written = parsing.expression(key)
    if isinstance(written, tree.Name) and key.children[0].type == "variable_expr":
        return written.name
    return written.value if isinstance(written, tree.Literal) and isinstance(written.value, str) else None


_ESCAPE = lazy_re.pattern(r'\\(?:[nrt"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})')


def _written(node: tree_sitter.Node) -> tuple[str, Sequence[int]] | None:
    """The text of a string or heredoc, and the byte at which each of its characters begins; the end, at last.

    Interpolations are filled with digits, so that they are a part of a string or a number. None where directives decide what is written.
    """
    raw = node.text or b""
    heredoc = node.type == "heredoc_template"
    first, last = (raw.index(b"\n") + 1, raw.rindex(b"\n")) if heredoc else (1, len(raw) - 1)
    filled = bytearray(raw)
    for mark in template_syntax.marks(node):
        if mark.type != "template_interpolation":
            return None
        begin, end = mark.start_byte - node.start_byte, mark.end_byte - node.start_byte
        filled[begin:end] = b"1" * (end - begin)
    if last < first:
        return None
    body = filled[first:last].decode("utf-8")
    if body.isascii() and (heredoc or "\\" not in body):
        return body, range(node.start_byte + first, node.start_byte + last + 1)
    text, starts = [], list[int]()
    at, byte = 0, node.start_byte + first
    while at < len(body):
        match = None if heredoc else _ESCAPE.match(body, at)
        piece = match[0] if match else body[at]
        starts.append(byte)
        text.append(literals.unescape(piece) if match else piece)
        at, byte = at + len(piece), byte + len(piece.encode())
    return "".join(text), [*starts, byte]
