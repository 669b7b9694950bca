"""Expressions in CEL as a tree: the conditions of Google's bindings and identity providers, which are read here and not run.

Google's own parser reads them (`cel-expr-python`); what it answers is a message in the wire format of protobuf, since the library offers no
tree. Language: https://github.com/google/cel-spec/blob/master/doc/langdef.md, tree:
https://github.com/google/cel-spec/blob/master/proto/cel/expr/syntax.proto
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, TypeAlias

import msgspec


class Constant(msgspec.Struct, frozen=True):
    """A number, text, true, false or null."""

    value: Any
    """None, bool, int, str or bytes; None for a fraction, which nothing compares here."""


class Name(msgspec.Struct, frozen=True):
    """A variable: `resource`, `assertion`."""

    name: str


class Select(msgspec.Struct, frozen=True):
    """`operand.field`; with `tests`, whether that is there at all."""

    operand: Node
    field: str
    tests: bool


class Call(msgspec.Struct, frozen=True):
    """A function or an operator (`_&&_`, `_==_`, `!_`, `_?_:_`, `@in`, `_[_]`); the target of a method comes first."""

    function: str
    arguments: tuple[Node, ...]


class Listed(msgspec.Struct, frozen=True):
    """`[a, b]`."""

    elements: tuple[Node, ...]


class Comprehension(msgspec.Struct, frozen=True):
    """What `all()`, `exists()` and their like stand for."""

    variable: str
    range: Node
    accumulator: str
    initial: Node
    step: Node
    result: Node


class Other(msgspec.Struct, frozen=True):
    """A map, a message."""


Node: TypeAlias = Constant | Name | Select | Call | Listed | Comprehension | Other


class SyntaxProblem(Exception):
    """What the parser says of text that is no expression, or is nested too deep."""


@functools.lru_cache(512)
def parse(text: str) -> Node:
    """The tree of an expression. Raises SyntaxProblem."""
    try:
        message = bytes(_environment().compile(text, disable_check=True).serialize())
    except RuntimeError as error:
        raise SyntaxProblem(str(error).split("\n")[0]) from None
    # An `Any`, in it a `ParsedExpr`, in it the expression.
    return _node(dict(fields(dict(fields(message))[2]))[2])


@functools.cache
def _environment() -> Any:
    from cel_expr_python import cel

    return cel.NewEnv()


def fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Fields of a protobuf message (https://protobuf.dev/programming-guides/encoding/): number and integer or bytes."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(message, at)
            yield number, value
        elif wire == 2:
            length, at = _varint(message, at)
            yield number, message[at : at + length]
            at += length
        else:
            at += 8 if wire == 1 else 4
            yield number, None


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _node(message: bytes) -> Node:
    parts = dict(fields(message))
    if 3 in parts:
        return Constant(_constant(parts[3]))
    if 4 in parts:
        return Name(_text(parts[4], 1))
    if 5 in parts:
        inner = dict(fields(parts[5]))
        return Select(_node(inner[1]), inner[2].decode(), bool(inner.get(3)))
    if 6 in parts:
        return Call(_text(parts[6], 2), tuple(_node(value) for number, value in fields(parts[6]) if number in (1, 3)))
    if 7 in parts:
        return Listed(tuple(_node(value) for number, value in fields(parts[7]) if number == 1))
    return _comprehension(dict(fields(parts[9]))) if 9 in parts else Other()


def _comprehension(parts: dict[int, Any]) -> Comprehension:
    return Comprehension(
        variable=parts[1].decode(),
        range=_node(parts[2]),
        accumulator=parts[3].decode(),
        initial=_node(parts[4]),
        step=_node(parts[6]),
        result=_node(parts[7]),
    )


def _text(message: bytes, number: int) -> str:
    data: bytes = dict(fields(message))[number]
    return data.decode()


def _constant(message: bytes) -> Any:
    number, value = next(fields(message))
    if number == 2:
        return bool(value)
    if number == 3:  # int64 in two's complement
        return value - (1 << 64) if value >> 63 else value
    return value.decode() if number == 6 else value if number in (4, 7) else None
