"""Terraform files as blocks: `.tf`, `.tofu`, `.tf.json` and `.tofu.json`, read once, with the place of every argument."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Iterator
from typing import Any

import tree_sitter

from assay.scanner.override import override
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.encodings import is_utf16, utf8
from assay.scanner.sources.lines import Lines, Reencoded
from assay.scanner.sources.overlay import Overlay
from assay.scanner.sources.raw import Location
from assay.scanner.sources.terraform import bounds, json_syntax, parsing
from assay.scanner.sources.terraform.blocks import Argument, Block, Content, one_of_two
from assay.scanner.sources.terraform.document_places import HclDocument, Opened
from assay.scanner.sources.terraform.exponents import spelled
from assay.scanner.sources.terraform.literals import unescape

SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")
MAX_BYTES = 20_000_000


def is_code(name: str) -> bool:
    """Whether Terraform or OpenTofu reads a file of this name: not hidden ones.

    The backups that they leave out, `NAME~` and `#NAME#`, have other ends; `#main.tf` is read (`IsIgnoredFile` in
    https://github.com/hashicorp/terraform/blob/main/internal/configs/parser_config_dir.go).
    """
    return name.endswith(SUFFIXES) and not name.startswith(".")


class FileError(Exception):
    """A file that cannot be read as Terraform. `line` is 1-based, 0 where none can be named."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def not_utf8(shown: str) -> Gap:
    """The gap for a file in UTF-16, which is read here all the same."""
    return Gap(shown, "parse_error", "the file is in UTF-16, and Terraform reads UTF-8 alone", "save the file as UTF-8", 1)


def refused(place: Location, what: str, way: str) -> Gap:
    """The gap for what Terraform refuses, so that nothing of the module is deployed: what there is of it is judged all the same."""
    return Gap(place.file, "refused_block", f"{what}, which Terraform refuses", way, place.line)


def set_twice(name: str, place: Location) -> Gap:
    """The gap for an argument that a block has more than once."""
    return refused(place, f'the argument "{name}" is set twice in one block', "remove one of the two")


class HclText:
    """The text of a file in HCL."""

    __slots__ = ("lines", "source")

    def __init__(self, source: bytes, lines: Lines) -> None:
        self.source, self.lines = source, lines

    def place(self, at: tuple[int, int]) -> Location:
        """The place of a span of bytes."""
        return self.lines.location_of_bytes(*at)


class HclArgument(Argument):
    """`name`, `=` and an expression. The expression's syntax node is kept until it is read; nodes keep their children alive."""

    __slots__ = ("_end", "_expression", "_start")

    def __init__(self, text: HclText, node: tree_sitter.Node, before: Argument | None = None) -> None:
        """`node`: an `attribute` of the syntax tree."""
        super().__init__(text, before)
        self._start, self._end = node.start_byte, node.end_byte
        self._expression: Any = node.children[2]

    @property
    @override
    def at(self) -> tuple[int, int]:
        return self._start, self._end

    @property
    @override
    def expression(self) -> Any:
        if isinstance(self._expression, tree_sitter.Node):
            self._expression = one_of_two(self.before, parsing.whole_expression(self._expression))
        return self._expression

    @override
    def document(self, opened: Opened) -> HclDocument:
        text: Any = self.text
        return HclDocument(text.lines, text.source, self.at, opened)


def read_bytes(path: str, overlay: Overlay, limit: int = MAX_BYTES) -> bytes:
    """The content of a regular file of limited size. Raises FileError."""
    try:
        content = overlay.read(path, limit + 1)
    except OSError as error:
        raise FileError(error.strerror or str(error)) from None
    if len(content) > limit:
        raise FileError(f"larger than {limit // 1_000_000} MB")
    return content


def read_blocks(source: bytes, path: str, shown: str) -> tuple[list[Block], list[Gap]]:
    """The top-level blocks of a file's content, and what Terraform refuses in how they are written.

    `shown` is the path that places name. Raises FileError.
    """
    if path.endswith(".json"):
        try:
            blocks, faults = json_syntax.blocks(_utf8(source), shown, Reencoded if is_utf16(source) else Lines)
        except (ValueError, RecursionError) as error:
            raise _not_json(source, error) from None
        return blocks, [set_twice(name, place) if name else refused(place, _NO_BLOCK, _AN_OBJECT) for place, name in faults[:_MAX_FAULTS]]
    body, text = _parsed(source, shown)
    if body is None:
        return [], []
    arguments, blocks = _content(body, text)
    outside = [(f'"{name}" is an argument outside of any block', argument.location) for name, argument in arguments.items()]
    gaps = [refused(place, what, "remove it") for what, place in outside[:_MAX_FAULTS]]
    return blocks, gaps + [set_twice(name, text.place(at)) for name, at in itertools.islice(_repeated(body), _MAX_FAULTS)]


def read_content(source: bytes, shown: str) -> Content:
    """The arguments and the blocks of a file of another program that writes HCL. Raises FileError."""
    body, text = _parsed(source, shown)
    return ({}, []) if body is None else _content(body, text)


_MAX_FAULTS = 100
"""Gaps of one kind for one file."""
_NO_BLOCK = "the content of a block is no object"
_AN_OBJECT = "write an object, or a list of objects"


def read_arguments(source: bytes, path: str) -> dict[str, Any]:
    """The content of a variable file (`.tfvars`, `.tfvars.json`): name to expression. Raises FileError."""
    if path.endswith(".json"):
        try:
            return json_syntax.arguments(_utf8(source))
        except (ValueError, RecursionError) as error:
            raise _not_json(source, error) from None
    body, text = _parsed(source, path)
    if body is None:
        return {}
    arguments, blocks = _content(body, text)
    for name, at in _repeated(body):
        raise FileError(f'"{name}" is set twice, which Terraform refuses', text.place(at).line)
    if blocks:
        raise FileError("a block, where Terraform takes values of variables alone", blocks[0].location().line)
    return {name: argument.expression for name, argument in arguments.items()}


def _not_json(source: bytes, error: ValueError | RecursionError) -> FileError:
    if isinstance(error, UnicodeDecodeError):
        return FileError("not valid UTF-8", source[: error.start].count(b"\n") + 1)
    if isinstance(error, RecursionError):
        return FileError("nested too deeply", 1)
    if isinstance(error, json.JSONDecodeError):
        return FileError(f"not JSON: {error}", error.lineno)
    if "integer string conversion" in str(error):
        return FileError("a number of more digits than any real one", 1)
    return FileError(str(error), 1)


def _utf8(source: bytes) -> bytes:
    """The text as UTF-8; a byte order mark of UTF-8 stays. Raises UnicodeDecodeError."""
    return utf8(source) if is_utf16(source) else source


def _parsed(source: bytes, shown: str) -> tuple[tree_sitter.Node | None, HclText]:
    """The body of a file in HCL, None where the file is empty. Raises FileError."""
    lines = Reencoded if is_utf16(source) else Lines
    try:
        source = _utf8(source)
        text = source.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileError("not valid UTF-8", source[: error.start].count(b"\n") + 1) from None
    try:
        root = parsing.parse(source).root_node
    except bounds.NotParsed as error:
        raise FileError(str(error), 1) from None
    if root.has_error:
        line, problem = _first_error(root)
        raise FileError(problem, line)
    return next((child for child in root.children if child.type == "body"), None), HclText(source, lines(shown, text))


_CLOSING = {
    "quoted_template_end": '"', "template_interpolation_end": "}", "template_directive_end": "}",
    "heredoc_identifier": "the word that ends the heredoc",
}  # fmt: skip
"""What the grammar calls the ends of texts to what somebody writes."""


def _first_error(root: tree_sitter.Node) -> tuple[int, str]:
    """The line of the first error and what is wrong. What is not closed is told where it begins: the end alone shows that something is
    missing."""
    # Each with the nearest node around it that begins before: to ask a node for its parent takes a way from the root.
    pending = [(root, root)]
    while pending:
        node, around = pending.pop()
        if node.is_missing and node.type not in _CLOSING and node.type not in "}])":
            return node.start_point[0] + 1, f"syntax error near {_line_of(root, node.start_point[0])!r}"
        if node.is_missing:
            return around.start_point[0] + 1, f"what begins here is not closed: {_CLOSING.get(node.type, node.type)} is missing"
        if node.is_error:
            text = spelled((node.text or b"").decode("utf-8", "replace")).rstrip()
            first, *rest = text.lstrip().splitlines() or [node.type]
            # a block that nothing closes is one error from its first line on: what is wrong stands at its end
            line = node.start_point[0] + 1
            if rest:
                return line, f"syntax error between {first[:40]!r} and line {line + len(rest)}, {rest[-1].strip()[:40]!r}"
            return line, f"syntax error near {first[:40]!r}"
        pending += [
            (child, around if child.start_byte == node.start_byte else node)
            for child in reversed(node.children)
            if child.has_error or child.is_missing
        ]
    return 1, "syntax error"


def _line_of(root: tree_sitter.Node, row: int) -> str:
    lines = (root.text or b"").split(b"\n")
    at = row - root.start_point[0]
    return spelled(lines[at].decode("utf-8", "replace")).strip()[:40] if at < len(lines) else ""


def _content(body: tree_sitter.Node, text: HclText) -> Content:
    arguments: dict[str, Argument] = {}
    blocks: list[Block] = []
    for child in body.children:
        if child.type == "attribute":
            name = (child.children[0].text or b"").decode()
            arguments[name] = HclArgument(text, child, arguments.get(name))
        elif child.type == "block":
            blocks.append(_block(child, text))
    return arguments, blocks


def _block(node: tree_sitter.Node, text: HclText) -> Block:
    words: list[str] = []
    body = None
    for child in node.children:
        if child.type == "identifier":
            words.append((child.text or b"").decode())
        elif child.type == "string_lit":
            words.append(unescape(spelled((child.text or b"").decode()[1:-1])))
        elif child.type == "body":
            body = child
    read = functools.partial(_content, body, text) if body else None
    return Block(words[0], tuple(words[1:]), text, (node.start_byte, node.end_byte), read)


def _repeated(body: tree_sitter.Node) -> Iterator[tuple[str, tuple[int, int]]]:
    """The arguments, with the bytes where they stand, that a block at any depth has before under the same name."""
    pending = [body]
    while pending:
        names: set[bytes | None] = set()
        for child in pending.pop().children:
            if child.type == "attribute":
                name = child.children[0].text
                if name in names:
                    yield (name or b"").decode(), (child.start_byte, child.end_byte)
                names.add(name)
            elif child.type == "block":
                pending += [inner for inner in child.children if inner.type == "body"]
