"""Whether the condition of a rule can hold for somebody who has not signed in.

A condition is followed with `request.auth` as null, which it is then, and with everything else as whatever it may be: data, times, what
the request brings. What fails denies the request unless another side of `||` holds: a field of null fails, and with it
`request.auth.uid == user`.
https://firebase.google.com/docs/rules/rules-language, https://firebase.google.com/docs/reference/rules/rules.firestore.Request
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from assay.scanner.facts.data.client_rules.syntax import UNTOLD
from assay.scanner.facts.data.client_rules.tree import (
    Call,
    Choice,
    Comparison,
    Computed,
    Constant,
    Expression,
    Function,
    Listed,
    Logic,
    Member,
    Name,
    Not,
    Untold,
)

TRUE, FALSE, NULL, OTHER, FAILS = "true", "false", "null", "other", "fails"
_MOST_STEPS = 200_000
"""Expressions that are followed for the rules of one source. The language follows 1000 for one request."""


class Possible(msgspec.Struct, frozen=True):
    """What an expression may come to."""

    may: frozenset[str]
    constant: Any = None
    """The text or number that it is."""
    elements: tuple[Possible, ...] | None = None
    """Of a list that is written out."""
    is_request: bool = False


def _possible(*may: str) -> Possible:
    return Possible(frozenset(may))


_ANYTHING = _possible(TRUE, FALSE, NULL, OTHER, FAILS)
_NOTHING = _possible()
_TRUE, _FALSE, _NULL, _FAILS = _possible(TRUE), _possible(FALSE), _possible(NULL), _possible(FAILS)
_ANSWER = _possible(TRUE, FALSE, FAILS)
_MADE = _possible(OTHER, FAILS)
_DOCUMENT = _possible(OTHER, NULL)
_REQUEST = Possible(frozenset((OTHER,)), is_request=True)
_NAMESPACES = frozenset(("timestamp", "duration", "math", "latlng", "hashing"))
"""https://firebase.google.com/docs/reference/rules/rules"""
_BUILT_IN = {
    "get": _possible(OTHER, NULL, FAILS), "getAfter": _possible(OTHER, NULL, FAILS), "exists": _ANSWER, "existsAfter": _ANSWER,
    "bool": _ANSWER, "int": _MADE, "float": _MADE, "string": _MADE, "path": _MADE,
}  # fmt: skip


class Scope:
    """Names that are known at a place, and the functions that are declared there."""

    __slots__ = ("functions", "outer", "variables")

    def __init__(self, outer: Scope | None, functions: Iterable[Function] = (), variables: Mapping[str, Possible] | None = None) -> None:
        self.outer, self.variables = outer, dict(variables or {})
        self.functions = {function.name: function for function in functions}

    def variable(self, name: str) -> Possible | None:
        """The value of a name; None where it has none."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.variables:
                return scope.variables[name]
            scope = scope.outer
        return None

    def function(self, name: str) -> tuple[Function, Scope] | None:
        """A function, and where it is declared."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.functions:
                return scope.functions[name], scope
            scope = scope.outer
        return None


WILDCARD = _possible(OTHER)
"""What a variable in a path stands for."""


class Outcome(msgspec.Struct, frozen=True):
    """What a condition comes to for somebody who has not signed in."""

    holds: bool | None
    """It can hold; None where that hangs on what is not known."""
    always: bool = False
    timed: bool = False
    """It hangs on the time, and on nothing else."""


