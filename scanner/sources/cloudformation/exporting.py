"""What a stack exports under which names: its template, and those that it nests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from assay.scanner.sources.cloudformation.scope import NESTED, Scope
from assay.scanner.sources.raw import Text, ends_differ


class Export(NamedTuple):
    """An output that other stacks can import."""

    name: Any
    """As a raw value."""
    nested: tuple[str, ...]
    """The resources that lead to the nested template that has the output; empty for that of the stack itself."""
    output: str


def exports(scope: Scope, nested: tuple[str, ...] = ()) -> Iterator[Export]:
    """What a template exports, and then what those export that it nests; what is certainly not made is left out."""
    for name, output in scope.template.outputs.items():
        export = output.get("Export") if isinstance(output, dict) else None
        if isinstance(export, dict) and not _is_left_out(scope, output):
            yield Export(scope.resolve(export.get("Name")), nested, name)
    for resource in scope.template.resources.values():
        child = scope.child(resource) if resource.type == NESTED and scope.exists(resource) is not False else None
        if child is not None:
            yield from exports(child, (*nested, resource.name))


def exported(scope: Scope, export: Export) -> Any:
    """The raw value of one of the exports of a stack, whose own scope is given; None where it has none of that name."""
    at: Scope | None = scope
    for name in export.nested:
        at = at.child(at.template.resources[name]) if at else None
    return at.output(export.output) if at else None


def are_apart(one: Any, other: Any) -> bool:
    """Whether two names of exports are certainly not one."""
    if isinstance(one, str) and isinstance(other, str):
        return one != other
    return all(isinstance(name, (str, Text)) for name in (one, other)) and ends_differ(one, other)


def _is_left_out(scope: Scope, output: dict[str, Any]) -> bool:
    name = output.get("Condition")
    return isinstance(name, str) and scope.condition(name) is False
