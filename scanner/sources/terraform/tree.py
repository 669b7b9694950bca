"""Expressions of the Terraform language as a small tree, free of the parser's quirks.

The parser is tree-sitter with the HCL grammar (https://github.com/tree-sitter-grammars/tree-sitter-hcl): written in C, keeps positions, and
recovers from errors. `expression()` turns its nodes into the classes below; meaning follows the HCL specification
(https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md).
"""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Callable
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
    source = b"a = <<ASSAY_TEMPLATE\n" + text.encode() + b"\nASSAY_TEMPLATE\n"
    node = _first_expression(source)
    if node is None:
        return Unreadable(text)
    built = expression(node)
    if isinstance(built, Template) and built.parts and isinstance(built.parts[-1], str) and built.parts[-1].endswith("\n"):
        last = built.parts[-1][:-1]  # the line break that the here-document form adds
        built = Template(built.parts[:-1] + ((last,) if last else ()))
    return built


def standalone(text: str) -> Any:
    """The tree of an expression given as text (a variable on the command line)."""
    node = _first_expression(b"a = " + text.encode() + b"\n")
    return Unreadable(text) if node is None else expression(node)


def _first_expression(source: bytes) -> tree_sitter.Node | None:
    root = parse(source).root_node
    if root.has_error or not root.child_count:
        return None
    return root.children[0].children[0].children[2]


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
        return Literal("".join(_unescape(_text(part)) for part in inner.children if part.type == "template_literal"))
    text = _text(inner)
    if inner.type == "numeric_lit":
        return Literal(float(text) if re.search(r"[.eE]", text) else int(text))
    return Literal({"true": True, "false": False, "null": None}[text])


_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|(\$\$\{|%%\{)')
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def _unescape(text: str) -> str:
    if "\\" not in text and "$${" not in text and "%%{" not in text:
        return text
    return _ESCAPE.sub(_escape, text)


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
            # A bare name is the key itself; `(name)` is an expression.
            items.append((Literal(tree.name) if isinstance(tree, Name) and key.children[0].type != "(" else tree, expression(value)))
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
    inner = [child for child in node.children if child.type not in ("quoted_template_start", "quoted_template_end")]
    start = node.children[0].end_byte - node.start_byte
    end = node.children[-1].start_byte - node.start_byte
    return Template(tuple(_parts(node, inner, start, end, unescape=True)))


def _heredoc(node: tree_sitter.Node) -> Any:
    raw = node.text or b""
    start = raw.index(b"\n") + 1
    end = raw.rindex(b"\n") + 1
    inner = [child for child in node.children if child.type not in ("heredoc_start", "heredoc_identifier")]
    parts = _parts(node, inner, start, end, unescape=False)
    return Template(tuple(_dedent(parts) if raw.startswith(b"<<-") else parts))


def _dedent(parts: list[Any]) -> list[Any]:
    """Remove the smallest indentation of all lines, as `<<-` does; line starts are in the string parts."""
    marked = "".join(part if isinstance(part, str) else f"\0{at}\0" for at, part in enumerate(parts))
    pieces = textwrap.dedent(marked).split("\0")
    return [parts[int(piece)] if at % 2 else piece for at, piece in enumerate(pieces) if at % 2 or piece]


def _parts(node: tree_sitter.Node, inner: list[tree_sitter.Node], start: int, end: int, *, unescape: bool) -> list[Any]:
    """Alternating literal text and expressions. Literal text is what lies between them: the parser drops its white space."""
    raw, base = node.text or b"", node.start_byte
    parts: list[Any] = []
    at, strip_next = start, False

    def literal(stop: int, strip_end: bool) -> None:
        text = raw[at:stop].decode("utf-8", "replace")
        text = text.lstrip() if strip_next else text
        text = text.rstrip() if strip_end else text
        text = _unescape(text) if unescape else text.replace("$${", "${").replace("%%{", "%{")
        if text:
            parts.append(text)

    for child in inner:
        if child.type == "template_literal":
            continue
        literal(child.start_byte - base, _strips(child, first=True))
        parts.append(_directive(child) if child.type == "template_directive" else _interpolation(child))
        at, strip_next = child.end_byte - base, _strips(child, first=False)
    literal(end, False)
    return parts


def _strips(node: tree_sitter.Node, *, first: bool) -> bool:
    raw = node.text or b""
    return raw[2:3] == b"~" if first else raw[-2:-1] == b"~"


def _interpolation(node: tree_sitter.Node) -> Any:
    return next((expression(child) for child in node.children if child.type == "expression"), Literal(""))


def _directive(node: tree_sitter.Node) -> Any:
    """`%{ if }` and `%{ for }` as the expression forms that give the same text."""
    inner = node.children[0]
    if inner.type == "template_if":
        branches, marks = _between(inner, ("template_if_intro", "template_else_intro", "template_if_end"))
        otherwise = branches[1] if len(branches) > 1 else Literal("")
        condition = next(expression(child) for child in marks[0].children if child.type == "expression")
        return Conditional(condition, branches[0], otherwise)
    branches, marks = _between(inner, ("template_for_start", "template_for_end"))
    names = tuple(_text(child) for child in marks[0].children if child.type == "identifier")
    collection = next(expression(child) for child in marks[0].children if child.type == "expression")
    return Call("join", (Literal(""), For(names, collection, None, branches[0], None, False)), False)


def _between(node: tree_sitter.Node, kinds: tuple[str, ...]) -> tuple[list[Any], list[tree_sitter.Node]]:
    marks = [child for child in node.children if child.type in kinds]
    branches = []
    for left, right in itertools.pairwise(marks):
        inner = [child for child in node.children if left.end_byte <= child.start_byte and child.end_byte <= right.start_byte]
        parts = _parts(node, inner, left.end_byte - node.start_byte, right.start_byte - node.start_byte, unescape=False)
        branches.append(Template((Literal(""), *parts)))
    return branches, marks


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
