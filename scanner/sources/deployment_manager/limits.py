"""What a template may use and how much of it, and the answers to what cannot be decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner.sources.deployment_manager.marks import TooLarge

MAX_STEPS, MAX_SIZE = 3_000_000, 64_000_000
"""Of a deployment, in all worlds: steps, and bytes of what its templates make (sources/budget.py)."""


class ValueTooLarge(TooLarge):
    """A value that is more than any template means."""


class Choices:
    """Answers to what cannot be decided: those that are given in the order of the questions, then yes."""

    def __init__(self, given: tuple[bool, ...] = ()) -> None:
        self._given = given
        self.made: dict[str, bool] = {}

    def decide(self, question: str) -> bool:
        """The answer to a question, the same each time: the one that is given for it, else yes."""
        if question not in self.made:
            at = len(self.made)
            self.made[question] = self._given[at] if at < len(self._given) else True
        return self.made[question]


class OpenProperties(dict[str, Any]):
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
