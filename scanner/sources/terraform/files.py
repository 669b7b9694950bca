"""Terraform files as blocks: `.tf`, `.tofu` and `.tf.json`, read once, with the lines of every attribute."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable
from typing import Any

import tree_sitter

from assay.scanner.sources.terraform import tree
from assay.scanner.sources.values import Location

SUFFIXES = (".tf", ".tofu", ".tf.json")
MAX_BYTES = 20_000_000


def is_code(name: str) -> bool:
    """Whether Terraform reads a file of this name: not hidden ones, nor the backups of editors."""
    return name.endswith(SUFFIXES) and not name.startswith((".", "#"))


class FileError(Exception):
    """A file that cannot be read as Terraform. `line` is 1-based, 0 where none can be named."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class Block:
    """One block: its type and labels, its attributes as expressions, the blocks inside. Bodies are read when first asked for."""

    __slots__ = ("_attributes", "_blocks", "_body", "_overridden", "end_line", "file", "labels", "line", "type")

    def __init__(self, type_: str, labels: tuple[str, ...], file: str, line: int, end_line: int, body: Any) -> None:
        self.type, self.labels, self.file, self.line, self.end_line = type_, labels, file, line, end_line
        self._body = body
        self._attributes: dict[str, tuple[Any, int]] | None = None
        self._blocks: list[Block] | None = None
        self._overridden: dict[str, str] = {}

    @property
    def attributes(self) -> dict[str, tuple[Any, int]]:
        """Name to (expression or its syntax node, line)."""
        if self._attributes is None:
            self._read()
        assert self._attributes is not None
        return self._attributes

    @property
    def blocks(self) -> list[Block]:
        if self._blocks is None:
            self._read()
        assert self._blocks is not None
        return self._blocks

    def expression(self, name: str) -> Any:
        """The expression of an attribute, None where there is none."""
        found = self.attributes.get(name)
        if found is None:
            return None
        held, line = found
        if isinstance(held, tree_sitter.Node):
            held = tree.whole_expression(held)
            self.attributes[name] = (held, line)
        return held

    def location(self, name: str = "") -> Location:
        """Of an attribute, or of the block where the attribute is not there."""
        found = self.attributes.get(name) if name else None
        if found is None:
            return Location(self.file, self.line, self.end_line)
        return Location(self._overridden.get(name, self.file), found[1], found[1])

    def _read(self) -> None:
        if isinstance(self._body, dict):
            self._attributes, self._blocks = _json_body(self._body, self)
        else:
            self._attributes, self._blocks = _body(self._body, self.file)
        self._body = None

    def override(self, other: Block) -> None:
        """Merge a block of an override file (https://developer.hashicorp.com/terraform/language/files/override)."""
        self.attributes.update(other.attributes)
        self._overridden.update(dict.fromkeys(other.attributes, other.file))
        replaced = {block.type for block in other.blocks}
        self._blocks = [block for block in self.blocks if block.type not in replaced] + other.blocks


def read_bytes(path: str, limit: int = MAX_BYTES) -> bytes:
    """The content of a regular file of limited size. Raises FileError."""
    try:
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as opened:  # a pipe must not block
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise FileError("not a regular file")
            content = opened.read(limit + 1)
    except OSError as error:
        raise FileError(error.strerror or str(error)) from None
    if len(content) > limit:
        raise FileError(f"larger than {limit // 1_000_000} MB")
    return content


class Boundary:
    """The directories that code may make us read, whatever its paths and links say."""

    def __init__(self, directories: Iterable[str]) -> None:
        self._tops = [os.path.realpath(directory) for directory in directories]

    def holds(self, path: str) -> bool:
        real = os.path.realpath(path)
        return any(real == top or real.startswith(top.rstrip(os.sep) + os.sep) for top in self._tops)

    def check(self, path: str) -> None:
        """Raises FileError for a path that leads out."""
        if not self.holds(path):
            raise FileError("a link out of the scanned directories, which is not followed")


def read_blocks(path: str, shown: str) -> list[Block]:
    """The top-level blocks of a file; `shown` is the path that locations name. Raises FileError."""
    source = read_bytes(path)
    try:
        source.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileError("not valid UTF-8", source[: error.start].count(b"\n") + 1) from None
    if path.endswith(".json"):
        try:
            return _json_blocks(source, shown)
        except RecursionError:
            raise FileError("nested too deeply", 1) from None
    root = tree.parse(source).root_node
    if root.has_error:
        line, text = _first_error(root)
        raise FileError(f"syntax error near {text!r}", line)
    body = next((child for child in root.children if child.type == "body"), None)
    return _body(body, shown)[1] if body else []


