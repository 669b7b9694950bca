"""Expressions of the Terraform language as a small tree, free of the parser's quirks.

The parser is tree-sitter with the HCL grammar (https://github.com/tree-sitter-grammars/tree-sitter-hcl): written in C, keeps positions, and
recovers from errors. `expression()` turns its nodes into the classes below; meaning follows the HCL specification
(https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md).
"""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import tree_sitter
import tree_sitter_hcl

_parser: tree_sitter.Parser | None = None


class Literal(msgspec.Struct, frozen=True):
    value: Any


class Name(msgspec.Struct, frozen=True):
    """The first name of a traversal: `var`, `aws_s3_bucket`, or a variable of a for expression."""

    name: str


class Attribute(msgspec.Struct, frozen=True):
    of: Any
    name: str


class Index(msgspec.Struct, frozen=True):
    of: Any
    key: Any


class Splat(msgspec.Struct, frozen=True):
    """`of[*].a.b`: `steps` is applied to every element, which it reads under the name `*`."""

    of: Any
    each: Any


class Call(msgspec.Struct, frozen=True):
    function: str
    arguments: tuple[Any, ...]
    expand: bool


class Conditional(msgspec.Struct, frozen=True):
    condition: Any
    then: Any
    otherwise: Any


class Binary(msgspec.Struct, frozen=True):
    operator: str
    left: Any
    right: Any


class Unary(msgspec.Struct, frozen=True):
    operator: str
    operand: Any


class Template(msgspec.Struct, frozen=True):
    """Parts are strings and expressions; a single expression part keeps its type."""

    parts: tuple[Any, ...]


class List(msgspec.Struct, frozen=True):
    items: tuple[Any, ...]


class Object(msgspec.Struct, frozen=True):
    items: tuple[tuple[Any, Any], ...]


class For(msgspec.Struct, frozen=True):
    """A list where `key` is None, else an object. `group` gathers values of equal keys (`...`)."""

    names: tuple[str, ...]
    collection: Any
    key: Any
    value: Any
    condition: Any
    group: bool


class Unreadable(msgspec.Struct, frozen=True):
    """An expression that does not parse."""

    text: str


def parse(source: bytes) -> tree_sitter.Tree:
    """Syntax tree of a file; errors are nodes in it (`root_node.has_error`)."""
    global _parser
    if _parser is None:
        _parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))
    return _parser.parse(source)


def template(text: str) -> Any:
    """The expression that a string in JSON syntax, or a template file, stands for."""
    if "${" not in text and "%{" not in text:
        return Literal(text)
    source = b"a = <<ASSAY_TEMPLATE\n" + text.encode("utf-8", "replace") + b"\nASSAY_TEMPLATE\n"
    node = _first_expression(source)
    if node is None or node.has_error:
        return Unreadable(text)
    try:
        return _heredoc(node.children[0].children[0], last_break=False)
    except RecursionError:
        return Unreadable("nested too deeply")


def standalone(text: str) -> Any:
    """The tree of an expression given as text (a variable on the command line)."""
    node = _first_expression(b"a = " + text.encode("utf-8", "replace") + b"\n")
    return Unreadable(text) if node is None else whole_expression(node)


def _first_expression(source: bytes) -> tree_sitter.Node | None:
    root = parse(source).root_node
    if root.has_error or not root.child_count:
        return None
    return root.children[0].children[0].children[2]


def whole_expression(node: tree_sitter.Node) -> Any:
    """The tree of an attribute's expression; one that is nested deeper than any real one counts as not readable."""
    try:
        return expression(node)
    except RecursionError:
        return Unreadable("nested too deeply")


def expression(node: tree_sitter.Node) -> Any:
    """The tree of an `expression` node, or of any node that stands for a whole expression."""
    if node.has_error:
        return Unreadable(_text(node))
    return _terms(node.children) if node.type == "expression" else _terms([node])


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _terms(nodes: list[tree_sitter.Node]) -> Any:
    """A primary expression and the postfix steps (`.a`, `[0]`, `[*]`) that stand beside it in the parser's flat list."""
    nodes = [node for node in nodes if node.type != "comment"]
    if nodes[0].type == "(":
        tree = expression(nodes[1])
        steps = nodes[3:]
    else:
        tree = _PRIMARY.get(nodes[0].type, _unreadable)(nodes[0])
        steps = nodes[1:]
    return _postfix(tree, steps)


