"""Parts of values: what `value.name` and `value[key]` read."""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.raw import AtLeast, Given, Made, Open, Reference, Unknown, because
from assay.scanner.sources.terraform.operators import EvaluationError, Set, brief, to_text, to_whole, unsettled, why_unknown


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


def _key(key: Any) -> str:
    return to_text(key) if not isinstance(key, str) else key
