"""Whether one resource instance exists whenever another does, where the code does not tell how many instances there are.

An instance whose number is not known hangs on repetitions: the `count`, `enabled` or `for_each` of its own block, and those of the module
calls that lead to it. Two instances exist together where every repetition of the one is a repetition of the other too: the same module
instance, or the same argument in the same module. That two numbers are unknown for the same reason says nothing: `for_each = var.names` and
a filter over `var.names` lack the same variable and are different sets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from assay.scanner.sources.raw import without_keys
from assay.scanner.sources.terraform import tree
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.expansion import Instance
from assay.scanner.sources.terraform.instances import ResourceBlock

if TYPE_CHECKING:
    from assay.scanner.sources.terraform.modules import Module

_SAME_KEYS = ("toset", "keys", "tomap")
"""Functions whose result has the keys of their argument, as far as `for_each` takes both."""


class Repetition(msgspec.Struct):
    """A block with a `count`, `enabled` or `for_each` whose value is not known, and the module instance that this is evaluated in."""

    module: Any
    """Module."""
    block: Block


def exists_with(other: ResourceBlock, its_instance: Instance, resource: ResourceBlock, instance: Instance) -> bool:
    """Whether `its_instance` of `other` certainly exists where `instance` of `resource` does."""
    given = list(_repetitions(resource, instance))
    return all(any(_same(needed, known) for known in given) for needed in _repetitions(other, its_instance))


def _repetitions(resource: ResourceBlock, instance: Instance) -> Iterator[Repetition]:
    if instance.unexpanded:
        yield Repetition(resource.module, resource.block)
    module: Module | None = resource.module
    while module is not None:
        if module.instance.unexpanded and module.parent is not None and module.call is not None:
            yield Repetition(module.parent, module.call)
        module = module.parent


def _same(one: Repetition, other: Repetition) -> bool:
    if one.module is not other.module:
        return False
    # By their text: `1 == True` in Python, and not in Terraform.
    return one.block is other.block or repr(_argument(one)) == repr(_argument(other))


def _argument(repetition: Repetition) -> tuple[str, Any]:
    """`count`, `enabled` or `for_each` with the expression that decides; from `for_each = aws_s3_bucket.b` to the block of that name."""
    block, passed = repetition.block, list[Block]()
    while True:
        expression = block.expression("for_each")
        if expression is None:
            count = block.expression("count")
            return ("count", count) if count is not None else ("enabled", block.enabled)
        expression = _keyed(expression)
        chained = _named(repetition.module, expression)
        if chained is None or chained in passed:
            return "for_each", expression
        passed.append(block)
        block = chained


def _keyed(expression: Any) -> Any:
    """Without the functions around it that keep the keys."""
    while (
        isinstance(expression, tree.Call) and expression.function in _SAME_KEYS and len(expression.arguments) == 1 and not expression.expand
    ):
        expression = expression.arguments[0]
    return expression


def imported(resource: ResourceBlock) -> bool:
    """Whether an `import` block takes over an instance of a resource: https://developer.hashicorp.com/terraform/language/block/import"""
    names = (*(part for name in resource.module.path for part in ("module", name)), *resource.block.labels)
    return names in resource.module.root.taken_over


def target_of(expression: Any) -> tuple[str, ...]:
    """The names in an address, without the keys of instances: those of `module.m["x"].aws_subnet.s[0]`."""
    if isinstance(expression, tree.Literal):  # in JSON
        return tuple(without_keys(str(expression.value)).split("."))
    names: list[str] = []
    while isinstance(expression, (tree.Attribute, tree.Index)):
        if isinstance(expression, tree.Attribute):
            names.insert(0, expression.name)
        expression = expression.of
    return (expression.name, *names) if isinstance(expression, tree.Name) else ()


def _named(module: Module, expression: Any) -> Block | None:
    """The block with a `for_each` of its own that an expression is the whole of: `aws_s3_bucket.b`, `data.aws_subnet.s`, `module.m`."""
    names: list[str] = []
    while isinstance(expression, tree.Attribute):
        names.insert(0, expression.name)
        expression = expression.of
    if not isinstance(expression, tree.Name):
        return None
    labels = (expression.name, *names)
    resource = module.data.get(labels[1:]) if labels[0] == "data" else module.resources.get(labels)
    block = resource.block if resource else None
    if labels[0] == "module" and len(labels) == 2:
        block = next((call for call in module.of("module") if call.labels == labels[1:]), None)
    return block if block is not None and block.expression("for_each") is not None else None
