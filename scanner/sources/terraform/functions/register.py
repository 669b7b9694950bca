"""How functions are registered: `function` keeps what is unknown inside collections, `strict` needs plain data."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from assay.scanner.sources.raw import Document, Reference, Text, Unknown, unknown_inside
from assay.scanner.sources.terraform.operators import EvaluationError, Set, finish, to_text, unify, unsettled, why_unknown

Function = Callable[..., Any]
FUNCTIONS: dict[str, Function] = {}


def function(name: str) -> Callable[[Function], Function]:
    """Register a function of the language under its name."""

    def register(function: Function) -> Function:
        FUNCTIONS[name] = function
        return function

    return register


def strict(name: str, function: Function, *kinds: Callable[[Any], Any]) -> None:
    """`kinds` convert the parameters as Terraform does (a number where text is wanted, and so on); the last is also for all that follow."""

    @functools.wraps(function)
    def guarded(*arguments: Any) -> Any:
        settled = [finish(argument) for argument in arguments]
        for argument in settled:
            if deep_unsettled(argument):
                return why_unknown(unknown_inside(argument) or argument)
        return function(*[kinds[min(at, len(kinds) - 1)](argument) for at, argument in enumerate(settled)])

    FUNCTIONS[name] = guarded


def deep_unsettled(raw: Any) -> bool:
    """Whether a value, or anything inside of it, is not settled."""
    if isinstance(raw, dict):
        raw = list(raw.values())
    if isinstance(raw, list):
        return any(deep_unsettled(element) for element in raw)
    return isinstance(raw, (Unknown, Reference, Text, Document))


def open_collection(*collections: Any) -> Unknown | None:
    """Why a collection cannot be told as a whole."""
    return next((why_unknown(collection) for collection in collections if unsettled(collection)), None)


def as_list(raw: Any) -> list[Any]:
    """A list or set. What is not one is refused, so that `try()` goes on as in Terraform."""
    if not isinstance(raw, list):
        raise EvaluationError("a list is required")
    return raw


def as_ordered(raw: Any) -> list[Any]:
    """A list, whose elements have an order. Raises EvaluationError for a set and for what is none."""
    if isinstance(raw, Set):
        raise EvaluationError("a list is required, and a set has no order")
    return as_list(raw)


def as_unified(raw: Any) -> list[Any]:
    """A list or set with elements of one type, as Terraform converts them. Raises EvaluationError."""
    return unify(as_list(raw))


def as_texts(raw: Any) -> list[str]:
    """A list or set of texts. Raises EvaluationError."""
    return [to_text(element) for element in as_list(raw)]


def as_map(raw: Any) -> dict[str, Any]:
    """A map or object. Raises EvaluationError for what is none."""
    if not isinstance(raw, dict):
        raise EvaluationError("a map is required")
    return raw
