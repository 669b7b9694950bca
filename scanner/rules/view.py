"""What CEL sees of a resource: a map of those facts that rules read, without what is not known."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from assay.scanner.facts.model import Identity, Part, Resource, identity
from assay.scanner.rules import cel
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Text, Unknown, describe
from assay.scanner.sources.values import Value

Shape = dict[str, Any]
"""Which facts are read: a name to the shape below it (`*` for the elements of a list); the empty shape is everything."""
EVERYTHING: Shape = {}
PLAIN = frozenset({bool, str, int, float, type(None)})
"""Types of facts that are what they look like."""


class Attributes(msgspec.Struct):
    """A resource that no kind models, for rules that name an input's own type: its attributes as the input gives them, else null."""

    identity: Any
    attributes: Value[Any]

    def give_roles(self, roles_of: Callable[[Identity | Unknown], list[str] | Unknown]) -> None:
        """Gives it the roles that the configuration says."""
        self.identity.roles = roles_of(self.identity)


def raw_attributes(item: Item) -> Attributes:
    """A resource by its own attributes, each with its place, for rules on types that no kind models."""
    written = item.attributes()
    if isinstance(written.data, dict):
        placed = {name: (item[name], data) for name, data in written.data.items()}
        located: dict[str, Value[Any]] = {
            name: Value(own.data if isinstance(data, Unknown) else data, own.seen) for name, (own, data) in placed.items()
        }
        written = Value(located, written.seen)
    return Attributes(identity=identity(item, item["name"]), attributes=written)


@functools.cache
def fields_of(cls: Any) -> tuple[str, ...]:
    """The facts of a kind or part."""
    return tuple(field.name for field in msgspec.structs.fields(cls) if field.name != "identity")


def named(who: Identity, name: str) -> Value[Any]:
    """A fact of an identity."""
    if name == "name" and who.unnamed is not None:
        return Value(who.unnamed)
    data = getattr(who, name)
    return Value(Unknown(f"the {name} is not known", "scan the live resource") if data is None else data)


def shape_of(paths: Iterable[cel.Path], whole: Iterable[cel.Path]) -> Shape:
    """The shape that holds every path; of the `whole` ones all that is below them, whatever other paths say."""
    shape: Shape = {}
    whole = set(whole)
    for path in sorted(paths, key=len):
        at = shape
        for depth, name in enumerate(path):
            if name in at and at[name] is EVERYTHING:
                break
            at = at.setdefault(name, EVERYTHING if path[: depth + 1] in whole else {})
    return shape


def facts_of(resource: Resource | Attributes, shape: Shape) -> tuple[dict[str, Any], frozenset[str]]:
    """The map that rules read, and the names in it below which something is not known in full. Unknown facts are not in it."""
    facts: dict[str, Any] = {}
    open_names: list[str] = []
    fields = fields_of(resource.__class__)
    for name, below in shape.items():
        value = getattr(resource, name) if name in fields else named(resource.identity, name)
        data = value.data if isinstance(value, Value) else value
        if type(data) in PLAIN:
            facts[name] = data
        elif not isinstance(data, Unknown):
            parts: list[Any] = []
            facts[name] = convert(data, below, parts)
            if parts:
                open_names.append(name)
    return facts, frozenset(open_names)


def convert(data: Any, shape: Shape = EVERYTHING, not_in_full: list[Any] | None = None) -> Any:
    """A fact as CEL sees it. What is not known in full is put into `not_in_full`; its text is there, as far as it goes."""
    if isinstance(data, Value):
        data = data.data
    if type(data) in PLAIN or isinstance(data, Unknown):
        return data
    if isinstance(data, Part):
        return _of_part(data, shape, not_in_full)
    if isinstance(data, list):
        return [_element(element, shape.get("*", EVERYTHING), not_in_full) for element in data]
    if isinstance(data, dict):
        names = data if not shape or "*" in shape else [name for name in shape if name in data]
        below = EVERYTHING if "*" in shape else shape
        facts = _known((name, convert(data[name], below.get(name, EVERYTHING), not_in_full)) for name in names)
        if not_in_full is not None and len(facts) != len(names):
            not_in_full.append(data)
        return facts
    if isinstance(data, (Reference, Text)):
        if not_in_full is not None:
            not_in_full.append(data)
        return str(data)
    return data if isinstance(data, (str, int, float)) else describe(data)


def _of_part(part: Part, shape: Shape, not_in_full: list[Any] | None) -> dict[str, Any]:
    fields = fields_of(part.__class__)
    names: Iterable[str] = [name for name in shape if name in fields] if shape and "*" not in shape else fields
    facts: dict[str, Any] = {}
    for name in names:
        fact = getattr(part, name)
        data = fact.data if fact.__class__ is Value else fact
        if data.__class__ in PLAIN:
            facts[name] = data
        elif not isinstance(data, Unknown):
            facts[name] = convert(data, shape.get(name, EVERYTHING), not_in_full)
    return facts


def _element(data: Any, shape: Shape, not_in_full: list[Any] | None) -> Any:
    converted = data if type(data) in PLAIN else convert(data, shape, not_in_full)
    if not isinstance(converted, Unknown):
        return converted
    if not_in_full is not None:
        not_in_full.append(converted)
    return {}  # whatever is asked of it is an error, which is unknown


def _known(facts: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: data for name, data in facts if not isinstance(data, Unknown)}


def with_nulls(raw: Any, facts: Any, path: cel.Path) -> Any:
    """The map of a resource or element with null where nothing is written at a path."""
    raw = raw.data if isinstance(raw, Value) else raw
    if isinstance(raw, list) and isinstance(facts, list) and path[:1] == ("*",):
        return [with_nulls(element, below, path[1:]) for element, below in zip(raw, facts, strict=True)]
    if not path or not isinstance(facts, dict) or isinstance(raw, Unknown):
        return facts
    written = raw.get(path[0]) if isinstance(raw, dict) else getattr(raw, path[0], None)
    if path[0] in facts:
        return {**facts, path[0]: with_nulls(written, facts[path[0]], path[1:])}
    return {**facts, path[0]: None} if written is None else facts


_GONE: Any = object()


def settled(raw: Any, facts: Any, path: cel.Path) -> Any:
    """The map of a resource or element without what is at a path, where its content is not known in full."""
    left = _settled(raw, facts, path)
    return {} if left is _GONE else left


def _settled(raw: Any, facts: Any, path: cel.Path) -> Any:
    raw = raw.data if isinstance(raw, Value) else raw
    if isinstance(raw, (Reference, Text)) or (path in ((), ("*",)) and _partly_known(raw)):
        return _GONE
    if not path:
        return facts
    first, rest = path[0], path[1:]
    if first == "*" and isinstance(raw, list) and isinstance(facts, list):
        return [settled(element, below, rest) for element, below in zip(raw, facts, strict=True)]
    if not isinstance(facts, dict) or first not in facts:
        return facts
    below = _settled(raw.get(first) if isinstance(raw, dict) else getattr(raw, first, None), facts[first], rest)
    if below is facts[first]:
        return facts
    return {name: data for name, data in facts.items() if name != first} if below is _GONE else {**facts, first: below}


def _partly_known(raw: Any) -> bool:
    if isinstance(raw, Value):
        return _partly_known(raw.data)
    if isinstance(raw, (list, dict)):
        return any(_partly_known(element) for element in (raw.values() if isinstance(raw, dict) else raw))
    return isinstance(raw, (Unknown, Reference, Text))
