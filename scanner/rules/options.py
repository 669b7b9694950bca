"""A resource, or a part of one, with each of the values that its facts may have where it is known which these are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from assay.scanner.facts.model import Part, Resource
from assay.scanner.rules import cel
from assay.scanner.rules.view import fields_of
from assay.scanner.sources.values import Value

T = TypeVar("T")
MAX_COMBINATIONS = 64


def combinations(data: T, paths: Iterable[cel.Path]) -> list[T]:
    """Copies in which the facts at some paths that are one of a few values have each of these.

    Facts that hang on the same condition are combined as if they did not: what holds of all combinations holds of those that can be. What
    stands in lists is left as it is. `data` alone where no fact has options, or where there are more than MAX_COMBINATIONS.
    """
    copies = [data]
    for path in dict.fromkeys(paths):
        copies = [copy for one in copies for copy in _fixed(one, path)]
        if len(copies) > MAX_COMBINATIONS:
            return [data]
    return copies


def _fixed(data: Any, path: cel.Path) -> list[Any]:
    """Copies of a resource or part in which the first fact of a path that has options has each of them."""
    if not path or not isinstance(data, (Part, Resource)) or path[0] not in fields_of(data.__class__):
        return [data]
    value = getattr(data, path[0])
    values: list[Any]
    if isinstance(value, Value) and value.options:
        values = [Value(option, value.seen) for option in value.options]
    elif isinstance(value, Value):
        values = [Value(part, value.seen) for part in _fixed(value.data, path[1:])] if isinstance(value.data, Part) else [value]
    else:
        values = _fixed(value, path[1:])
    return [data] if len(values) == 1 else [msgspec.structs.replace(data, **{path[0]: fixed}) for fixed in values]
