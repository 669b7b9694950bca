"""What a condition in CEL lets through: of Google's bindings, and of the providers of workload identity pools.

IAM's conditions: https://cloud.google.com/iam/docs/conditions-attribute-reference. Those of identity providers:
https://cloud.google.com/iam/docs/workload-identity-federation#conditions
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any, TypeAlias

import msgspec

from assay.scanner.facts.cel_syntax import Call, Comprehension, Constant, Listed, Name, Node, Select, SyntaxProblem, parse
from assay.scanner.facts.patterns import ANY, MAX_ALTERNATIVES, OPEN, literal, regular_expression, spelled
from assay.scanner.sources.raw import Text, Unknown, unknown_inside

Path: TypeAlias = tuple[str, ...]
"""An attribute: `("resource", "name")`, `("assertion", "repository")`."""
Known: TypeAlias = Mapping[Path, Node]
"""What an attribute is made of: `("attribute", "repository")` of an identity provider, by its attribute mapping."""


class Test(msgspec.Struct, frozen=True):
    """An attribute has to be text of a pattern (patterns.py)."""

    path: Path
    pattern: str


Way: TypeAlias = list[Test | Unknown]
"""Tests that all hold together; an Unknown is one that is not understood."""
MAX_WAYS = 256


def ways(condition: Any, known: Known | None = None) -> list[Way]:
    """Every way to satisfy a condition, given as raw value. No condition is one way without any test; `false` has no way.

    Tests that say little are left out (`!=`, `has()`), so that a way may seem wider than it is, and never narrower.
    """
    if condition is None or condition == "":
        return [[]]
    if not isinstance(condition, (str, Text)):
        return [[not_known(condition, "the condition")]]
    try:
        return ways_of(parse(_source(condition)), known)
    except (SyntaxProblem, RecursionError) as problem:
        reason = f"the condition {condition} is not an expression that can be read: {problem}"
        return [[unknown_inside(condition) or Unknown(reason, "correct it")]]
    except _TooMany:
        return [[Unknown(f"the condition {condition} has too many ways to be satisfied", "write it shorter")]]


def ways_of(expression: Node, known: Known | None = None) -> list[Way]:
    """Every way in which an expression is true."""
    return _Reading(known or {}).ways(expression, True)


def product_of(*sides: list[Way]) -> list[Way]:
    """The ways to satisfy several conditions together; raises nothing: what would be too many are ways that are not understood."""
    try:
        return _both(*sides)
    except _TooMany:
        return [[Unknown("there are too many ways to satisfy the conditions together", "write them shorter")]]


def bounded(condition: Any, holds: Callable[[Test], bool | Unknown]) -> bool | Unknown:
    """Whether every way to satisfy a condition has a test that bounds it. `holds` says so of a test."""
    doubt: Unknown | None = None
    for way in ways(condition):
        bounds = [test if isinstance(test, Unknown) else holds(test) for test in way]
        if True not in bounds:
            why = next((bound for bound in bounds if isinstance(bound, Unknown)), None)
            if why is None:
                return False
            doubt = doubt or why
    return doubt or True


def _source(condition: str | Text) -> str:
    """The text of a condition; what is not known in it is a mark, which CEL takes inside of a string only."""
    return spelled(condition)


def not_known(data: Any, what: str) -> Unknown:
    """Why a raw value cannot be read."""
    return unknown_inside(data) or Unknown(f"{what} is {data}, which is known after apply", "scan the plan or the live resource")


class _TooMany(Exception):
    pass


_SAME = ("string", "dyn", "lowerAscii", "upperAscii", "lower", "upper")
"""Functions that leave text what it is, as far as names matter."""
_OPPOSITE = {"_!=_": "_==_"}
_COMPARED = ("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_")


class _Reading:
    """Reads one condition: what its expressions say when they are true, and when they are false."""

    def __init__(self, known: Known) -> None:
        self.known = known

    def ways(self, node: Node, want: bool) -> list[Way]:
        """The ways in which an expression is true, or false."""
        if isinstance(node, Constant):
            return [[]] if node.value is want else []
        if isinstance(node, Call):
            return self._of_call(node, want)
        if isinstance(node, Comprehension):
            return self.ways(self._written_out(node), want)
        if isinstance(node, Select) and node.tests:
            return [[]]
        path = self.path(node)
        return [[Test(path, str(want).lower())]] if path else [[_not_understood(node)]]

    def _of_call(self, node: Call, want: bool) -> list[Way]:
        function, arguments = node.function, node.arguments
        if function in ("_&&_", "_||_"):
            sides = [self.ways(argument, want) for argument in arguments]
            return _both(*sides) if (function == "_&&_") is want else _either(*sides)
        if function == "!_":
            return self.ways(arguments[0], not want)
        if function == "_?_:_":
            condition, then, otherwise = arguments
            return _either(
                _both(self.ways(condition, True), self.ways(then, want)), _both(self.ways(condition, False), self.ways(otherwise, want))
            )
        if function in _COMPARED:
            return self._compared(function, self._resolved(arguments[0]), self._resolved(arguments[1]), want)
        if function == "@in":
            return self._listed(self._resolved(arguments[0]), self._resolved(arguments[1]), want)
        return self._matched(node, want)

    def _compared(self, function: str, left: Node, right: Node, want: bool) -> list[Way]:
        if isinstance(left, Constant):
            left, right, function = right, left, _turned(function)
        if isinstance(left, Constant) and isinstance(right, Constant):
            return self._constant(function, left.value, right.value, want)
        positive = want is (function not in _OPPOSITE)
        function = _OPPOSITE.get(function, function)
        if function != "_==_":
            # No text is fixed by what comes before or after it: `request.time < timestamp("2030-01-01T00:00:00Z")`.
            return [[]] if self.path(left) or self.path(right) else [[*self._doubts(left, right)]]
        if isinstance(right, Constant) and isinstance(right.value, bool) and self.path(left) is None:
            return self.ways(left, right.value is positive)
        if not positive:
            return [[]]  # not one text: any other
        path = self.path(left)
        if path and isinstance(right, Constant):
            return [[Test(path, _pattern(right.value))]]
        return [[*self._doubts(left, right)]]

    def _constant(self, function: str, left: Any, right: Any, want: bool) -> list[Way]:
        if OPEN in f"{left}{right}":
            return [[_not_understood(Constant(left))]]
        same = type(left) is type(right) and left == right
        if function in ("_==_", "_!=_"):
            return [[]] if (same is (function == "_==_")) is want else []
        if not (isinstance(left, int) and isinstance(right, int)):
            return [[_not_understood(Constant(left))]]
        holds = {"_<_": left < right, "_<=_": left <= right, "_>_": left > right, "_>=_": left >= right}[function]
        return [[]] if holds is want else []

    def _listed(self, element: Node, listed: Node, want: bool) -> list[Way]:
        """`element in listed`: equal to one of them, or to none."""
        if not isinstance(listed, Listed):
            return [[*self._doubts(element, listed)]] if want else [[]]
        sides = [self._compared("_==_", element, self._resolved(other), want) for other in listed.elements]
        return _either(*sides) if want else _both(*sides)

    def _matched(self, node: Call, want: bool) -> list[Way]:
        """A function that tests text."""
        if not want:
            return [[*self._doubts(node)]] if node.function not in ("startsWith", "endsWith", "contains", "matches") else [[]]
        if len(node.arguments) == 2:
            target, argument = (self._resolved(argument) for argument in node.arguments)
            path = self.path(target)
            if path and isinstance(argument, Constant) and isinstance(argument.value, str):
                patterns = _patterns(node.function, argument.value)
                if patterns is not None:
                    return [[Test(path, pattern)] for pattern in patterns]
        return [[*self._doubts(node)]]

    def _written_out(self, node: Comprehension) -> Node:
        """`['a', 'b'].exists(x, …)` as what it says of each element."""
        ranged = self._resolved(node.range)
        if not isinstance(ranged, Listed):
            return Call("comprehension", (ranged, node.step))
        if len(ranged.elements) > MAX_ALTERNATIVES:
            raise _TooMany
        result = node.initial
        for element in ranged.elements:
            result = _put(node.step, {node.variable: element, node.accumulator: result})
        return _put(node.result, {node.accumulator: result})

    def path(self, node: Node) -> Path | None:
        """The attribute that an expression stands for; None where it is something else."""
        node = self._resolved(node)
        if isinstance(node, Name):
            return (node.name,)
        if isinstance(node, Select) and not node.tests:
            operand = self.path(node.operand)
            return (*operand, node.field) if operand else None
        return None

    def _resolved(self, node: Node) -> Node:
        """An expression without what leaves its text as it is, and with what attributes are made of in their place."""
        while isinstance(node, Call):
            if node.function in _SAME and len(node.arguments) == 1:
                node = node.arguments[0]
            elif node.function == "_[_]" and isinstance(node.arguments[1], Constant) and isinstance(node.arguments[1].value, str):
                node = Select(node.arguments[0], node.arguments[1].value, False)
            else:
                return node
        if isinstance(node, Select) and not node.tests and isinstance(node.operand, Name):
            made_of = self.known.get((node.operand.name, node.field))
            if made_of is not None:
                return _Reading({})._resolved(made_of)
        return node

    def _doubts(self, *nodes: Node) -> list[Unknown]:
        """That a test is not understood, where it is of anything but constants."""
        return [_not_understood(node) for node in nodes if not isinstance(node, Constant)][:1]


def _patterns(function: str, text: str) -> list[str] | None:
    if function == "matches":
        return None if OPEN in text else regular_expression(text)
    text = literal(text) if OPEN not in text else text
    return {"startsWith": [text + ANY], "endsWith": [ANY + text], "contains": [ANY + text + ANY]}.get(function)


def _pattern(value: Any) -> str:
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _turned(function: str) -> str:
    """A comparison with its sides the other way round."""
    return function.translate(str.maketrans("<>", "><"))


def _both(*sides: list[Way]) -> list[Way]:
    combined: list[Way] = [[]]
    for side in sides:
        if len(combined) * len(side) > MAX_WAYS:
            raise _TooMany
        combined = [[*one, *other] for one, other in product(combined, side)]
    return combined


def _either(*sides: list[Way]) -> list[Way]:
    united = [way for side in sides for way in side]
    if len(united) > MAX_WAYS:
        raise _TooMany
    return united


def _put(node: Node, names: Mapping[str, Node]) -> Node:
    """An expression with others in the place of names."""
    if isinstance(node, Name):
        return names.get(node.name, node)
    if isinstance(node, Select):
        return Select(_put(node.operand, names), node.field, node.tests)
    if isinstance(node, Call):
        return Call(node.function, tuple(_put(argument, names) for argument in node.arguments))
    if isinstance(node, Listed):
        return Listed(tuple(_put(element, names) for element in node.elements))
    return node


def _not_understood(node: Node) -> Unknown:
    way = "compare attributes with text by ==, in, startsWith or matches"
    return Unknown(f"what a condition says by {written(node)} is not understood", way)


_INFIX = {**{f"_{sign}_": sign for sign in ("==", "!=", "&&", "||", "+", "-", "<", "<=", ">", ">=")}, "@in": "in"}


def written(node: Node) -> str:
    """An expression as text, for a message."""
    if isinstance(node, Constant):
        return repr(node.value).replace(OPEN, "…") if isinstance(node.value, str) else str(node.value).lower()
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Select):
        return f"{written(node.operand)}.{node.field}"
    if isinstance(node, Listed):
        return "[" + ", ".join(map(written, node.elements)) + "]"
    if isinstance(node, Call):
        inner = list(map(written, node.arguments))
        if node.function in _INFIX and len(inner) == 2:
            return f"{inner[0]} {_INFIX[node.function]} {inner[1]}"
        return f"{node.function.strip('_')}({', '.join(inner)})"
    return "a nested expression"
