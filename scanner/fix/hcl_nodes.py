"""The nodes of a syntax tree of the Terraform language, as edits ask for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from assay.scanner.sources.terraform import parsing, tree


def same(expression: Any, value: Any) -> bool:
    """Whether an expression is written as a value of a remedy."""
    if isinstance(expression, tree.Literal):
        return type(expression.value) is type(value) and bool(expression.value == value)
    if isinstance(expression, tree.List) and isinstance(value, list):
        return len(expression.items) == len(value) and all(map(same, expression.items, value))
    return isinstance(value, str) and value.startswith("${") and parsing.standalone(value[2:-1]) == expression


def text_of(node: Any) -> str:
    """What is written in a node."""
    return (node.text or b"").decode("utf-8", "replace")


def name_of(node: Any) -> str:
    """The name of an argument, or the type of a block."""
    return text_of(node.children[0])


def labels_of(block: Any) -> list[str]:
    """The labels of a block, as they are written."""
    return [text_of(child).strip('"') for child in block.children[1:] if child.type in ("string_lit", "identifier")]


def body_of(block: Any) -> Any:
    """The body of a block; None where it is empty."""
    return next((child for child in block.children if child.type == "body"), None)


def content_of(block: Any) -> list[Any]:
    """What is in a block, comments too."""
    inner = [child for child in block.children if child.type in ("body", "comment")]
    return [part for child in inner for part in (child.children if child.type == "body" else [child])]


def children_of(block: Any) -> list[Any]:
    """The arguments and blocks in a block."""
    body = body_of(block)
    return [child for child in body.children if child.type in ("attribute", "block")] if body is not None else []


def blocks_of(body: Any) -> Iterator[Any]:
    """The blocks in a body."""
    yield from (child for child in (body.children if body is not None else ()) if child.type == "block")


def opening(block: Any) -> Any:
    """The brace that opens a block."""
    return next(child for child in block.children if child.type == "block_start")


def closing(block: Any) -> Any:
    """The brace that closes a block."""
    return next(child for child in block.children if child.type == "block_end")


def reached(block: Any, path: Sequence[str]) -> list[Any]:
    """The blocks that a path of types leads to."""
    blocks = [block]
    for name in path:
        blocks = [child for holder in blocks for child in children_of(holder) if child.type == "block" and name_of(child) == name]
    return blocks


def at_path(block: Any, path: str) -> list[Any]:
    """The arguments and blocks that a path leads to."""
    *outer, name = path.split(".")
    return [child for holder in reached(block, outer) for child in children_of(holder) if name_of(child) == name]


def made_of(block: Any, path: Sequence[str]) -> list[Any]:
    """The blocks that a path of types leads to, and what `dynamic` makes of these types."""
    blocks = [block]
    for name in path:
        inner = [child for holder in blocks for child in children_of(holder) if child.type == "block"]
        made = [child for child in inner if name_of(child) == "dynamic" and labels_of(child) == [name]]
        blocks = [child for child in inner if name_of(child) == name]
        blocks += [child for outer in made for child in blocks_of(body_of(outer)) if name_of(child) == "content"]
    return blocks


def single(node: Any) -> Any:
    """What is written in an expression, or as the only argument of a function."""
    while len(node.children) == 1 and node.type in ("expression", "collection_value", "function_arguments"):
        node = node.children[0]
    return node


def list_of(node: Any) -> Any:
    """The list that an expression writes out; None where it is another."""
    node = single(node)
    return node if node.type == "tuple" else None


def elements_of(list_: Any) -> list[Any]:
    """The elements of a list that is written out; none where there is no list."""
    return [child for child in list_.children if child.type == "expression"] if list_ is not None else []


def group_of(children: Sequence[Any], of: Any) -> list[Any]:
    """The arguments in consecutive lines around one, of one line each; a text between marks (`<<E`) counts by its first."""
    groups: list[list[Any]] = [[]]
    for child in children:
        if not (child.type == "attribute" and (child.start_point[0] == child.end_point[0] or is_heredoc(child))):
            groups.append([])
            continue
        if groups[-1] and child.start_point[0] != _last_row(groups[-1][-1]) + 1:
            groups.append([])
        groups[-1].append(child)
    return next((group for group in groups if of in group), [])


def is_heredoc(attribute: Any) -> bool:
    """Whether the value of an argument is a text between marks."""
    return text_of(attribute.children[2]).startswith("<<")


def _last_row(attribute: Any) -> int:
    row: int = attribute.start_point[0] + text_of(attribute).rstrip().count("\n")
    return row
