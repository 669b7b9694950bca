"""What rules see of a resource: its facts as a map, without what is not known, and the way from a path back to the facts behind it."""

from __future__ import annotations

import functools
import re
from typing import Any

import msgspec

from assay.scanner.facts.model import Identity, Part, Resource, identity
from assay.scanner.rules import cel
from assay.scanner.rules.schema import IDENTITY
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Document, Reference, Text, Unknown, Value, describe

_SECRET_NAME = re.compile(
    r"(?:passw|passphrase|secret|private_key|api_?key|access_?key|token|credential|connection_string)(?![a-z_]*_(?:arn|id|name|version)\b)",
    re.IGNORECASE,
)
MAX_OBSERVED = 300


class Attributes(msgspec.Struct):
    """A resource that no kind models, for rules that name an input's own type: its attributes as the input gives them, else null."""

    identity: Any
    attributes: Value[Any]


@functools.cache
def fields_of(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(cls) if field.name != "identity")


def resource_facts(resource: Resource | Attributes) -> dict[str, Any]:
    """The map that rules read. Unknown facts are not in it."""
    named = {name: _named(resource.identity, name).data for name in IDENTITY}
    return {**{name: data for name, data in named.items() if not isinstance(data, Unknown)}, **to_cel(resource)}


def _named(who: Identity, name: str) -> Value[Any]:
    """A fact of an identity."""
    if name == "name" and who.unnamed is not None:
        return Value(who.unnamed)
    data = getattr(who, name)
    return Value(Unknown(f"the {name} is not known", "scan the live resource") if data is None else data)


def to_cel(part: Any) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for name in fields_of(part.__class__):
        converted = convert(getattr(part, name))
        if not isinstance(converted, Unknown):
            built[name] = converted
    return built


def convert(data: Any) -> Any:
    if isinstance(data, Value):
        data = data.data
    if data is None or isinstance(data, (str, bool, int, float, Unknown)):
        return data
    if isinstance(data, Part):
        return to_cel(data)
    if isinstance(data, list):
        # An element that is not known is an empty map: whatever is asked of it is an error, which is unknown.
        return [{} if isinstance(each, Unknown) else convert(each) for each in data]
    if isinstance(data, dict):
        return {key: converted for key, each in data.items() if not isinstance(converted := convert(each), Unknown)}
    if isinstance(data, (Reference, Text)):
        return str(data)
    return describe(data)


def with_nulls(raw: Any, facts: Any, path: cel.Path) -> Any:
    """The map of a resource or element with null where nothing is written at a path."""
    raw = raw.data if isinstance(raw, Value) else raw
    if isinstance(raw, list) and isinstance(facts, list) and path[:1] == ("*",):
        return [with_nulls(each, held, path[1:]) for each, held in zip(raw, facts, strict=True)]
    if not path or not isinstance(facts, dict) or isinstance(raw, Unknown):
        return facts
    written = raw.get(path[0]) if isinstance(raw, dict) else getattr(raw, path[0], None)
    if path[0] in facts:
        return {**facts, path[0]: with_nulls(written, facts[path[0]], path[1:])}
    return {**facts, path[0]: None} if written is None else facts


_GONE: Any = object()


def settled(raw: Any, facts: Any, path: cel.Path) -> Any:
    """The map of a resource or part without what is at a path, where its content is not known in full."""
    raw = raw.data if isinstance(raw, Value) else raw
    if isinstance(raw, (Reference, Text)) or (path in ((), ("*",)) and _partly_known(raw)):
        return _GONE
    if not path:
        return facts
    first, rest = path[0], path[1:]
    if first == "*" and isinstance(raw, list) and isinstance(facts, list):
        kept = [settled(each, held, rest) for each, held in zip(raw, facts, strict=True)]
        return [{} if each is _GONE else each for each in kept]
    if not isinstance(facts, dict) or first not in facts:
        return facts
    held = settled(raw.get(first) if isinstance(raw, dict) else getattr(raw, first, None), facts[first], rest)
    if held is facts[first]:
        return facts
    return {name: each for name, each in facts.items() if name != first} if held is _GONE else {**facts, first: held}


