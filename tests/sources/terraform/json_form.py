"""Terraform's JSON syntax, written by program from HCL: https://developer.hashicorp.com/terraform/language/syntax/json

The structure stays: blocks become objects, objects and lists of the code become those of JSON, every other expression `"${…}"`.
"""

from __future__ import annotations

from typing import Any

import tree_sitter

from assay.scanner.sources.terraform import parsing

_PLAIN = ("provider", "providers", "depends_on", "ignore_changes", "replace_triggered_by", "iterator", "configuration_aliases")
"""Arguments that hold names, which JSON writes as texts; in variables their type, too."""
_MANY = ("provider", "locals", "terraform", "moved", "removed", "import", "check")
"""Blocks that a file may have several of with the same labels."""


def json_form(source: bytes) -> dict[str, Any]:
    """The blocks of a file in HCL as an object."""
    root = parsing.parse(source).root_node
    assert not root.has_error
    body = next((child for child in root.children if child.type == "body"), None)
    return _body(body, top=True) if body else {}


def _body(body: tree_sitter.Node, top: bool = False, plain: tuple[str, ...] = _PLAIN) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for child in body.children:
        if child.type == "attribute":
            name = _text(child.children[0])
            built[name] = _plain(child.children[2]) if name in plain else _value(child.children[2])
        elif child.type == "block":
            type_, labels, content = _block(child)
            _enter(built, [type_, *labels], content, several=not top or type_ in _MANY)
    return built


def _block(node: tree_sitter.Node) -> tuple[str, list[str], dict[str, Any]]:
    words = [_text(child).strip('"') for child in node.children if child.type in ("identifier", "string_lit")]
    body = next((child for child in node.children if child.type == "body"), None)
    return words[0], words[1:], _body(body, plain=("type", *_PLAIN) if words[0] == "variable" else _PLAIN) if body else {}


def _enter(built: dict[str, Any], keys: list[str], content: dict[str, Any], several: bool) -> None:
    """One block as an object, several of the same labels as a list of them."""
    for key in keys[:-1]:
        built = built.setdefault(key, {})
    before = built.get(keys[-1])
    assert before is None or several
    built[keys[-1]] = content if before is None else [*before, content] if isinstance(before, list) else [before, content]


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()


def _inner(node: tree_sitter.Node) -> tree_sitter.Node:
    """What an expression is, as long as it is one thing."""
    while node.type == "expression" and len(node.children) == 1:
        node = node.children[0]
    return node


def _value(node: tree_sitter.Node) -> Any:
    inner = _inner(node)
    if inner.type == "literal_value":
        literal = parsing.expression(inner).value
        return _template(literal) if isinstance(literal, str) else literal
    if inner.type == "collection_value":
        return _collection(inner.children[0])
    if inner.type == "template_expr" and inner.children[0].type == "heredoc_template":
        return _heredoc(_text(inner.children[0]))
    return f"${{{_text(node)}}}"


def _template(text: str) -> str:
    return text.replace("${", "$${").replace("%{", "%%{")


def _collection(node: tree_sitter.Node) -> Any:
    if node.type == "tuple":
        return [_value(child) for child in node.children if child.type == "expression"]
    built: dict[str, Any] = {}
    for element in node.children:
        if element.type == "object_elem":
            key, value = [child for child in element.children if child.type == "expression"]
            name = _inner(key)
            spelled = _text(key) if name.type == "variable_expr" else _value(key)
            built[str(spelled)] = _value(value)
    return built


def _heredoc(text: str) -> str:
    """The text of a heredoc is a template as it stands, without escapes by backslashes, and so is a string of JSON."""
    first, *lines = text.split("\n")
    lines = lines[:-1]
    if first.startswith("<<-"):
        indented = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
        lines = [line[min(indented, default=0) :] for line in lines]
    return "".join(f"{line}\n" for line in lines)


def _plain(node: tree_sitter.Node) -> Any:
    inner = _inner(node)
    if inner.type != "collection_value":
        return _text(node).strip('"')
    if inner.children[0].type == "tuple":
        return [_plain(child) for child in inner.children[0].children if child.type == "expression"]
    pairs = [
        [child for child in element.children if child.type == "expression"]
        for element in inner.children[0].children
        if element.type == "object_elem"
    ]
    return {_text(key): _plain(value) for key, value in pairs}
