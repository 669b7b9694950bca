"""Outputs, variables with a default and local values as items: values that code writes beside its resources.

https://developer.hashicorp.com/terraform/language/block/output, https://developer.hashicorp.com/terraform/language/block/variable,
https://developer.hashicorp.com/terraform/language/block/locals
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    for kind, argument in (("variable", "default"), ("output", "value")):
        for block in module.of(kind):
            expression = block.expression(argument) if block.labels else None
            if expression is not None and (says_secret(block.labels[0]) or _may_give(expression, module.written)):
                yield Declaration(module, block)
    for name, local in module.locals.items():  # what one is made of is judged where that is written
        if (says_secret(name) and isinstance(local.expression, tree.Literal)) or _may_give(local.expression, _of_no_other):
            yield Declaration(module, _local(name, local))


def _local(name: str, argument: Argument) -> Block:
    """A local value as a block of its own."""
    return Block("local", (name,), argument.text, argument.at, lambda: ({"value": argument}, []))


def _of_no_other(name: str) -> None:
    """The expression of a local value that another names, which is no part of what that one writes itself."""


def _may_give(expression: Any, written: Callable[[str], Any]) -> bool:
    """Whether an expression may give a secret, by a name or a text in it. `written`: the expression of a local value."""
    waiting, seen, left = [expression], set[str](), _MOST
    while waiting and left:
        left -= 1
        at = waiting.pop()
        if isinstance(at, str):
            if has_form(at):
                return True
        elif isinstance(at, tree.Literal):
            if isinstance(at.value, str) and (says_secret(at.value) or has_form(at.value)):
                return True
        elif isinstance(at, tree.Attribute) and at.of == _LOCAL:
            waiting += [written(at.name)] if at.name not in seen else []
            seen.add(at.name)
        elif isinstance(at, tuple):
            waiting.extend(at)
        elif isinstance(at, msgspec.Struct):
            waiting.extend(getattr(at, field) for field in at.__struct_fields__)
    return bool(waiting)
