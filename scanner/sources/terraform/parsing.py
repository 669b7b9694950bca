"""Makes expression trees of source text.

The parser is tree-sitter with the HCL grammar (https://github.com/tree-sitter-grammars/tree-sitter-hcl): written in C, keeps positions, and
recovers from errors. `expression()` turns its nodes into the classes of tree.py.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import tree_sitter
import tree_sitter_hcl

from assay.scanner.sources.terraform import bounds, exponents, template_syntax
from assay.scanner.sources.terraform.literals import leads_on, read_number, shielded, unescape
from assay.scanner.sources.terraform.tree import (
    Attribute,
    Binary,
    Call,
    Conditional,
    For,
    Index,
    List,
    Literal,
    Name,
    Object,
    Splat,
    Unary,
    Unreadable,
)


@functools.cache
def _language() -> tree_sitter.Language:
    return tree_sitter.Language(tree_sitter_hcl.language())


@functools.cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(_language())


@functools.cache
def _comments() -> tree_sitter.QueryCursor:
    return tree_sitter.QueryCursor(tree_sitter.Query(_language(), "(comment) @comment"))


@functools.cache
def _identifiers() -> tree_sitter.QueryCursor:
    return tree_sitter.QueryCursor(tree_sitter.Query(_language(), "(identifier) @name"))


def parse(source: bytes) -> tree_sitter.Tree:
    """Syntax tree of a file; errors are nodes in it (`root_node.has_error`). Inside of blocks and expressions it has no comments.

    Raises Refused for what the parser is not given.
    """
    bounds.check(source)
    text = shielded(source)
    tree = _parser().parse(text)
    if tree.root_node.has_error and (other := exponents.coded(text)) != text and not _misplaced(coded := _parser().parse(other)):
        text, tree = other, coded
    if any(mark in text for mark in _COMMENT_MARKS) and (comments := _inner_comments(tree)):
        blank = bytearray(text)
        for start, end in comments:
            blank[start:end] = b" " * (end - start)
        tree = _parser().parse(bytes(blank))
    return tree


_COMMENT_MARKS = (b"#", b"//", b"/*")


def _inner_comments(tree: tree_sitter.Tree) -> list[tuple[int, int]]:
    """The bytes of comments that stand in front of or between the parts of something: its parts are then not where they are without."""
    comments = _comments().captures(tree.root_node).get("comment", ())
    return [(node.start_byte, node.end_byte) for node in comments if node.parent is not None and node.parent.type not in _BESIDE]


_BESIDE = ("body", "config_file")


def _misplaced(tree: tree_sitter.Tree) -> bool:
    """Whether a number with an exponent stands where the language has none: as the name of something, or in the middle of one."""
    names = _identifiers().captures(tree.root_node).get("name", ())
    coded = [(node, text) for node in names if exponents.is_part(text := (node.text or b"").decode("utf-8", "replace"))]
    return any(node.parent is None or node.parent.type != "variable_expr" or not exponents.is_number(text) for node, text in coded)


def template(text: str) -> Any:
    """The expression that a string in JSON syntax, or a template file, stands for."""
    if "${" not in text and "%{" not in text:
        return Literal(text)
    marker = "ASSAY_TEMPLATE"
    while marker in text:  # the text must not end it
        marker += "_"
    node = _first_expression(f"a = <<{marker}\n{text}\n{marker}\n".encode("utf-8", "replace"))
    if node is None or node.has_error:
        return Unreadable(text)
    try:
        return template_syntax.unbroken(node.children[0].children[0], expression)
    except RecursionError:
        return Unreadable("nested too deeply")
    except template_syntax.Misread:
        return Unreadable(text)


def standalone(text: str) -> Any:
    """The tree of an expression given as text (a variable on the command line)."""
    node = _first_expression(b"a = " + text.encode("utf-8", "replace") + b"\n")
    return Unreadable(text) if node is None else whole_expression(node)


def _first_expression(source: bytes) -> tree_sitter.Node | None:
    try:
        root = parse(source).root_node
    except bounds.NotParsed:
        return None
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
    return exponents.spelled((node.text or b"").decode("utf-8", "replace"))


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
            key = expression(index.children[1]) if index.type == "new_index" else Literal(read_number(_text(index)[1:]))
            tree = Index(tree, key)
        elif step.type == "splat":
            inner, rest = step.children[0].children[1:], steps[at + 1 :]
            if step.children[0].type == "attr_splat":  # `a.*.b[0]` indexes the list; `a[*].b[0]`, and the older `a.*.b.0`, every element
                names = next((end for end, child in enumerate(inner) if not _is_dotted(child)), len(inner))
                inner, rest = inner[:names], inner[names:] + rest
                return _postfix(Splat(tree, _postfix(Name("*"), inner)), rest)
            return Splat(tree, _postfix(Name("*"), inner + rest))
        else:
            return Unreadable(_text(step))
    return tree


def _is_dotted(step: tree_sitter.Node) -> bool:
    return step.type == "get_attr" or (step.type == "index" and step.children[0].type == "legacy_index")


def _unreadable(node: tree_sitter.Node) -> Any:
    return Unreadable(_text(node))


def _literal(node: tree_sitter.Node) -> Any:
    inner = node.children[0]
    if inner.type == "string_lit":
        text = _text(inner)[1:-1]
        return _unreadable(node) if leads_on(text) else Literal(unescape(text))
    text = _text(inner)
    if inner.type == "numeric_lit":
        number = read_number(text)
        return Unreadable(text) if number is None else Literal(number)
    return Literal({"true": True, "false": False, "null": None}[text])


def _named(node: tree_sitter.Node) -> Any:
    text = _text(node.children[0])
    if not text[:1].isdecimal():
        return Name(text)
    number = read_number(text)
    return Unreadable(text) if number is None else Literal(number)


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
    listed = next((child for child in node.children if child.type == "function_arguments"), None)
    children = listed.children if listed else []
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
            bare = key.children[0].type in ("variable_expr", "literal_value") and (isinstance(tree, Name) or tree == Literal(None))
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
    inner = node.children[0]
    read = template_syntax.heredoc if inner.type == "heredoc_template" else template_syntax.quoted
    try:
        return read(inner, expression)
    except template_syntax.Misread:
        return _unreadable(node)


_PRIMARY: dict[str, Callable[[tree_sitter.Node], Any]] = {
    "literal_value": _literal,
    "variable_expr": _named,
    "function_call": _call,
    "conditional": _conditional,
    "operation": _operation,
    "collection_value": _collection,
    "for_expr": _for,
    "template_expr": _template_expression,
    "expression": expression,
}
