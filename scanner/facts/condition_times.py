"""Conditions of Google's bindings that are over: what they allow until some time, when that has passed.

https://cloud.google.com/iam/docs/conditions-attribute-reference#date-time
"""

from __future__ import annotations

import datetime
import functools
from typing import Any

from assay.scanner.facts.cel_syntax import Call, Constant, Name, Node, Select, SyntaxProblem, parse
from assay.scanner.facts.moments import instant

_TURNED = {"_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_"}


def is_over(condition: Any, now: datetime.datetime) -> bool:
    """Whether a condition, given as raw value, is never true from some time on, whatever the request is. What is not read may be true."""
    return isinstance(condition, str) and "request.time" in condition and _over(condition, now)


@functools.lru_cache(maxsize=1024)
def _over(condition: str, now: datetime.datetime) -> bool:
    try:
        return _lasting(parse(condition), now) is False
    except (SyntaxProblem, RecursionError):
        return False


def _lasting(node: Node, now: datetime.datetime) -> bool | None:
    """What an expression is from now on; None where that hangs on more than the time, or changes."""
    if isinstance(node, Constant):
        return node.value if isinstance(node.value, bool) else None
    if not isinstance(node, Call):
        return None
    if node.function in ("_&&_", "_||_"):
        deciding = node.function == "_||_"
        sides = [_lasting(argument, now) for argument in node.arguments]
        return deciding if deciding in sides else None if None in sides else not deciding
    if node.function == "!_":
        inner = _lasting(node.arguments[0], now)
        return None if inner is None else not inner
    return _compared(node, now) if node.function in _TURNED else None


def _compared(node: Call, now: datetime.datetime) -> bool | None:
    """`request.time < timestamp("…")`, or the other way round, once that time has passed."""
    function, (left, right) = node.function, node.arguments
    if _is_now(right):
        function, left, right = _TURNED[function], right, left
    moment = _timestamp(right)
    if not _is_now(left) or moment is None or moment >= now:
        return None
    return function in ("_>_", "_>=_")


def _is_now(node: Node) -> bool:
    return isinstance(node, Select) and node.operand == Name("request") and node.field == "time" and not node.tests


def _timestamp(node: Node) -> datetime.datetime | None:
    """`timestamp("2026-01-31T00:00:00Z")`."""
    if not (isinstance(node, Call) and node.function == "timestamp" and len(node.arguments) == 1):
        return None
    text = node.arguments[0].value if isinstance(node.arguments[0], Constant) else None
    return instant(text)
