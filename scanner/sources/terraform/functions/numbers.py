"""Functions of numbers, and conversions between types."""

from __future__ import annotations

import math
from typing import Any

from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.terraform.functions.register import (
    FUNCTIONS,
    function,
    strict,
)
from assay.scanner.sources.terraform.literals import MAX_DIGITS
from assay.scanner.sources.terraform.operators import EvaluationError, tidy, to_bool, to_number, to_text, to_whole, unsettled

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
        return tidy(math.pow(base, exponent))
    except (ArithmeticError, ValueError):
        return Unknown("pow() with such arguments is not evaluated", "scan the plan")


def _logarithm(number: int | float, base: int | float) -> Any:
    if number <= 0 or base <= 0 or base == 1:
        return Unknown("log() with such arguments is not evaluated", "scan the plan")
    return tidy(math.log(number, base))


def _signum(number: int) -> int:
    return (number > 0) - (number < 0)


strict("abs", abs, to_number)
strict("ceil", math.ceil, to_number)
strict("floor", math.floor, to_number)
strict("max", lambda *numbers: max(numbers), to_number)
strict("min", lambda *numbers: min(numbers), to_number)
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
