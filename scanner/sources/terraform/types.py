"""Type constraints of variables: conversion of a given value, as Terraform does it.

https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner.sources.raw import AtLeast, Unknown, at_least
from assay.scanner.sources.terraform import parsing, tree
from assay.scanner.sources.terraform.operators import EvaluationError, make_set, spread, to_bool, to_number, to_text, unify, unsettled


def constraint_of(expression: Any) -> Any:
    """The constraint that a `type` argument names; in JSON, and in old code, it is written in quotes."""
    quoted = isinstance(expression, tree.Literal) and isinstance(expression.value, str)
    return parsing.standalone(expression.value) if quoted else expression


def convert(raw: Any, constraint: Any, default: Callable[[Any], Any]) -> Any:
    """`raw` as the type that `constraint` (an expression tree) names. `default` evaluates the default of an optional attribute."""
    if raw is None or constraint is None:
        return raw
    constraint = constraint_of(constraint)
    return spread(lambda option: _converted(option, constraint, default), raw)


def _converted(raw: Any, constraint: Any, default: Callable[[Any], Any]) -> Any:
    if isinstance(raw, AtLeast) and isinstance(constraint, tree.Call) and constraint.function in ("list", "set", "map"):
        open_ = tuple((key, convert(value, constraint.arguments[0], default)) for key, value in raw.open)
        return at_least(_collection(raw.content, constraint, default), raw.rest, open_)
    if raw is None or unsettled(raw):
        return raw
    name = constraint.name if isinstance(constraint, tree.Name) else ""
    if name in _SCALARS:
        return _SCALARS[name](raw)
    if isinstance(constraint, tree.Call) and constraint.arguments:
        return _collection(raw, constraint, default)
    return raw


def _collection(raw: Any, constraint: tree.Call, default: Callable[[Any], Any]) -> Any:
    inner = constraint.arguments[0]
    if constraint.function in ("list", "set") and isinstance(raw, list):
        converted = [convert(element, inner, default) for element in raw]
        return make_set(converted) if constraint.function == "set" else unify(converted)
    if constraint.function == "map" and isinstance(raw, dict):
        return dict(zip(raw, unify([convert(element, inner, default) for element in raw.values()]), strict=True))
    if constraint.function == "object" and isinstance(raw, dict) and isinstance(inner, tree.Object):
        return _object(raw, inner, default)
    if constraint.function == "tuple" and isinstance(raw, list) and isinstance(inner, tree.List):
        return [convert(element, element_type, default) for element, element_type in zip(raw, inner.items, strict=False)]
    return raw


def _object(raw: dict[str, Any], fields: tree.Object, default: Callable[[Any], Any]) -> dict[str, Any]:
    converted: dict[str, Any] = {}
    for key, constraint in fields.items:
        name = key.value if isinstance(key, tree.Literal) else str(key)
        optional = isinstance(constraint, tree.Call) and constraint.function == "optional"
        inner = constraint.arguments[0] if optional else constraint
        if name in raw and not (optional and raw[name] is None):
            converted[name] = convert(raw[name], inner, default)
        elif optional:
            fallback = default(constraint.arguments[1]) if len(constraint.arguments) > 1 else None
            converted[name] = convert(fallback, inner, default)
        else:
            raise EvaluationError(f'the attribute "{name}" is required')
    return converted


def _bool(raw: Any) -> bool:
    truth = to_bool(raw)
    if isinstance(truth, Unknown):
        raise EvaluationError(truth.reason)
    return truth


_SCALARS: dict[str, Callable[[Any], Any]] = {"string": to_text, "number": to_number, "bool": _bool}
