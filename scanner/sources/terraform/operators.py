"""What values of the language do on their own: conversion, comparison, arithmetic, sets, and text with parts that are not known."""

from __future__ import annotations

import abc
import itertools
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from assay.scanner.sources.budget import OverBudget
from assay.scanner.sources.raw import (
    MAX_OPTIONS,
    AtLeast,
    Document,
    Either,
    Encoded,
    Made,
    Open,
    Reference,
    Text,
    Unknown,
    at_least,
    because,
    either,
    references_in,
    unknown_inside,
)
from assay.scanner.sources.terraform import exact, literals
from assay.scanner.sources.terraform.costs import TooMuch
from assay.scanner.sources.terraform.provided import never_empty

MAX_ELEMENTS = 100_000
MAX_TEXT = 10_000_000


class EvaluationError(Exception):
    """The expression is invalid for the values it meets."""


class Undecided(EvaluationError):
    """Whether the expression is invalid, or what it gives, hangs on what is not told here. `try()` does not go on behind it."""


class NotThere(EvaluationError):
    """The expression names what the code does not have."""


EXCEEDED = (TooMuch, OverBudget, RecursionError, MemoryError)
"""The input asks for more work than any real configuration: a gap for its root module."""
FAILURES = (EvaluationError, *EXCEEDED)


def words(error: Exception) -> str:
    """One of FAILURES in words."""
    if isinstance(error, RecursionError):
        return "the code is nested too deeply"
    return "its values take more memory than there is" if isinstance(error, MemoryError) else str(error)


def brief(raw: Any) -> str:
    """A value for a message: a text is cut, and of a list or a map only its kind is told."""
    return f"{raw[:60]!r}" if isinstance(raw, str) else f"a {type(raw).__name__}" if isinstance(raw, (list, dict)) else f"{raw!r:.60}"


class Set(list[Any]):
    """The elements of a set in Terraform's order. It has no indexes, and the key of an element is the element."""


def unify(elements: list[Any]) -> list[Any]:
    """Elements as lists, sets and maps hold them: primitives of different types become strings."""
    kinds = {_kind(element) for element in elements if element is not None}
    if len(kinds) < 2:
        return elements
    if "other" in kinds or not kinds <= {"bool", "number", "string"}:
        if len(kinds - {"other"}) > 1 and not kinds <= {"bool", "number", "string", "other"}:
            raise EvaluationError("elements of a collection are of types that have none in common")
        return elements
    if "string" not in kinds:
        raise EvaluationError("a truth value and a number have no type in common")
    return [to_text(element) if isinstance(element, (bool, int, float)) else element for element in elements]


def _kind(element: Any) -> str:
    if isinstance(element, (list, dict)):
        return type(element).__name__ if isinstance(element, dict) else "list"
    if isinstance(element, bool):
        return "bool"
    if isinstance(element, (int, float)):
        return "number"
    return "string" if isinstance(element, (str, Text)) else "other"


def make_set(elements: list[Any]) -> Set:
    """A set of elements of one type, each once; sorted, as Terraform iterates it, where all of them are known and no collections."""
    kept = without_repeats(unify(elements))
    kinds = {_kind(element) for element in kept}
    sortable = len(kinds) == 1 and kinds <= _SORTED and not any(unsettled(element) for element in kept)
    return Set(sorted(kept) if sortable else kept)


_SORTED = frozenset({"string", "number", "bool"})


def without_repeats(elements: list[Any]) -> list[Any]:
    """Each value once, at its first place; what is unknown may be anything and stays."""
    kept: list[Any] = []
    seen: set[Any] = set()
    for element in elements:
        settled = finish(element)
        if not unknown_inside(settled):
            key = identity(settled)
            if key in seen:
                continue
            seen.add(key)
        kept.append(element)
    return kept


def identity(raw: Any) -> Any:
    """Something hashable that only equal values share."""
    if isinstance(raw, bool):
        return ("bool", raw)
    if isinstance(raw, dict):
        return ("map", tuple((key, identity(raw[key])) for key in sorted(raw)))
    if isinstance(raw, list):
        return ("list", tuple(identity(element) for element in raw))
    return ("json", identity(raw.content)) if isinstance(raw, Document) else raw


