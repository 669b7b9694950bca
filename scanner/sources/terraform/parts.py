"""Parts of values: what `value.name` and `value[key]` read."""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.raw import AtLeast, Given, Made, Open, Reference, Text, Unknown, because, either, same
from assay.scanner.sources.terraform.operators import (
    EvaluationError,
    Refusable,
    Set,
    brief,
    finish,
    to_text,
    to_whole,
    unsettled,
    why_unknown,
)


def get_attribute(raw: Any, name: str) -> Any:
    """The attribute of a value as `value.name` reads it. Raises EvaluationError."""
    if isinstance(raw, dict):
        if name in raw:
            return raw[name]
        raise EvaluationError(f'there is no attribute "{name}"')
    if isinstance(raw, AtLeast) and isinstance(raw.content, dict) and name in raw.content:
        return raw.content[name]
    if isinstance(raw, Unknown):
        return _part(raw, f".{name}")
    if isinstance(raw, Reference):
        return Reference(raw.address, f"{raw.attribute}.{name}" if raw.attribute else name)
    if hasattr(raw, "attribute"):
        return raw.attribute(name)
    raise EvaluationError(f'a {type(raw).__name__} has no attribute "{name}"')


def get_index(raw: Any, key: Any) -> Any:
    """The element of a value as `value[key]` reads it. Raises EvaluationError."""
    if isinstance(raw, AtLeast) and not unsettled(key) and isinstance(raw.content, dict) and _key(key) in raw.content:
        return raw.content[_key(key)]
    if isinstance(raw, AtLeast) and raw.open and unsettled(key):
        wanted = finish(key)
        return next((value for name, value in raw.open if same(finish(name), wanted) and not _is_nameless(name)), because(raw))
    if isinstance(raw, Unknown):
        return because(raw) if unsettled(key) else _part(raw, f"[{to_text(key)}]")
    if isinstance(raw, Reference):
        if not raw.attribute or unsettled(key):
            return raw
        return Reference(raw.address, f"{raw.attribute}[{to_text(key)}]") if len(to_text(key)) < _MAX_NAME else why_unknown(raw)
    if hasattr(raw, "index") and not isinstance(raw, (list, str)):
        return raw.index(key)
    if unsettled(key):
        return why_unknown(key)
    if isinstance(raw, dict):
        if _key(key) in raw:
            return raw[_key(key)]
        raise EvaluationError(f"there is no element {brief(key)}")
    if isinstance(raw, list) and not isinstance(raw, Set):
        at = to_whole(key)
        if 0 <= at < len(raw):
            return raw[at]
        raise EvaluationError(f"there is no element {at} in a list of {len(raw)}")
    raise EvaluationError(f"a {type(raw).__name__} has no elements")


def get_any(raw: Any, key: Any) -> Any:
    """As `get_index`; by a key that is not known, one of the elements that it may lead to, since Terraform refuses every other key."""
    if not unsettled(key) or isinstance(raw, Set) or not isinstance(raw, (dict, list)) or not raw:
        return get_index(raw, key)
    options = raw if isinstance(raw, list) else may_lead_to(raw, key)
    if not options:
        raise EvaluationError(f"there is no element {brief(key)}")
    return either(why_unknown(key), *map(finish, options))


def get_or_refused(raw: Any, key: Any) -> Any:
    """As `get_index`, where what Terraform refuses has a meaning, and so has that it may refuse a key which is not known."""
    read = get_index(raw, key)
    refusable = unsettled(key) and isinstance(raw, (dict, list)) and isinstance(read, Unknown)
    return Refusable(read.reason, read.settles_it, read.location) if refusable else read


def may_lead_to(elements: dict[str, Any], key: Any) -> list[Any]:
    """The elements of a map that a key may lead to which is not known."""
    return [element for name, element in elements.items() if not isinstance(key, Text) or key.may_be(name)]


_MAX_NAME = 1000
"""Characters of what leads to a part of a value that is not known."""


def _part(raw: Unknown, step: str) -> Unknown:
    """A part of a value that is not known."""
    if isinstance(raw, Open) and len(raw.name) + len(step) > _MAX_NAME:
        return because(raw)
    if isinstance(raw, Made):
        return raw
    if not isinstance(raw, Open):
        return because(raw)
    part = Given if isinstance(raw, Given) else Open
    return part(raw.reason, raw.settles_it, raw.location, raw.name + step, raw.marked)


def _is_nameless(key: Any) -> bool:
    """Whether two that look alike may be two: a part of it is not known, and has no name."""
    parts = key.parts if isinstance(key, Text) else (key,)
    return any(isinstance(part, Unknown) and not isinstance(part, Open) for part in parts)


def _key(key: Any) -> str:
    return to_text(key) if not isinstance(key, str) else key
