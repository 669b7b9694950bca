"""What is set in objects that an argument writes out as JSON: `container_definitions = jsonencode([{ … }])`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from assay.scanner.fix.edits import Edit, NoEdit
from assay.scanner.fix.hcl_nodes import name_of, same, single, text_of
from assay.scanner.fix.written import expression_of, is_plain
from assay.scanner.sources.terraform import parsing

if TYPE_CHECKING:
    from assay.scanner.fix.hcl import HclFile


def is_encoded(attribute: Any) -> bool:
    """Whether the value of an argument is one call of jsonencode."""
    return encoded(attribute) is not None


def set_in_each(file: HclFile, attribute: Any, settings: Mapping[str, Any]) -> list[Edit]:
    """Edits after which the object that is encoded, or each of a list of objects, says what it is to say.

    Raises Refused where one of them is not written out.
    """
    inner = encoded(attribute)
    if inner is None:
        raise NoEdit(f"{name_of(attribute)} is not written with jsonencode")
    objects = [child for child in inner.children if child.type == "expression"] if inner.type == "tuple" else [inner]
    edits: list[Edit] = []
    for node in map(single, objects):
        if node.type != "object":
            raise NoEdit(f"{name_of(attribute)} has an element that is an expression")
        edits += _set(file, node, settings)
    return edits


def encoded(attribute: Any) -> Any:
    """The list or the object that the value of an argument encodes; None where the value is another."""
    call = single(attribute.children[2])
    if call.type != "function_call" or text_of(call.children[0]) != "jsonencode":
        return None
    arguments = next((child for child in call.children if child.type == "function_arguments"), None)
    inner = single(arguments) if arguments is not None else None
    return inner if inner is not None and inner.type in ("tuple", "object") else None


def _set(file: HclFile, node: Any, settings: Mapping[str, Any]) -> Iterator[Edit]:
    members = {key_of(child): child for child in node.children if child.type == "object_elem"}
    for name, value in settings.items():
        if name not in members:
            continue
        expression = parsing.whole_expression(members[name].children[-1])
        if same(expression, value):
            continue
        if not is_plain(expression):
            raise NoEdit(f"{name} is given by an expression")
        last = members[name].children[-1]
        yield file.edit(last.start_byte, last.end_byte, expression_of(value))
    new = {name: expression_of(value) for name, value in settings.items() if name not in members}
    if new and not members:
        raise NoEdit("what it stands in is empty")
    if new:
        yield from _added(file, node, list(members.values()), new)


def key_of(element: Any) -> str:
    """The name of a member of an object."""
    return text_of(element.children[0]).strip('"')


def _added(file: HclFile, node: Any, members: list[Any], new: Mapping[str, str]) -> Iterator[Edit]:
    """Write more of an object behind the last of it, as that is written: with commas or without, with quotes, by `=` or by `:`."""
    last = members[-1]
    mark = " = " if text_of(last.children[1]) == "=" else f"{': ' if last.children[1].start_byte == last.children[0].end_byte else ' : '}"
    quote = '"' if text_of(last.children[0]).startswith('"') else ""
    if node.start_point[0] == last.start_point[0]:
        yield file.edit(last.end_byte, last.end_byte, "".join(f", {quote}{name}{quote}{mark}{text}" for name, text in new.items()))
        return
    commas = [child for child in node.children if child.type == ","]
    trailing = bool(commas) and commas[-1].start_byte >= last.end_byte
    if commas and not trailing:
        yield file.edit(last.end_byte, last.end_byte, ",")
    group = _group(members) if mark == " = " else []
    width = max((len(text_of(child.children[0])) for child in group), default=0)
    names = {f"{quote}{name}{quote}": text for name, text in new.items()}
    wider = max([width, *map(len, names)]) if mark == " = " else 0
    for child in group if wider > width else ():
        key, equals = child.children[0], child.children[1]
        if equals.start_byte - key.end_byte == width - len(text_of(key)) + 1:  # else it was not aligned, and stays as it is
            yield file.edit(key.end_byte, equals.start_byte, " " * (wider - len(text_of(key)) + 1))
    indent = file.source[file.line_start(last.start_byte) : last.start_byte].decode()
    lines = [f"{indent}{name:<{wider}}{mark}{text}" for name, text in names.items()]
    text = "".join(f"\n{line}{',' if trailing or (commas and at + 1 < len(lines)) else ''}" for at, line in enumerate(lines))
    at = file.line_end(last.end_byte)
    yield file.edit(at, at, text.replace("\n", file.newline))


def _group(members: list[Any]) -> list[Any]:
    """The members of one line each, in consecutive lines, that the last belongs to."""
    group: list[Any] = []
    for child in reversed(members):
        if child.start_point[0] != child.end_point[0] or (group and child.end_point[0] + 1 != group[-1].start_point[0]):
            break
        group.append(child)
    return group