class Namespace(abc.ABC):
    """What a name stands for when it is not data: `var`, `aws_s3_bucket`, one resource, a module."""

    __slots__ = ()

    @abc.abstractmethod
    def attribute(self, name: str) -> Any:
        """What follows a dot: the value of `var.NAME`, an attribute of a resource."""

    @abc.abstractmethod
    def index(self, key: Any) -> Any:
        """What stands in brackets: an instance by its key or number."""

    @abc.abstractmethod
    def elements(self) -> Any:
        """What a splat or a `for` goes over: a list, a map, or Unknown."""

    @abc.abstractmethod
    def finish(self) -> Any:
        """What is left of it as data once an expression is evaluated: a Reference, or Unknown."""


def finish(raw: Any) -> Any:
    """Replace what only means something during evaluation by data: a whole resource becomes a reference to it."""
    if isinstance(raw, list):
        return [finish(element) for element in raw]
    if isinstance(raw, dict):
        return {key: finish(element) for key, element in raw.items()}
    if raw.__class__ is AtLeast:
        return at_least(finish(raw.content), raw.rest, tuple((finish(key), finish(value)) for key, value in raw.open))
    return raw.finish() if hasattr(raw, "finish") else raw


def unsettled(raw: Any) -> bool:
    """Whether the value as a whole is not plain data."""
    return isinstance(raw, (Unknown, Reference, Text, Document)) or hasattr(raw, "finish")


def known_part(raw: Any, nothing: Any) -> Any:
    """What is known of a list or map that may be open: `nothing` where that is nothing."""
    if isinstance(raw, AtLeast):
        return raw.content
    return nothing if unsettled(raw) else raw


def why_unknown(raw: Any) -> Unknown:
    """Why a value that is not settled is not known."""
    if isinstance(raw, Unknown):
        raw = raw.rest if isinstance(raw, AtLeast) else raw
        return raw if isinstance(raw, Made) else because(raw)
    if isinstance(raw, Text) and raw.unknown:
        return raw.unknown
    whole = finish(raw)
    if isinstance(whole, Reference):
        return Made(f"the value of {whole} is known after apply", _SETTLED, of=(whole,))
    if isinstance(whole, Unknown):
        return Unknown(f"the value of {whole} is known after apply", _SETTLED)
    return Made("part of the value is known after apply", _SETTLED, of=tuple(references_in(whole)))


_SETTLED = "scan the plan or the live resource"


REFUSALS = (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError)
"""What functions raise for arguments that Terraform refuses."""


def spread(function: Callable[..., Any], *arguments: Any) -> Any:
    """The result of a function; where arguments are open, that of every combination of their options, up to MAX_OPTIONS of them.

    The very same value in two places is one option in both: `lookup(names, member, member)`. Raises EvaluationError where Terraform would
    refuse every combination; where it would refuse some, the result is not known.
    """
    opened = list({id(argument): argument for argument in arguments if isinstance(argument, Either)}.values())
    if not opened:
        return function(*arguments)
    why = because(opened[0])
    if math.prod(len(argument.options) for argument in opened) > MAX_OPTIONS:
        return why
    results: list[Any] = []
    refused: EvaluationError | None = None
    for options in itertools.product(*(argument.options for argument in opened)):
        chosen = {id(argument): option for argument, option in zip(opened, options, strict=True)}
        try:
            results.append(finish(function(*(chosen.get(id(argument), argument) for argument in arguments))))
        except EvaluationError as error:
            refused = refused if isinstance(refused, Undecided) else error
        except REFUSALS as error:
            refused = refused if isinstance(refused, Undecided) else EvaluationError(str(error))
    if refused is not None and not results:
        raise refused
    return Refusable(why.reason, why.settles_it, why.location) if refused is not None else either(why, *results)


class Refusable(Unknown, frozen=True):
    """A value that Terraform computes of some of the options, and refuses of others."""


def refusable(raw: Any) -> Unknown | None:
    """The first part of a value that Terraform may refuse to compute. What a text is made of may be no text, unless it is a variable."""
    if isinstance(raw, Refusable):
        return raw
    if isinstance(raw, Text):
        doubtful = (part for part in raw.parts if isinstance(part, Unknown) and not isinstance(part, Open))
        return next((part for part in doubtful if part != exact.NOT_TOLD), None)  # numbers always make text
    parts = raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else ()
    return next((unknown for part in parts if (unknown := refusable(part)) is not None), None)


def to_whole(raw: Any) -> int:
    """A whole number, as `count` takes it. Raises EvaluationError."""
    number = to_number(raw)
    if isinstance(number, exact.Near):
        raise Undecided(exact.NOT_TOLD.reason)
    if isinstance(number, float):
        raise EvaluationError(f"{raw!r} is not a whole number")
    return number


