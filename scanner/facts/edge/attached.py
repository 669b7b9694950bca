"""Entry points that name their web application firewall themselves."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.spelling import Link
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown
from assay.scanner.sources.values import Value, any_of


def names_firewall(view: View, at: Link) -> Value[bool]:
    """Whether an attribute names one: an empty text is none, nor is what the same attribute of another resource has not.

    `at`: the attribute, with the types that have it too.
    """
    value, linked = view[at], view.link(at)
    if value.unknown and not value.options and isinstance(linked.data, Reference):
        value = linked  # what the other has is not set, so that its value is not known
    return value.then(lambda data: _is_named(view, at, data))


def _is_named(view: View, at: Link, data: Any) -> bool | Unknown:
    if isinstance(data, Text):
        decided: bool | Unknown = any_of([Value.of(part).then(lambda part: _is_named(view, at, part)) for part in data.parts]).data
        return decided
    if isinstance(data, Reference) and data.attribute == at.path and data.type in at.types:
        owner = view.named(data, at)
        if owner is not None:
            named: bool | Unknown = owner[at.path].is_set().data
            return named
        return Unknown(f"whether {data.address} has one is known after apply", "scan the plan or the live account", view.location)
    return bool(data.strip()) if isinstance(data, str) else data is not None
