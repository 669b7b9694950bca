"""Metric math of CloudWatch, as far as it says what is divided by what.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html: operators, functions, and the ids of
metrics and of other expressions.
"""

from __future__ import annotations

from collections.abc import Mapping

from assay.scanner import lazy_re

_TOKEN = lazy_re.pattern(r"'[^']*'|\"[^\"]*\"|[A-Za-z_]\w*|\d+(?:\.\d*)?|[^\s\w]")
_OPEN, _CLOSE = "([", ")]"


def divides(expressions: Mapping[str, str], numerators: set[str], denominators: set[str]) -> bool:
    """Whether an expression divides something with a metric of the one set by something with a metric of the other."""
    for text in expressions.values():
        tokens = _TOKEN.findall(text)
        for at in [at for at, sign in enumerate(tokens) if sign == "/"]:
            above = _metrics(_before(tokens, at), expressions)
            below = _metrics(_after(tokens, at), expressions)
            if above & numerators and below & denominators and not below & numerators:
                return True
    return False


def _after(tokens: list[str], at: int) -> list[str]:
    """What stands behind an operator that binds strongly: a number, an id, a call, something in brackets."""
    end = at + 1
    while end < len(tokens) and tokens[end] in "+-":
        end += 1
    if end + 1 < len(tokens) and tokens[end][0].isalpha() and tokens[end + 1] in _OPEN:
        end += 1
    if end < len(tokens) and tokens[end] in _OPEN:
        end = _closing(tokens, end, 1)
    return tokens[at + 1 : end + 1]


def _before(tokens: list[str], at: int) -> list[str]:
    """What stands before it, as far as `*` and `/` hold it together."""
    start = at
    while start > 0:
        start -= 1
        if tokens[start] in _CLOSE:
            start = _closing(tokens, start, -1)
            if start > 0 and tokens[start - 1][0].isalpha():
                start -= 1
        if start == 0 or tokens[start - 1] not in ("*", "/", "^"):
            break
        start -= 1
    return tokens[start:at]


def _closing(tokens: list[str], at: int, step: int) -> int:
    """Where the bracket that opens there is closed, in one direction; the end where it is not."""
    depth = 0
    while 0 <= at < len(tokens):
        depth += (tokens[at] in _OPEN) - (tokens[at] in _CLOSE)
        if depth == 0:
            return at
        at += step
    return len(tokens) - 1 if step > 0 else 0


def _metrics(tokens: list[str], expressions: Mapping[str, str]) -> set[str]:
    """The ids in some tokens, with those in the expressions that they name."""
    ids: set[str] = set()
    rest = list(tokens)
    while rest:
        token = rest.pop()
        if token not in ids and token[0].isalpha():
            ids.add(token)
            rest += _TOKEN.findall(expressions.get(token, ""))
    return ids
