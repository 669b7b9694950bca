"""What a template may use and how much of it, and the answers to what cannot be decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner.sources.deployment_manager.marks import TooLarge

MAX_STEPS = 400_000


class TooMuch(TooLarge):
    """A template that does not end within its budget."""


class Choices:
    """Answers to what cannot be decided: those that are given in the order of the questions, then yes."""

    def __init__(self, given: tuple[bool, ...] = ()) -> None:
        self._given = given
        self.made: dict[str, bool] = {}

    def decide(self, question: str) -> bool:
        if question not in self.made:
            at = len(self.made)
            self.made[question] = self._given[at] if at < len(self._given) else True
        return self.made[question]


class Budget:
    """The steps that all templates of one deployment may spend."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.steps = steps

    def spend(self, steps: int = 1) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise TooMuch("it takes too many steps: a loop, a recursion or a text is too long")


class Open(dict[str, Any]):
    """Properties of which nobody says all: those of a template that no configuration uses."""


class Perhaps(str):
    """Text of which it is not known whether it is empty."""

    __slots__ = ("choose",)
    choose: Callable[[], bool]

    def __bool__(self) -> bool:
        return self.choose()


FILTERS = (
    "abs", "attr", "batch", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first", "float", "groupby", "indent", "int",
    "items", "join", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "replace", "reverse", "round", "safe",
    "select", "selectattr", "slice", "sort", "string", "sum", "title", "tojson", "trim", "unique", "upper", "urlencode", "wordcount",
)  # fmt: skip
# Those that keep a mark whole, or do not look at it.
WHOLE_FILTERS = frozenset(
    [
        "d",
        "default",
        "e",
        "escape",
        "first",
        "indent",
        "items",
        "join",
        "last",
        "list",
        "lower",
        "map",
        "safe",
        "string",
        "tojson",
        "trim",
        "replace",
        "dictsort",
    ]
)
TESTS = frozenset(
    [
        "boolean",
        "defined",
        "divisibleby",
        "eq",
        "equalto",
        "even",
        "false",
        "filter",
        "float",
        "ge",
        "gt",
        "in",
        "integer",
        "iterable",
        "le",
        "lower",
        "lt",
        "mapping",
        "ne",
        "none",
        "number",
        "odd",
        "sameas",
        "sequence",
        "string",
        "true",
        "undefined",
        "upper",
    ]
) | {"==", "!=", "<", "<=", ">", ">="}
METHODS = frozenset(
    [
        "capitalize",
        "count",
        "endswith",
        "find",
        "format",
        "index",
        "isalnum",
        "isalpha",
        "isdigit",
        "islower",
        "isnumeric",
        "isupper",
        "join",
        "lower",
        "lstrip",
        "partition",
        "replace",
        "rfind",
        "rpartition",
        "rsplit",
        "rstrip",
        "split",
        "splitlines",
        "startswith",
        "strip",
        "title",
        "upper",
    ]
)
WHOLE_METHODS = frozenset(["format", "join", "lower", "lstrip", "rstrip", "strip", "replace"])