def _postfix(tree: Any, steps: list[tree_sitter.Node]) -> Any:
    for at, step in enumerate(steps):
        if step.type == "get_attr":
            tree = Attribute(tree, _text(step.children[1]))
        elif step.type == "index":
            index = step.children[0]
            key = expression(index.children[1]) if index.type == "new_index" else Literal(int(_text(index)[1:]))
            tree = Index(tree, key)
        elif step.type == "splat":
            inner, rest = step.children[0].children[1:], steps[at + 1 :]
            if step.children[0].type == "attr_splat":  # `a.*.b[0]` indexes the list, `a[*].b[0]` every element
                names = next((end for end, child in enumerate(inner) if child.type != "get_attr"), len(inner))
                inner, rest = inner[:names], inner[names:] + rest
                return _postfix(Splat(tree, _postfix(Name("*"), inner)), rest)
            return Splat(tree, _postfix(Name("*"), inner + rest))
        else:
            return Unreadable(_text(step))
    return tree


def _unreadable(node: tree_sitter.Node) -> Any:
    return Unreadable(_text(node))


def _literal(node: tree_sitter.Node) -> Any:
    inner = node.children[0]
    if inner.type == "string_lit":
        return Literal(unescape(_text(inner)[1:-1]))
    text = _text(inner)
    if inner.type == "numeric_lit":
        number = read_number(text)
        return Unreadable(text) if number is None else Literal(number)
    return Literal({"true": True, "false": False, "null": None}[text])


_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
MAX_DIGITS = 300


