"""Filters in the Logging query language: whether one takes all, none or some of the entries of which a few fields are known.

https://cloud.google.com/logging/docs/view/logging-query-language
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from assay.scanner import lazy_re
from assay.scanner.sources.terraform.functions.patterns import compiled
from assay.scanner.sources.terraform.operators import EvaluationError

Takes: TypeAlias = Literal["all", "none", "some"]
Fields: TypeAlias = Mapping[str, str]
"""Fields of an entry that are known, by their paths. `log_id` is what LOG_ID compares."""
_TOKEN = lazy_re.pattern(
    r"""\s+|--[^\n]*|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<op><=|>=|!=|=~|!~|[=<>:])|(?P<mark>[(),-])|(?P<word>[^\s()"'=<>!:,]+)"""
)
_NOT: dict[Takes, Takes] = {"all": "none", "none": "all", "some": "some"}
_DEEPEST = 50


class NotRead(Exception):
    """A filter that is not understood."""


def takes(text: str, fields: Fields) -> Takes:
    """Which of the entries with such fields a filter takes; an empty one takes all. Raises NotRead."""
    if not text.strip():
        return "all"
    reader = _Reader(_tokens(text), fields)
    taken = reader.either(0)
    if reader.at < len(reader.tokens):
        raise NotRead(text)
    return taken


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotRead(text)
        if match.lastgroup:
            tokens.append((match.lastgroup, match[0]))
        at = match.end()
    return tokens


class _Reader:
    """Reads by descent: NOT binds most, then OR, then AND, which may be left out."""

    def __init__(self, tokens: list[tuple[str, str]], fields: Fields) -> None:
        self.tokens, self.fields, self.at = tokens, fields, 0

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self.at += 1
        return token

    def _is(self, *words: str) -> bool:
        return self._peek() in [("word", word) for word in words] + [("mark", word) for word in words]

    def either(self, depth: int) -> Takes:
        """A whole filter, or what stands in parentheses: terms joined by AND, each of which is one or more joined by OR."""
        if depth > _DEEPEST:
            raise NotRead("too deep")
        taken: Takes = self._or(depth)
        while self._peek()[0] != "end" and not self._is(")"):
            if self._is("AND"):
                self._next()
            taken = _and(taken, self._or(depth))
        return taken

    def _or(self, depth: int) -> Takes:
        taken = self._not(depth)
        while self._is("OR"):
            self._next()
            taken = _NOT[_and(_NOT[taken], _NOT[self._not(depth)])]
        return taken

    def _not(self, depth: int) -> Takes:
        if self._is("NOT", "-"):
            self._next()
            if depth > _DEEPEST:
                raise NotRead("too deep")
            return _NOT[self._not(depth + 1)]
        return self._one(depth)

    def _one(self, depth: int) -> Takes:
        kind, text = self._next()
        if (kind, text) == ("mark", "("):
            taken = self.either(depth + 1)
            self._expect(")")
            return taken
        if kind not in ("word", "text") or text in ("AND", "OR"):
            raise NotRead(text)
        if kind == "word" and self._is("("):
            return self._call(text)
        if self._peek()[0] == "op":
            return self._compared(_plain(text), depth)
        return "some"  # a word that is looked for everywhere

    def _call(self, name: str) -> Takes:
        """LOG_ID compares; sample, ip_in_net and the others take some of the entries."""
        arguments: list[str] = []
        self._next()
        while not self._is(")"):
            kind, text = self._next()
            if kind == "end":
                raise NotRead(name)
            arguments.append(_plain(text))
        self._next()
        if name.upper() == "LOG_ID" and len(arguments) == 1:
            return self._known("log_id", lambda value: value == arguments[0])
        return "some"

    def _compared(self, field: str, depth: int) -> Takes:
        _, operator = self._next()
        values = self._values(depth)
        return self._known(field, lambda value: values(lambda text: _holds(operator, value, text)))

    def _values(self, depth: int) -> Callable[[Callable[[str], Takes | bool]], Takes]:
        """What a field is compared with: one text, or several in parentheses, joined by AND, OR and NOT."""
        kind, text = self._next()
        if (kind, text) == ("mark", "("):
            start = self.at
            self._skip()
            inner = self.tokens[start : self.at - 1]
            return lambda test: _Values(inner, test).whole(depth + 1)
        sign = ""
        if (kind, text) == ("mark", "-"):
            sign, (kind, text) = text, self._next()
        if kind not in ("word", "text"):
            raise NotRead(text)
        return lambda test: _taken(test(sign + _plain(text)))

    def _skip(self) -> None:
        open_ = 1
        while open_:
            kind, text = self._next()
            if kind == "end":
                raise NotRead("a parenthesis is not closed")
            open_ += {"(": 1, ")": -1}.get(text, 0) if kind == "mark" else 0

    def _known(self, field: str, test: Callable[[str], Takes | bool]) -> Takes:
        value = self.fields.get(field)
        if value is None and field == "logName" and "log_id" in self.fields:
            value = f"/logs/{self.fields['log_id'].replace('/', '%2F')}"  # its end; which project stands before it is not known
            return _taken(test(value))
        return "some" if value is None else _taken(test(value))

    def _expect(self, mark: str) -> None:
        if self._next() != ("mark", mark):
            raise NotRead(mark)


class _Values(_Reader):
    """Values in parentheses, of which each is a test."""

    def __init__(self, tokens: list[tuple[str, str]], test: Callable[[str], Takes | bool]) -> None:
        super().__init__(tokens, {})
        self.test = test

    def whole(self, depth: int) -> Takes:
        """What all of them come to."""
        taken = self.either(depth)
        if self.at < len(self.tokens):
            raise NotRead("values")
        return taken

    def _one(self, depth: int) -> Takes:
        kind, text = self._next()
        if (kind, text) == ("mark", "("):
            taken = self.either(depth + 1)
            self._expect(")")
            return taken
        if kind not in ("word", "text"):
            raise NotRead(text)
        return _taken(self.test(_plain(text)))


def _and(one: Takes, other: Takes) -> Takes:
    return "none" if "none" in (one, other) else "all" if one == other == "all" else "some"


def _taken(taken: Takes | bool) -> Takes:
    return ("all" if taken else "none") if isinstance(taken, bool) else taken


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text[:1] in "\"'" else text


def _holds(operator: str, value: str, text: str) -> Takes | bool:
    """One comparison with a value that is known. A log's name is known from `/logs/` on alone."""
    own, other = value.lower(), text.lower()
    if own.startswith("/logs/"):
        if operator == ":":
            return True if other in own else "some" if "/" in other or own.startswith(other) else False
        if operator in ("=", "!="):
            same = other.endswith(own)
            return ("some" if same else False) if operator == "=" else ("some" if same else True)
        return "some"
    if operator == ":":
        return other in own
    if operator in ("=", "!="):
        return (own == other) is (operator == "=")
    if operator in ("=~", "!~"):
        return _matches(operator, value, text)
    return "some"


def _matches(operator: str, value: str, pattern: str) -> Takes | bool:
    """Patterns are RE2's, as Terraform's are."""
    try:
        return (compiled(pattern).search(value) is not None) is (operator == "=~")
    except EvaluationError:
        raise NotRead(pattern) from None
