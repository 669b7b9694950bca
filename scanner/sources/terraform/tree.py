"""Expressions of the Terraform language as a small tree, free of the parser's quirks.

parsing.py makes it, evaluate.py gives it a value; meaning follows the HCL specification
(https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md).
"""

from __future__ import annotations

from typing import Any

import msgspec


class Literal(msgspec.Struct, frozen=True):
    """A number, truth value, null or text without parts to evaluate."""

    value: Any


class Name(msgspec.Struct, frozen=True):
    """The first name of a traversal: `var`, `aws_s3_bucket`, or a variable of a for expression."""

    name: str


class Attribute(msgspec.Struct, frozen=True):
    """`of.name`"""

    of: Any
    name: str


class Index(msgspec.Struct, frozen=True):
    """`of[key]`"""

    of: Any
    key: Any


class Splat(msgspec.Struct, frozen=True):
    """`of[*].a.b`: `steps` is applied to every element, which it reads under the name `*`."""

    of: Any
    steps: Any


class Call(msgspec.Struct, frozen=True):
    """`function(arguments)`; `expand` where the last argument is a list of arguments (`...`)."""

    function: str
    arguments: tuple[Any, ...]
    expand: bool


class Conditional(msgspec.Struct, frozen=True):
    """`condition ? then : otherwise`"""

    condition: Any
    then: Any
    otherwise: Any


class Binary(msgspec.Struct, frozen=True):
    """`left operator right`"""

    operator: str
    left: Any
    right: Any


class Unary(msgspec.Struct, frozen=True):
    """`!operand` or `-operand`"""

    operator: str
    operand: Any


class Template(msgspec.Struct, frozen=True):
    """Parts are strings and expressions; a single expression part keeps its type."""

    parts: tuple[Any, ...]


class List(msgspec.Struct, frozen=True):
    """`[items]`"""

    items: tuple[Any, ...]


class Object(msgspec.Struct, frozen=True):
    """`{key = value}`, keys and values as expressions."""

    items: tuple[tuple[Any, Any], ...]


class For(msgspec.Struct, frozen=True):
    """A list where `key` is None, else an object. `group` gathers values of equal keys (`...`)."""

    names: tuple[str, ...]
    collection: Any
    key: Any
    value: Any
    condition: Any
    group: bool


class Unreadable(msgspec.Struct, frozen=True):
    """An expression that does not parse."""

    text: str