def read_number(text: str) -> int | float | None:
    """The number that a text spells; a whole one is an int however it is written."""
    if len(text) > MAX_DIGITS or not _NUMBER.fullmatch(text):
        return None
    if text.lstrip("+-").isdigit():
        return int(text)
    number = float(text)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|(\$\$\{|%%\{)')
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def unescape(text: str) -> str:
    """A text with its escapes resolved, and with letters and their accents as one character where there is one, as Terraform holds it."""
    if "\\" in text or "$${" in text or "%%{" in text:
        text = _ESCAPE.sub(_escape, text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _escape(match: re.Match[str]) -> str:
    plain, short, long, marker = match.groups()
    if plain:
        return _PLAIN[plain]
    if marker:
        return marker[1:]
    code = int(short or long, 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\N{REPLACEMENT CHARACTER}"


def _conditional(node: tree_sitter.Node) -> Any:
    # The grammar nests `a ? b : c ? d : e` to the left; the language nests it to the right.
    parts: list[Any] = []
    while True:
        condition, _, then, _, otherwise = [child for child in node.children if child.type != "comment"]
        parts[:0] = [then, otherwise]
        inner = condition.children[0]
        if inner.type != "conditional":
            parts.insert(0, condition)
            break
        node = inner
    tree = expression(parts.pop())
    while parts:
        then, condition = parts.pop(), parts.pop()
        tree = Conditional(expression(condition), expression(then), tree)
    return tree


def _operation(node: tree_sitter.Node) -> Any:
    inner = node.children[0]
    children = [child for child in inner.children if child.type != "comment"]
    if inner.type == "unary_operation":
        return Unary(children[0].type, _terms(children[1:]))
    at = next(at for at, child in enumerate(children) if child.type in _OPERATORS)
    return Binary(children[at].type, _terms(children[:at]), _terms(children[at + 1 :]))


_OPERATORS = {"==", "!=", "<", ">", "<=", ">=", "&&", "||", "+", "-", "*", "/", "%"}


def _call(node: tree_sitter.Node) -> Any:
    names = [_text(child) for child in node.children if child.type == "identifier"]
    held = next((child for child in node.children if child.type == "function_arguments"), None)
    children = held.children if held else []
    arguments = tuple(expression(child) for child in children if child.type == "expression")
    return Call("::".join(names), arguments, any(child.type == "ellipsis" for child in children))


def _collection(node: tree_sitter.Node) -> Any:
    inner = node.children[0]
    if inner.type == "tuple":
        return List(tuple(expression(child) for child in inner.children if child.type == "expression"))
    items = []
    for element in inner.children:
        if element.type == "object_elem":
            key, value = [child for child in element.children if child.type == "expression"]
            tree = expression(key)
            # A bare name is the key itself, `null` too; `(name)` is an expression.
            bare = (isinstance(tree, Name) or tree == Literal(None)) and key.children[0].type != "("
            items.append((Literal(_text(key).strip()) if bare else tree, expression(value)))
    return Object(tuple(items))


def _for(node: tree_sitter.Node) -> Any:
    inner = node.children[0]
    intro = next(child for child in inner.children if child.type == "for_intro")
    names = tuple(_text(child) for child in intro.children if child.type == "identifier")
    collection = next(expression(child) for child in intro.children if child.type == "expression")
    results = [expression(child) for child in inner.children if child.type == "expression"]
    condition = next((expression(child.children[1]) for child in inner.children if child.type == "for_cond"), None)
    key, value = (results[0], results[1]) if inner.type == "for_object_expr" else (None, results[0])
    return For(names, collection, key, value, condition, any(child.type == "ellipsis" for child in inner.children))


def _template_expression(node: tree_sitter.Node) -> Any:
    return _heredoc(node.children[0]) if node.children[0].type == "heredoc_template" else _quoted(node.children[0])


def _quoted(node: tree_sitter.Node) -> Any:
    start = node.children[0].end_byte - node.start_byte
    end = node.children[-1].start_byte - node.start_byte
    return _template(_stripped(_tokens(node, start, end, _quoted_text)))


def _heredoc(node: tree_sitter.Node, *, last_break: bool = True) -> Any:
    raw = node.text or b""
    start = raw.index(b"\n") + 1
    end = max(start, raw.rindex(b"\n") + last_break)
    tokens = _stripped(_tokens(node, start, end, _lines))
    return _template(_dedented(tokens) if raw.startswith(b"<<-") else tokens)


# Templates are read as the language does: a flat list of literal texts and marks (`${...}`, `%{ if ... }`, `%{ endif }`), on which white
# space is removed, and then the tree. A literal text ends at a mark; outside of quotes also at every line break, so that `~` removes one
# line break at most.

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
    """Literal texts and marks. Literal text is what lies between the marks: the parser drops its white space."""
    raw, base = node.text or b"", node.start_byte
    tokens: list[Any] = []
    for mark in marks(node):
        tokens += [*literal(raw[start : mark.start_byte - base].decode("utf-8", "replace")), mark]
        start = mark.end_byte - base
    return tokens + literal(raw[start:end].decode("utf-8", "replace"))


def _quoted_text(text: str) -> list[str]:
    return [unescape(text)] if text else []


def _lines(text: str) -> list[str]:
    text = text if text.isascii() else unicodedata.normalize("NFC", text)
    return [line.replace("$${", "${").replace("%%{", "%{") for line in re.findall(r"[^\n]*\n|[^\n]+", text)]


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


def _template(tokens: list[Any]) -> Any:
    return Template(tuple(_branch(iter(_joined(tokens)))[0]))


def _joined(tokens: list[Any]) -> list[Any]:
    """With the literal texts between two marks as one."""
    joined: list[Any] = []
    for literal, group in itertools.groupby(tokens, lambda token: isinstance(token, str)):
        alike = list(group)
        joined += ["".join(alike)] if literal else alike
    return joined


def _branch(tokens: Iterator[Any]) -> tuple[list[Any], tree_sitter.Node | None]:
    """The parts up to the mark that ends a branch of a directive, and that mark."""
    parts: list[Any] = []
    for token in tokens:
        if isinstance(token, str):
            parts.append(token)
        elif token.type == "template_interpolation":
            parts.append(_inner(token))
        elif token.type in ("template_if_intro", "template_for_start"):
            parts.append(_directive(token, tokens))
        else:
            return parts, token
    return parts, None


def _directive(mark: tree_sitter.Node, tokens: Iterator[Any]) -> Any:
    """`%{ if }` and `%{ for }` as the expression forms that give the same text."""
    parts, ended = _branch(tokens)
    body = Template(("", *parts))
    if mark.type == "template_for_start":
        names = tuple(_text(child) for child in mark.children if child.type == "identifier")
        return Call("join", (Literal(""), For(names, _inner(mark), None, body, None, False)), False)
    otherwise = _branch(tokens)[0] if ended and ended.type == "template_else_intro" else []
    return Conditional(_inner(mark), body, Template(("", *otherwise)))


def _inner(mark: tree_sitter.Node) -> Any:
    return next((expression(child) for child in mark.children if child.type == "expression"), Literal(""))


_PRIMARY: dict[str, Callable[[tree_sitter.Node], Any]] = {
    "literal_value": _literal,
    "variable_expr": lambda node: Name(_text(node.children[0])),
    "function_call": _call,
    "conditional": _conditional,
    "operation": _operation,
    "collection_value": _collection,
    "for_expr": _for,
    "template_expr": _template_expression,
    "expression": expression,
}