def to_bool(raw: Any) -> bool | Unknown:
    """A truth value, also of the texts that Terraform converts. Raises EvaluationError."""
    if isinstance(raw, bool):
        return raw
    if unsettled(raw):
        return why_unknown(raw)
    if raw in ("true", "false", "1", "0") and isinstance(raw, str):
        return raw in ("true", "1")
    raise EvaluationError(f"{brief(raw)} is not a condition")


def to_text(raw: Any) -> str:
    """A text, also of numbers and truth values. Raises EvaluationError."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, exact.Near):
        raise Undecided(exact.NOT_TOLD.reason)
    if isinstance(raw, float):
        return format(Decimal(repr(raw)), "f")
    if isinstance(raw, int):
        return str(raw)
    raise EvaluationError(f"a {'null' if raw is None else type(raw).__name__} is not a string")


def equal(left: Any, right: Any) -> bool | Unknown:
    """Equality that says Unknown where a part that could differ is not known."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Open) and isinstance(other, Open) and one.name and one.name == other.name:
            return True
        if isinstance(one, exact.Counted) and one.compared("==", other) is False:
            return False
        if isinstance(one, Unknown):
            return because(one)
        if isinstance(one, (Reference, Text, Document)):
            return _equal_unsettled(one, other)
    if isinstance(left, (list, dict)) and type(left) is type(right):
        return _equal_collections(left, right)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return exact.equal(left, right)
    return bool(left == right)


def _equal_unsettled(one: Any, other: Any) -> bool | Unknown:
    if one == other:
        return True
    if other in (None, "") and never_empty(one):
        return False
    if other is None and not (isinstance(one, Reference) and one.is_data):
        return False  # an attribute of a resource in this configuration, and a string, are never null
    if isinstance(one, Text) and isinstance(other, str) and not one.may_be(other):
        return False
    return why_unknown(one)


def _equal_collections(left: Any, right: Any) -> bool | Unknown:
    if len(left) != len(right):
        return False
    if isinstance(left, dict):
        if left.keys() != right.keys():
            return False
        pairs = [(left[key], right[key]) for key in left]
    else:
        pairs = list(zip(left, right, strict=True))
    results = [equal(one, other) for one, other in pairs]
    if False in results:
        return False
    return next((result for result in results if isinstance(result, Unknown)), True)


def to_number(raw: Any) -> int | float:
    """A number, also of a text that spells one. Raises EvaluationError."""
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str):
        number = literals.read_number(raw)
        if number is not None:
            return number
        if literals.is_number(raw):
            raise Undecided("a number is too large to compute")
    raise EvaluationError(f"{brief(raw)} is not a number")


def _text_part(raw: Any) -> str | Unknown | Reference:
    if isinstance(raw, (Unknown, Reference)):
        return raw
    if isinstance(raw, exact.Near):
        return exact.NOT_TOLD
    if isinstance(raw, Document):
        why = why_unknown(raw)
        of = why.of if isinstance(why, Made) else ()
        return Encoded(why.reason, why.settles_it, why.location, of, content=raw.content)
    return to_text(raw)


def join_text(pieces: list[Any]) -> str | Text | Reference:
    """One string of pieces, or a Text where some are not known; what is a Reference alone stays one."""
    parts: list[Any] = []
    literal: list[str] = []
    length = 0
    for piece in pieces:
        settled = finish(piece)
        for settled_part in settled.parts if isinstance(settled, Text) else (settled,):
            part = _text_part(settled_part)
            if not isinstance(part, str):
                parts += ["".join(literal), part]
                literal = []
                continue
            literal.append(part)
            length += len(part)
            if length > MAX_TEXT:
                raise TooMuch(f"a text of more than {MAX_TEXT:,} characters")
    if not parts:
        return literals.composed("".join(literal))
    kept = tuple(part for part in [*parts, "".join(literal)] if part != "")
    return kept[0] if len(kept) == 1 and isinstance(kept[0], Reference) else Text(kept)


def pairs_of(elements: Any) -> list[tuple[Any, Any]] | None:
    """Keys and values in the order in which Terraform goes through them; of what is known in part, those, and no number of an element."""
    if isinstance(elements, AtLeast):
        numbered = isinstance(elements.content, list) and not isinstance(elements.content, Set)
        return (
            [(elements.rest, element) for element in elements.content]
            if numbered
            else [*(pairs_of(elements.content) or ()), *elements.open]
        )
    if isinstance(elements, dict):
        return sorted(elements.items(), key=lambda pair: pair[0])
    if isinstance(elements, Set):
        return [(element, element) for element in elements]
    return list(enumerate(elements)) if isinstance(elements, list) else None
