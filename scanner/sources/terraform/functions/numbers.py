"""Functions of numbers, and conversions between types."""

from __future__ import annotations

import functools
import math
from typing import Any

from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.terraform import exact
from assay.scanner.sources.terraform.functions.register import (
    FUNCTIONS,
    function,
    strict,
)
from assay.scanner.sources.terraform.literals import MAX_DIGITS
from assay.scanner.sources.terraform.operators import EvaluationError, Undecided, to_bool, to_number, to_text, to_whole, unsettled

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _parseint(raw: Any, base: int) -> int:
    if not isinstance(raw, str) or not 2 <= base <= 62 or not 0 < len(raw) <= MAX_DIGITS:
        raise EvaluationError("parseint(): not the digits of a number")
    text = raw.lower() if base <= 36 else raw
    value = 0
    for digit in text.lstrip("+-") if text[:2].lstrip("+-") else "":
        value = value * base + _DIGITS[:base].index(digit)
    return -value if text.startswith("-") else value


def _power(base: int | float, exponent: int | float) -> Any:
    try:
        result = math.pow(base, exponent)
    except (ArithmeticError, ValueError):
        return Unknown("pow() with such arguments is not evaluated", "scan the plan")
    return exact.of_double(result) if isinstance(base, int) and isinstance(exponent, int) else exact.Near(result)


def _logarithm(number: int | float, base: int | float) -> Any:
    if number <= 0 or base <= 0 or base == 1:
        return Unknown("log() with such arguments is not evaluated", "scan the plan")
    if base == 2 and isinstance(number, int) and number.bit_count() == 1:
        return number.bit_length() - 1
    return exact.Near(math.log(number, base))


def _most(number: int | float, *others: int | float) -> Any:
    return functools.reduce(lambda one, other: _either(one, other, exact.compute("<", one, other)), others, number)


def _least(number: int | float, *others: int | float) -> Any:
    return functools.reduce(lambda one, other: _either(one, other, exact.compute(">", one, other)), others, number)


def _either(one: Any, other: Any, takes_other: bool | Unknown) -> Any:
    if isinstance(takes_other, Unknown):
        raise Undecided(takes_other.reason)
    return other if takes_other else one


def _signum(number: int) -> int:
    return (number > 0) - (number < 0)


strict("abs", lambda number: number if number >= 0 else exact.compute("-", 0, number), to_number)
strict("ceil", lambda number: exact.whole(number, math.ceil), to_number)
strict("floor", lambda number: exact.whole(number, math.floor), to_number)
strict("max", _most, to_number)
strict("min", _least, to_number)
strict("pow", _power, to_number)
strict("log", _logarithm, to_number)
strict("parseint", _parseint, lambda raw: raw, to_whole)
strict("signum", _signum, to_whole)

# Types.


@function("tostring")
def _tostring(raw: Any) -> Any:
    return raw if raw is None or unsettled(raw) else to_text(raw)


@function("tonumber")
def _tonumber(raw: Any) -> Any:
    return raw if raw is None or unsettled(raw) else to_number(raw)


@function("tobool")
def _tobool(raw: Any) -> Any:
    return raw if raw is None or unsettled(raw) else to_bool(raw)


for _passing in ("sensitive", "nonsensitive", "ephemeralasnull"):
    FUNCTIONS[_passing] = lambda raw: raw