def _partly_known(raw: Any) -> bool:
    if isinstance(raw, Value):
        return _partly_known(raw.data)
    if isinstance(raw, (list, dict)):
        return any(_partly_known(each) for each in (raw.values() if isinstance(raw, dict) else raw))
    return isinstance(raw, (Unknown, Reference, Text))


def why_unknown(data: Any, content: bool) -> Unknown | None:
    if isinstance(data, Unknown):
        return data
    return Value(data).text().unknown if content and isinstance(data, (Reference, Text)) else None


def below(paths: list[cel.Path], each: cel.Path) -> list[cel.Path]:
    """Those of the paths that read an element of a list, from there."""
    own = (*each, "*")
    return [path[len(own) :] for path in paths if path[: len(own)] == own and len(path) > len(own)]


def fact(resource: Any, path: tuple[str, ...]) -> Value[Any]:
    held = walk(resource, path, "")
    value = held[0][1] if held else Value(None)
    return value if isinstance(value, Value) else Value(value)


def walk(at: Any, path: tuple[str, ...], name: str) -> list[tuple[str, Any]]:
    """Every value at a path of facts below a resource or part; stops where one is unknown or absent."""
    data = at.data if isinstance(at, Value) else at
    if not path or isinstance(data, Unknown) or data is None:
        return [(name, at)]
    first, rest = path[0], path[1:]
    if first == "*":
        elements = data if isinstance(data, list) else []
        return [found for each in elements for found in walk(each, rest, f"{name}[]")]
    if isinstance(data, dict):
        held = data.get(first)
        return walk(
            held if isinstance(held, (Value, Unknown)) else Value(held, at.seen if isinstance(at, Value) else ()),
            rest,
            f"{name}.{first}" if name else first,
        )
    if hasattr(data, first):
        return walk(getattr(data, first), rest, f"{name}.{first}" if name else first)
    return [(first, _named(data.identity, first))] if hasattr(data, "identity") and first in IDENTITY else []


def is_parts(data: Any) -> bool:
    return isinstance(data, Part) or (isinstance(data, list) and any(isinstance(each, (Part, Unknown)) for each in data))


def observed(name: str, data: Any) -> str:
    text = describe(_masked(name, data))
    return text if len(text) <= MAX_OBSERVED else text[: MAX_OBSERVED - 1] + "…"


def _masked(name: str, data: Any) -> Any:
    """The data without text that its name makes out to be secret."""
    if isinstance(data, Value):
        return _masked(name, data.data)
    if isinstance(data, dict):
        return {key: _masked(f"{name}.{key}", each) for key, each in data.items()}
    if isinstance(data, list):
        return [_masked(name, each) for each in data]
    return "(not shown)" if isinstance(data, (str, Text, Document)) and _SECRET_NAME.search(name) else data


def element_key(facts: Any) -> str:
    return msgspec.json.encode(facts, order="deterministic").decode()


def element_name(element: Any) -> str:
    """What tells an element from the others of its list: its first facts."""
    if element is None or isinstance(element, Unknown):
        return ""
    if not isinstance(element, Part):
        return observed("", element)
    held = [getattr(element, name).data for name in fields_of(element.__class__)]
    texts = [describe(each) for each in held if not is_parts(each) and not isinstance(each, (Unknown, bool, type(None)))]
    return ", ".join(texts)[:MAX_OBSERVED]


def raw_attributes(item: Item) -> Attributes:
    """A resource by its own attributes, each with its place, for rules on types that no kind models."""
    written = item.attributes()
    if isinstance(written.data, dict):
        placed = {name: (item[name], held) for name, held in written.data.items()}
        located: dict[str, Value[Any]] = {
            name: Value(own.data if isinstance(held, Unknown) else held, own.seen) for name, (own, held) in placed.items()
        }
        written = Value(located, written.seen)
    return Attributes(identity=identity(item, item["name"]), attributes=written)
