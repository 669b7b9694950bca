"""Outputs, variables with a default and local values as items: values that code writes beside its resources.

https://developer.hashicorp.com/terraform/language/block/output, https://developer.hashicorp.com/terraform/language/block/variable,
https://developer.hashicorp.com/terraform/language/block/locals
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from assay.scanner.override import override
from assay.scanner.sources.secret_detecting import has_form, says_secret
from assay.scanner.sources.terraform import tree
from assay.scanner.sources.terraform.blocks import Argument, Block
from assay.scanner.sources.terraform.configurations import Configuration
from assay.scanner.sources.terraform.expansion import Instance
from assay.scanner.sources.terraform.instances import ResourceBlock

if TYPE_CHECKING:
    from assay.scanner.sources.terraform.modules import Module

OUTPUT, VARIABLE, LOCAL = "terraform_output", "terraform_variable", "terraform_local"
"""Types of items, which no provider has."""
_LOCAL = tree.Name("local")
_KINDS = {"output": (OUTPUT, "output"), "variable": (VARIABLE, "var"), "local": (LOCAL, "local")}
"""The type and the beginning of the address of each, by the type of its block."""
_MOST = 10_000
"""Parts of one expression that are looked at."""


class Declaration(ResourceBlock):
    """An `output` block, a `variable` block with a default, or a local value."""

    __slots__ = ()

    @property
    @override
    def address(self) -> str:
        return f"{self.module.address}{_KINDS[self.block.type][1]}.{self.block.labels[0]}"

    @property
    @override
    def type(self) -> str:
        return _KINDS[self.block.type][0]

    @property
    @override
    def instances(self) -> list[Instance]:
        """One: it is written, whether or not its module is used."""
        return [Instance(None, {})]  # it is written, whether or not its module is used

    @property
    @override
    def configuration(self) -> Configuration | None:
        """None: it is of no provider."""
        return None


def declarations(module: Module) -> Iterator[Declaration]:
    """The outputs, variables and local values of a module that may hold a secret. Of fetched code, what it makes is judged."""
    if module.fetched:
        return
    local_values = module.locals
    for kind, argument in (("variable", "default"), ("output", "value")):
        for block in module.of(kind):
            value = block.arguments.get(argument) if block.labels else None
            if value is not None and (says_secret(block.labels[0]) or _may_give(value, local_values)):
                yield Declaration(module, block)
    for name, local in local_values.items():  # what one is made of is judged where that is written
        if (says_secret(name) and isinstance(local.expression, tree.Literal)) or _may_give(local, {}):
            yield Declaration(module, _local(name, local))


def _local(name: str, argument: Argument) -> Block:
    """A local value as a block of its own."""
    return Block("local", (name,), argument.text, argument.at, lambda: ({"value": argument}, []))


class _Parts(msgspec.Struct, frozen=True):
    """What stands in an expression."""

    secret: bool
    """A name or a text in it may be one of a secret."""
    local_names: frozenset[str]
    """The local values that it names."""
    count: int


_PARTS: weakref.WeakKeyDictionary[Argument, _Parts] = weakref.WeakKeyDictionary()
"""Of each value that was looked at: a module is read again for each of its instances."""


def _may_give(argument: Argument, local_values: Mapping[str, Argument]) -> bool:
    """Whether a value may give a secret, by a name or a text in it or in the local values that it is made of."""
    waiting, seen, left = [argument], set[str](), _MOST
    while waiting:
        at = waiting.pop()
        parts = _PARTS.get(at)
        if parts is None:
            parts = _PARTS[at] = _parts(at.expression)
        left -= parts.count
        if parts.secret or left < 0:
            return True
        further = parts.local_names - seen
        seen |= further
        waiting += [local_values[name] for name in further if name in local_values]
    return False


def _parts(expression: Any) -> _Parts:
    """What stands in an expression; one with more parts than are looked at may be anything."""
    waiting, local_names, count = [expression], set[str](), 0
    while waiting and count <= _MOST:
        count += 1
        at = waiting.pop()
        if isinstance(at, str):
            if has_form(at):
                return _Parts(True, frozenset(), count)
        elif isinstance(at, tree.Literal):
            if isinstance(at.value, str) and (says_secret(at.value) or has_form(at.value)):
                return _Parts(True, frozenset(), count)
        elif isinstance(at, tree.Attribute) and at.of == _LOCAL:
            local_names.add(at.name)
        elif isinstance(at, tuple):
            waiting.extend(at)
        elif isinstance(at, msgspec.Struct):
            waiting.extend(getattr(at, field) for field in at.__struct_fields__)
    return _Parts(bool(waiting), frozenset(local_names), count)
