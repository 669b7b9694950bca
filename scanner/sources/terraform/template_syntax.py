"""Texts with interpolations and directives (https://developer.hashicorp.com/terraform/language/expressions/strings#string-templates).

They are read as the language does: a flat list of literal texts and marks (`${...}`, `%{ if ... }`, `%{ endif }`), on which white space is
removed, and then the tree. A literal text ends at a mark; outside of quotes also at every line break, so that `~` removes one line break
at most.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import tree_sitter

from assay.scanner.sources.terraform.exponents import spelled
from assay.scanner.sources.terraform.literals import leads_on, restored, unescape
from assay.scanner.sources.terraform.tree import Call, Conditional, For, Literal, Template


class ReadExpression(Protocol):
    """Reads the expressions inside of a template. Expressions hold templates and templates hold expressions: one recursion."""

    def __call__(self, node: tree_sitter.Node) -> Any:
        """The tree of an `expression` node."""


class Misread(Exception):
    """The parser took an interpolation for literal text, as in a line of a heredoc that begins with the name of its end."""


def quoted(node: tree_sitter.Node, read: ReadExpression) -> Any:
    """A template between quotes: a `quoted_template` of the syntax tree. Raises Misread."""
    start = node.children[0].end_byte - node.start_byte
    end = node.children[-1].start_byte - node.start_byte
    return _template(_stripped(_tokens(node, start, end, _quoted_text)), read)


def heredoc(node: tree_sitter.Node, read: ReadExpression) -> Any:
    """A `heredoc_template`, which ends with a line break. Raises Misread."""
    raw = node.text or b""
    return _heredoc(node, raw.rindex(b"\n") + 1, read)


def unbroken(node: tree_sitter.Node, read: ReadExpression) -> Any:
    """A `heredoc_template` without the line break before its end marker: the text of a file that was made one to be parsed.

    Raises Misread.
    """
    raw = node.text or b""
    return _heredoc(node, raw.rindex(b"\n"), read)


def _heredoc(node: tree_sitter.Node, end: int, read: ReadExpression) -> Any:
    raw = node.text or b""
    start = raw.index(b"\n") + 1
    tokens = _stripped(_tokens(node, start, max(start, end), _lines))
    return _template(_dedented(tokens) if raw.startswith(b"<<-") else tokens, read)


_MARKS = ("template_interpolation", "template_if_intro", "template_else_intro", "template_if_end", "template_for_start", "template_for_end")
_DIRECTIVES = ("template_directive", "template_if", "template_for")


def marks(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """The interpolations and directives of a template, in order; not those inside of an interpolation."""
    for child in node.children:
        if child.type in _MARKS:
            yield child
        elif child.type in _DIRECTIVES:
            yield from marks(child)


def _tokens(node: tree_sitter.Node, start: int, end: int, literal: Callable[[str], list[str]]) -> list[Any]:
    """Literal texts and marks. Literal text is what lies between the marks: the parser drops its white space. Raises Misread."""
    raw, base = node.text or b"", node.start_byte
    tokens: list[Any] = []
    for mark in marks(node):
        tokens += [*literal(_between(raw, start, mark.start_byte - base)), mark]
        start = mark.end_byte - base
    return tokens + literal(_between(raw, start, end))


def _between(raw: bytes, start: int, end: int) -> str:
    """The literal text between two marks. Raises Misread."""
    text = spelled(raw[start:end].decode("utf-8", "replace"))
    if leads_on(text):
        raise Misread
    return text


def _quoted_text(text: str) -> list[str]:
    return [unescape(text)] if text else []


def _lines(text: str) -> list[str]:
    text = text if text.isascii() else unicodedata.normalize("NFC", text)
    return [restored(line.replace("$${", "${").replace("%%{", "%{")) for line in re.findall(r"[^\n]*\n|[^\n]+", text)]


def _stripped(tokens: list[Any]) -> list[Any]:
    """Without the white space that `~` in a mark removes."""
    for at, mark in enumerate(tokens):
        if isinstance(mark, str):
            continue
        raw = mark.text or b""
        if raw[2:3] == b"~" and at and isinstance(tokens[at - 1], str):
            tokens[at - 1] = tokens[at - 1].rstrip()
        if raw[-2:-1] == b"~" and at + 1 < len(tokens) and isinstance(tokens[at + 1], str):
            tokens[at + 1] = tokens[at + 1].lstrip()
    return tokens


def _dedented(tokens: list[Any]) -> list[Any]:
    """Without the smallest indentation of all lines, as `<<-` does; lines of white space alone do not count and stay as they are."""
    begins = [at for at in range(len(tokens)) if at == 0 or (isinstance(tokens[at - 1], str) and tokens[at - 1].endswith("\n"))]
    begins = [at for at in begins if not isinstance(tokens[at], str) or tokens[at].strip() or not tokens[at].endswith("\n")]
    smallest = min((_indentation(tokens[at]) for at in begins), default=0)
    for at in begins:
        if isinstance(tokens[at], str):
            tokens[at] = tokens[at][smallest:]
    return tokens


def _indentation(token: Any) -> int:
    return len(token) - len(token.lstrip()) if isinstance(token, str) else 0


def _template(tokens: list[Any], read: ReadExpression) -> Any:
    """A template of one interpolation alone is its expression, whose value need not be a text."""
    parts = _branch(iter(_joined(tokens)), read)[0]
    return parts[0] if len(parts) == 1 and not isinstance(parts[0], str) else Template(tuple(parts))


def _joined(tokens: list[Any]) -> list[Any]:
    """With the literal texts between two marks as one."""
    joined: list[Any] = []
    for literal, group in itertools.groupby(tokens, lambda token: isinstance(token, str)):
        alike = list(group)
        joined += ["".join(alike)] if literal else alike
    return joined


def _branch(tokens: Iterator[Any], read: ReadExpression) -> tuple[list[Any], tree_sitter.Node | None]:
    """The parts up to the mark that ends a branch of a directive, and that mark."""
    parts: list[Any] = []
    for token in tokens:
        if isinstance(token, str):
            parts.append(token)
        elif token.type == "template_interpolation":
            parts.append(_inner(token, read))
        elif token.type in ("template_if_intro", "template_for_start"):
            parts.append(_directive(token, tokens, read))
        else:
            return parts, token
    return parts, None


def _directive(mark: tree_sitter.Node, tokens: Iterator[Any], read: ReadExpression) -> Any:
    """`%{ if }` and `%{ for }` as the expression forms that give the same text."""
    parts, ended = _branch(tokens, read)
    body = Template(("", *parts))
    if mark.type == "template_for_start":
        names = tuple((child.text or b"").decode("utf-8", "replace") for child in mark.children if child.type == "identifier")
        return Call("join", (Literal(""), For(names, _inner(mark, read), None, body, None, False)), False)
    otherwise = _branch(tokens, read)[0] if ended and ended.type == "template_else_intro" else []
    return Conditional(_inner(mark, read), body, Template(("", *otherwise)))


def _inner(mark: tree_sitter.Node, read: ReadExpression) -> Any:
    return next((read(child) for child in mark.children if child.type == "expression"), Literal(""))
