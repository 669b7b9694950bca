"""Firebase Security Rules as a tree. https://firebase.google.com/docs/rules/rules-language

What no verdict hangs on is left out: which arithmetic operator it is, the keys of a map.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec


class Constant(msgspec.Struct, frozen=True):
    """Text, a number, true, false or null."""

    value: str | float | bool | None


class Name(msgspec.Struct, frozen=True):
    """A variable: `request`, a wildcard of a path, a parameter."""

    name: str


class Member(msgspec.Struct, frozen=True):
    """`operand.name`, and `operand['name']`."""

    operand: Expression
    name: str


class Call(msgspec.Struct, frozen=True):
    """A function, or a method of what stands before it."""

    target: Expression | None
    function: str
    arguments: tuple[Expression, ...]


class Logic(msgspec.Struct, frozen=True):
    """`a && b && c`, `a || b || c`."""

    operator: str
    operands: tuple[Expression, ...]


class Comparison(msgspec.Struct, frozen=True):
    """`==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `is`."""

    operator: str
    left: Expression
    right: Expression


class Not(msgspec.Struct, frozen=True):
    """`!operand`."""

    operand: Expression


class Choice(msgspec.Struct, frozen=True):
    """`condition ? then : otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression


class Listed(msgspec.Struct, frozen=True):
    """`[a, b]`."""

    elements: tuple[Expression, ...]


class Computed(msgspec.Struct, frozen=True):
    """What is made from other values, and fails where one of them cannot be had: arithmetic, a map, a path with `$(…)`, `a[i]`."""

    operands: tuple[Expression, ...]
    anything: bool = False
    """Its value is of any type; else it is no condition."""


class Untold(msgspec.Struct, frozen=True):
    """An expression with a part whose text is not known."""


Expression: TypeAlias = Constant | Name | Member | Call | Logic | Comparison | Not | Choice | Listed | Computed | Untold


class Segment(msgspec.Struct, frozen=True):
    """A part of the path of a match: `users`, `{user}`, `{document=**}`."""

    text: str
    """As it is written."""
    variable: str = ""
    recursive: bool = False
    """It stands for any number of segments."""
    untold: bool = False
    """A part of it is not known."""


class Function(msgspec.Struct, frozen=True):
    """`function name(parameters) { let a = …; return …; }`."""

    name: str
    parameters: tuple[str, ...]
    bindings: tuple[tuple[str, Expression], ...]
    result: Expression


class Allow(msgspec.Struct, frozen=True):
    """`allow methods: if condition;`."""

    methods: tuple[str, ...]
    condition: Expression
    line: int


class Block(msgspec.Struct, frozen=True):
    """What stands between the braces of a service or a match."""

    functions: tuple[Function, ...]
    allows: tuple[Allow, ...]
    matches: tuple[Match, ...]


class Match(msgspec.Struct, frozen=True):
    """`match /path { … }`."""

    path: tuple[Segment, ...]
    block: Block


class Service(msgspec.Struct, frozen=True):
    """`service cloud.firestore { … }`."""

    name: str
    block: Block


class Source(msgspec.Struct, frozen=True):
    """A file of rules."""

    version: str
    """`1` where the file does not say."""
    functions: tuple[Function, ...]
    services: tuple[Service, ...]
