"""Arithmetic of which every result that is told is the one that Terraform has.

Terraform computes with binary fractions of 512 bits, of 64 where a function counted, and of 53 where one computed with doubles
(https://github.com/zclconf/go-cty/blob/main/cty/value_ops.go, https://developer.hashicorp.com/terraform/language/functions/pow). Which of
them a number has, its value does not show. So what has a short binary fraction is exact, and anything else is near: whether it is more or
less than something that is apart from it can be told, and neither its digits nor what it equals.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from assay.scanner.sources.raw import Unknown

TOO_LARGE = Unknown("a number is too large to compute", "scan the plan")
NOT_TOLD = Unknown("the last digits of a number, which Terraform computes with 512 bits, decide", "scan the plan, or round the number")
_BITS, _SHORT = 512, 53
_APART = Fraction(1, 10**9)
"""How far numbers are apart, in proportion to their size, of which it is told which is more."""


class Near(float):
    """A number that is not exactly the one that Terraform has."""

    __slots__ = ()


class Counted(Unknown, frozen=True):
    """A number of elements or characters that is not known, but for how many there are in any case.

    That belongs to this value alone. As the reason of another value it is handed on by `because`, which leaves it out.
    """

    least: int = 1

    def compared(self, operator: str, other: Any) -> bool | None:
        """What a comparison with a number says, this one on the left; None where more has to be known."""
        if not isinstance(other, (int, float)) or isinstance(other, bool):
            return None
        if operator in (">=", "<") and other <= self.least:
            return operator == ">="
        return operator in (">", "!=") if operator in (">", "<=", "==", "!=") and other < self.least else None


TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
"""What a comparison is when its sides change places."""


def settled(number: Fraction) -> int | float | Unknown:
    """A result as a number: whole where it is whole."""
    if number.denominator == 1:
        return int(number) if int(number).bit_length() <= _BITS else TOO_LARGE
    try:
        near = float(number)
    except OverflowError:
        return TOO_LARGE
    return near if _is_short(near) and Fraction(near) == number else Near(near)


def of_double(number: float) -> int | float | Unknown:
    """What a function computed with doubles, which the library of each system rounds as it will: whole numbers are told."""
    if not math.isfinite(number):
        return TOO_LARGE
    if number.is_integer() and abs(number) < 1 << _SHORT:
        return int(number)
    return Near(number)


def compute(operator: str, left: int | float, right: int | float) -> Any:
    """The result of an operator of numbers."""
    if operator in "+-" and not (left and right):
        return left if not right else right if operator == "+" else Near(-right) if isinstance(right, Near) else -right
    if isinstance(left, int) and isinstance(right, int) and operator not in "/%":  # as nearly all are
        result = (_COMPARED.get(operator) or _COMPUTED[operator])(left, right)
        return result if isinstance(result, bool) or result.bit_length() <= _BITS else TOO_LARGE
    one, other = _fraction(left), _fraction(right)
    inexact = is_near(left) or is_near(right)
    if operator in _COMPARED:
        return _COMPARED[operator](one, other) if not inexact or not _close(left, right) else _same(operator, left, right)
    if operator == "/" and not right:
        return Unknown("a division by zero", "correct the expression")
    if operator == "%":
        return left if not right else NOT_TOLD if inexact else settled(_remainder(one, other))
    result = settled(_COMPUTED[operator](one, other))
    if not inexact or isinstance(result, Unknown) or not (left and right):
        return result
    return Near(result)


def equal(left: int | float, right: int | float) -> bool | Unknown:
    """Whether two numbers are equal, where one of them may be near."""
    if isinstance(left, Near) or isinstance(right, Near):
        return NOT_TOLD if _close(left, right) else False
    return left == right


def whole(number: int | float, rounded: Callable[[Any], int]) -> int | Unknown:
    """A number rounded to a whole one, up or down."""
    if isinstance(number, Near) and _close(number, round(number)):
        return NOT_TOLD
    return rounded(number)


def is_near(number: int | float) -> bool:
    """Whether what is computed with a number is near: it has no short binary fraction."""
    return isinstance(number, Near) or (isinstance(number, float) and not _is_short(number))


def _is_short(number: float) -> bool:
    """Whether a fraction that is written in decimals is exactly what a double holds: 0.5, and not 0.1."""
    return math.isfinite(number) and Fraction(repr(float(number))) == Fraction(number)


def _fraction(number: int | float) -> Fraction:
    return Fraction(number) if isinstance(number, (int, Near)) else Fraction(repr(number))


def _close(left: int | float, right: int | float) -> bool:
    one, other = _fraction(left), _fraction(right)
    largest: Fraction = max(abs(one), abs(other), Fraction(1))
    return abs(one - other) <= _APART * largest


def _same(operator: str, left: int | float, right: int | float) -> bool | Unknown:
    """What is compared with its own digits, as two literals are, is the same number."""
    if isinstance(left, Near) or isinstance(right, Near):
        return NOT_TOLD
    return bool(_COMPARED[operator](left, right))


def _remainder(left: Fraction, right: Fraction) -> Fraction:
    """With the sign of the dividend."""
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}
_COMPUTED: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
}
