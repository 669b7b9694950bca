"""Regular expressions, and the patterns of `fileset()`.

Terraform's expressions are those of Go (https://developer.hashicorp.com/terraform/language/functions/regex), which is RE2. So is the
library here: patterns come from the input, and RE2 needs time in proportion to the text whatever the pattern is.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.terraform.costs import TooMuch
from assay.scanner.sources.terraform.functions.register import strict
from assay.scanner.sources.terraform.operators import MAX_ELEMENTS, MAX_TEXT, EvaluationError, to_text

_MAX_PATTERN = 10_000
_MAX_MEMORY = 8 << 20


@functools.lru_cache(256)
def compiled(pattern: str) -> Any:
    """A pattern of RE2. Raises EvaluationError."""
    import re2

    if len(pattern) > _MAX_PATTERN:
        raise EvaluationError(f"a pattern of more than {_MAX_PATTERN:,} characters")
    options = re2.Options()
    options.log_errors, options.max_mem = False, _MAX_MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise EvaluationError(f"{pattern[:60]!r} is no pattern: {_said(error)}") from None


def _said(error: Exception) -> str:
    """What the library says of a pattern, which it gives as bytes."""
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def _matches(pattern: str, text: str) -> Iterator[Any]:
    """All matches as Go finds them: not an empty one where another has just ended."""
    ended = -1
    for number, match in enumerate(compiled(pattern).finditer(text)):
        if number > MAX_ELEMENTS:
            raise TooMuch(f"a pattern matches more than {MAX_ELEMENTS:,} times")
        if match.start() < match.end() or match.start() != ended:
            yield match
        ended = match.end()


def _value(pattern: str, match: Any) -> Any:
    """The text of a match; with groups, those as a list or a map."""
    count, names = compiled(pattern).groups, compiled(pattern).groupindex
    if not count:
        return match.group(0)
    if not names:
        return list(match.groups())
    if len(names) < count:
        raise EvaluationError("regex(): a pattern has groups with names or without, not both")
    return {name: match.group(at) for name, at in names.items()}


def _regex(pattern: str, text: str) -> Any:
    match = compiled(pattern).search(text)
    if match is None:
        raise EvaluationError("regex(): the pattern does not match")
    return _value(pattern, match)


def _regexall(pattern: str, text: str) -> list[Any]:
    values: list[Any] = []
    size = compiled(pattern).groups + 1
    for match in _matches(pattern, text):
        values.append(_value(pattern, match))
        if len(values) * size > MAX_ELEMENTS:
            raise TooMuch(f"regexall() gives more than {MAX_ELEMENTS:,} elements")
    return values


_GROUP = lazy_re.pattern(r"\$(?:(\$)|\{(\w+)\}|(\w+))", re.ASCII)


def _replaced(pattern: str, text: str, new: str) -> str:
    """All matches replaced; in `new`, `$1` and `${name}` mean what a group matched (https://pkg.go.dev/regexp#Regexp.Expand)."""
    pieces: list[str] = []
    at = length = read = 0
    for match in _matches(pattern, text):
        pieces += [text[at : match.start()], _expanded(pattern, match, new)]
        at, length, read = match.end(), length + len(pieces[-1]), read + len(new)
        if max(length, read) > MAX_TEXT:
            raise TooMuch(f"replace() gives a text of more than {MAX_TEXT:,} characters")
    return "".join(pieces) + text[at:]


def _expanded(pattern: str, match: Any, new: str) -> str:
    names = compiled(pattern).groupindex

    def group(reference: re.Match[str]) -> str:
        if reference[1]:
            return "$"
        name = reference[2] or reference[3]
        number = int(name) if name.isdecimal() else names.get(name, -1)
        return (match.group(number) or "") if 0 <= number <= compiled(pattern).groups else ""

    return _GROUP.sub(group, new)


def replace(text: str, old: str, new: str) -> str:
    """`replace()`: between slashes, the old text is a pattern."""
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return _replaced(old[1:-1], text, new)
    if (len(text) + 1) * len(new) > MAX_TEXT and text.count(old) * len(new) > MAX_TEXT:
        raise TooMuch(f"replace() gives a text of more than {MAX_TEXT:,} characters")
    return text.replace(old, new)


_GLOB = lazy_re.pattern(
    r"(?P<any>(?:^|(?<=/))\*\*/)|(?P<rest>(?:^|(?<=/))\*\*$)|(?P<many>\*+)|(?P<one>\?)"
    r"|\[(?P<not>\^?)(?P<set>(?:\\.|[^\]\\])+)\]|(?P<open>\{)|(?P<close>\})|(?P<comma>,)|\\(?P<escaped>.)|(?P<plain>.)",
    re.DOTALL,
)


def glob(pattern: str) -> Any:
    """A pattern of https://developer.hashicorp.com/terraform/language/functions/fileset as one of RE2. Raises EvaluationError."""
    parts: list[str] = []
    depth = 0
    for token in _GLOB.finditer(pattern):
        kind = token.lastgroup
        if kind == "open":
            depth += 1
        elif kind == "close" and depth:
            depth -= 1
            parts.append(")")
            continue
        if kind == "set":
            inner = re.sub(r"([\[&~|])", r"\\\1", token["set"])
            parts.append(f"[{'^/' if token['not'] else ''}{inner}]")
        elif kind == "comma":
            parts.append("|" if depth else ",")
        else:
            fixed = {"any": "(?:[^/]+/)*", "rest": ".*", "many": "[^/]*", "one": "[^/]", "open": "(?:"}
            parts.append(fixed[kind] if kind in fixed else re.escape(token["escaped"] or token["plain"] or token[0]))
    if depth:
        raise EvaluationError(f"fileset(): {pattern[:60]!r} is no pattern")
    return compiled("(?s)" + "".join(parts))


strict("regex", _regex, to_text)
strict("regexall", _regexall, to_text)
strict("replace", replace, to_text)