class Judge:
    """Follows the conditions of one source."""

    def __init__(self) -> None:
        self._left = _MOST_STEPS
        self._calls: list[Function] = []
        self._hidden = _ANYTHING
        """What is taken for something that is not known."""
        self._met = False
        """Something that is not known was met."""
        self._reads: set[str] = set()

    def outcome(self, condition: Expression, scope: Scope) -> Outcome:
        """What a condition comes to."""
        self._met, self._reads, self._hidden = False, set(), _ANYTHING
        try:
            may = self._follow(condition, scope).may
            if TRUE in may and self._met:
                self._hidden = _NOTHING  # can it hold whatever that is?
                may = self._follow(condition, scope).may
                return Outcome(True if TRUE in may else None)
        except (_TooMuch, RecursionError):
            self._calls.clear()
            return Outcome(None)
        return Outcome(TRUE in may, always=may == {TRUE}, timed=self._reads == {"time"})

    def _unknown(self) -> Possible:
        self._met = True
        return self._hidden

    def _follow(self, expression: Expression, scope: Scope) -> Possible:
        self._left -= 1
        if self._left < 0:
            raise _TooMuch
        match expression:
            case Constant(value):
                return _constant(value)
            case Name(name):
                return self._named(name, scope)
            case Member(operand, name):
                return self._member(self._follow(operand, scope), name)
            case Call():
                return self._call(expression, scope)
            case Not(operand):
                outcome = self._follow(operand, scope)
                return Possible(frozenset(_NEGATED.get(one, FAILS) for one in outcome.may))
            case Logic(operator, operands):
                return _logic(operator, [self._follow(operand, scope) for operand in operands])
            case Choice(condition, then, otherwise):
                return self._choice(self._follow(condition, scope), then, otherwise, scope)
            case Comparison(operator, left, right):
                return self._comparison(operator, self._follow(left, scope), right, scope)
            case Listed(elements):
                listed = tuple(self._follow(element, scope) for element in elements)
                return _strict(listed, Possible(frozenset((OTHER,)), elements=listed))
            case Computed(operands, anything):
                parts = [self._follow(operand, scope) for operand in operands]
                return _strict(parts, _ANYTHING if anything else _MADE, nulls=True)
            case Untold():
                return self._unknown()

    def _named(self, name: str, scope: Scope) -> Possible:
        variable = scope.variable(name)
        if variable is not None:
            self._reads.add("data")
            return variable
        if name == "request":
            return _REQUEST
        if name == "resource":  # null where the document does not exist
            self._reads.add("data")
            return _DOCUMENT
        return _possible(OTHER) if name in _NAMESPACES else self._unknown()

    def _member(self, operand: Possible, name: str) -> Possible:
        if operand.is_request:
            if name == "auth":
                return _NULL
            self._reads.add("time" if name == "time" else "data")
            return _DOCUMENT if name == "resource" else _possible(OTHER) if name == "time" else _ANYTHING
        return _strict([operand], _ANYTHING, nulls=True)

    def _call(self, call: Call, scope: Scope) -> Possible:
        arguments = [self._follow(argument, scope) for argument in call.arguments]
        if call.target is not None:
            target = self._follow(call.target, scope)
            if target.is_request:
                return self._unknown()
            made = _MADE if isinstance(call.target, Name) and call.target.name in _NAMESPACES else _ANYTHING
            return _strict([target], _strict(arguments, made), nulls=True)
        declared = scope.function(call.function)
        if declared is not None:
            return self._declared(*declared, arguments)
        if call.function == "debug" and len(arguments) == 1:
            return arguments[0]
        if call.function in _BUILT_IN:
            self._reads.add("data")
            return _strict(arguments, _BUILT_IN[call.function])
        return self._unknown()

    def _declared(self, function: Function, at: Scope, arguments: list[Possible]) -> Possible:
        """What a function of the rules gives. One that calls itself is refused."""
        if len(arguments) != len(function.parameters) or any(function is called for called in self._calls):
            return self._unknown()
        scope = Scope(at, variables=dict(zip(function.parameters, arguments, strict=True)))
        self._calls.append(function)
        for name, expression in function.bindings:
            scope.variables[name] = self._follow(expression, scope)
        result = self._follow(function.result, scope)
        self._calls.pop()
        return result

    def _choice(self, condition: Possible, then: Expression, otherwise: Expression, scope: Scope) -> Possible:
        may: set[str] = set() if condition.may <= {TRUE, FALSE} else {FAILS}
        for value, branch in ((TRUE, then), (FALSE, otherwise)):
            if value in condition.may:
                may |= self._follow(branch, scope).may
        return Possible(frozenset(may))

    def _comparison(self, operator: str, left: Possible, expression: Expression, scope: Scope) -> Possible:
        if operator == "is":  # what follows is the name of a type, which null has none of
            return _strict([left], _FALSE if left.may <= {NULL, FAILS} else _possible(TRUE, FALSE))
        right = self._follow(expression, scope)
        if operator in ("==", "!="):
            equal = _equal(left, right)
            return equal if operator == "==" else Possible(frozenset(_NEGATED.get(one, FAILS) for one in equal.may))
        if operator == "in":
            if right.elements is not None:
                return _logic("||", [_FALSE, *(_equal(left, element) for element in right.elements)])
            return _strict([left], _strict([right], _ANSWER, nulls=True))
        return _strict([left, right], _ordered(operator, left.constant, right.constant), nulls=True)


class _TooMuch(Exception):
    """More is to be followed than is."""


_NEGATED = {TRUE: FALSE, FALSE: TRUE}


def _constant(value: Any) -> Possible:
    if value is None:
        return _NULL
    if isinstance(value, bool):
        return _TRUE if value else _FALSE
    told = not isinstance(value, str) or not (UNTOLD in value or "\\" in value)  # the same text may be written with other escapes
    return Possible(frozenset((OTHER,)), constant=value if told else None)


def _strict(operands: Iterable[Possible], result: Possible, *, nulls: bool = False) -> Possible:
    """What is made of operands that must not fail; with `nulls`, not be null either."""
    failing = {NULL, FAILS} if nulls else {FAILS}
    may, left = set(result.may), result
    for operand in operands:
        if not operand.may:
            return _NOTHING
        if operand.may <= failing:
            return _FAILS
        if operand.may & failing and FAILS not in may:
            may.add(FAILS)
    return left if may == left.may else Possible(frozenset(may), elements=left.elements)


def _logic(operator: str, operands: list[Possible]) -> Possible:
    """`&&` and `||`: one operand that decides does so whatever fails beside it."""
    deciding, other = (FALSE, TRUE) if operator == "&&" else (TRUE, FALSE)
    decided = any(deciding in operand.may for operand in operands)
    if any(operand.may == {deciding} for operand in operands):
        return _possible(deciding)
    may = {deciding} if decided else set()
    if all(other in operand.may for operand in operands):
        may.add(other)
    if any(operand.may - {TRUE, FALSE} for operand in operands):
        may.add(FAILS)
    return Possible(frozenset(may))


def _equal(left: Possible, right: Possible) -> Possible:
    may = set[str]()
    for one, other in itertools.product(left.may, right.may):
        if FAILS in (one, other):
            may.add(FAILS)
        elif one != other:
            may.add(FALSE)
        elif one != OTHER:
            may.add(TRUE)
        elif left.constant is not None and right.constant is not None:
            may.add(TRUE if left.constant == right.constant else FALSE)
        else:
            may |= {TRUE, FALSE}
    return Possible(frozenset(may))


def _ordered(operator: str, left: Any, right: Any) -> Possible:
    if isinstance(left, float) and isinstance(right, float):
        return _TRUE if {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator] else _FALSE
    return _ANSWER