def read_attributes(path: str) -> dict[str, Any]:
    """A variable file (`.tfvars`, `.tfvars.json`): name to expression. Raises FileError."""
    source = read_bytes(path)
    if path.endswith(".json"):
        return {name: _json_tree(value) for name, value in _json_object(source).items()}
    root = tree.parse(source).root_node
    if root.has_error:
        line, text = _first_error(root)
        raise FileError(f"syntax error near {text!r}", line)
    body = next((child for child in root.children if child.type == "body"), None)
    return {name: tree.whole_expression(node) for name, (node, _) in _body(body, path)[0].items()} if body else {}


def _first_error(root: tree_sitter.Node) -> tuple[int, str]:
    pending = [root]
    while pending:
        node = pending.pop()
        if node.is_error or node.is_missing:
            text = (node.text or b"").decode("utf-8", "replace").strip()
            return node.start_point[0] + 1, text.splitlines()[0][:40] if text else node.type
        pending += [child for child in reversed(node.children) if child.has_error or child.is_missing]
    return 1, ""


def _body(node: tree_sitter.Node, file: str) -> tuple[dict[str, tuple[Any, int]], list[Block]]:
    attributes: dict[str, tuple[Any, int]] = {}
    blocks: list[Block] = []
    for child in node.children:
        if child.type == "attribute":
            parts = child.children
            name = (parts[0].text or b"").decode()
            attributes[name] = (parts[2], child.start_point[0] + 1)
        elif child.type == "block":
            blocks.append(_block(child, file))
    return attributes, blocks


def _block(node: tree_sitter.Node, file: str) -> Block:
    words: list[str] = []
    body = None
    for child in node.children:
        if child.type == "identifier":
            words.append((child.text or b"").decode())
        elif child.type == "string_lit":
            words.append("".join((part.text or b"").decode() for part in child.children if part.type == "template_literal"))
        elif child.type == "body":
            body = child
    empty: dict[str, Any] = {}
    return Block(words[0], tuple(words[1:]), file, node.start_point[0] + 1, node.end_point[0] + 1, body if body else empty)


# JSON syntax: https://developer.hashicorp.com/terraform/language/syntax/json

_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "dynamic": 1}


def _json_object(source: bytes) -> dict[str, Any]:
    try:
        content = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise FileError(f"not JSON: {error}", getattr(error, "lineno", 0)) from None
    if not isinstance(content, dict):
        raise FileError("the document is not an object", 1)
    return content


def _json_blocks(source: bytes, file: str) -> list[Block]:
    lines = source.decode("utf-8", "replace").splitlines()
    blocks: list[Block] = []
    for kind, content in _json_object(source).items():
        for labels, body in _labelled(content, _LABELS.get(kind, 0)):
            pattern = re.compile(rf'"{re.escape(labels[-1] if labels else kind)}"\s*:')
            line = next((at for at, text in enumerate(lines, 1) if pattern.search(text)), 1)
            blocks.append(Block(kind, labels, file, line, line, body))
    return blocks


def _labelled(content: Any, depth: int) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    if isinstance(content, list):
        return [found for each in content for found in _labelled(each, depth)]
    if not isinstance(content, dict):
        return []
    if depth == 0:
        return [((), content)]
    return [((label, *labels), body) for label, inner in content.items() for labels, body in _labelled(inner, depth - 1)]


def _json_body(body: dict[str, Any], within: Block) -> tuple[dict[str, tuple[Any, int]], list[Block]]:
    """In JSON a nested block and an attribute look alike: both are kept as attributes, `dynamic` becomes blocks."""
    attributes: dict[str, tuple[Any, int]] = {}
    blocks: list[Block] = []
    for name, content in body.items():
        if name == "//":
            continue
        if name in ("dynamic", "content", "lifecycle"):
            labelled = _labelled(content, 1 if name == "dynamic" else 0)
            blocks += [Block(name, labels, within.file, within.line, within.end_line, inner) for labels, inner in labelled]
        else:
            attributes[name] = (_json_tree(content), within.line)
    return attributes, blocks


def _json_tree(content: Any) -> Any:
    try:
        return json_expression(content)
    except RecursionError:
        return tree.Unreadable("nested too deeply")


def json_expression(content: Any) -> Any:
    if isinstance(content, str):
        return tree.template(content)
    if isinstance(content, list):
        return tree.List(tuple(json_expression(element) for element in content))
    if isinstance(content, dict):
        return tree.Object(tuple((json_expression(key), json_expression(value)) for key, value in content.items() if key != "//"))
    return tree.Literal(content)
