"""Terraform Stacks: components, which are calls of modules, and deployments, which give the variables of a stack their values.

A directory of component files is read as the root module that it stands in the place of: a `component` block is a call of a module whose
`inputs` are the arguments, a `provider` block has its alias as a label and its arguments in `config`. Each deployment is one way in which
it is applied: https://developer.hashicorp.com/terraform/language/files/stack
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from assay.scanner.override import override
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.terraform import tree
from assay.scanner.sources.terraform.blocks import Argument, Block
from assay.scanner.sources.terraform.document_places import Opened
from assay.scanner.sources.values import WrittenDocument

COMPONENTS = (".tfcomponent.hcl", ".tfstack.hcl")
"""Ends of names; the second was the name until the end of the beta."""
DEPLOYMENTS = (".tfdeploy.hcl",)
WAY = "pass the variables of its deployments with --var-file"
CODE = "stack_unsupported"
_KEPT = frozenset({"variable", "locals", "output"})
_META = ("source", "version", "for_each", "depends_on")


def is_component(name: str) -> bool:
    """Whether a file of this name declares what a stack is made of."""
    return name.endswith(COMPONENTS) and not name.startswith(".")


def is_deployment(name: str) -> bool:
    """Whether a file of this name says how a stack is deployed."""
    return name.endswith(DEPLOYMENTS) and not name.startswith(".")


class InputArgument(Argument):
    """An argument that a part of another one stands for."""

    __slots__ = ("_expression", "_of")

    def __init__(self, of: Argument, expression: Any) -> None:
        super().__init__(of.text, None)
        self._of, self._expression = of, expression

    @property
    @override
    def at(self) -> Any:
        return self._of.at

    @property
    @override
    def expression(self) -> Any:
        return self._expression

    @override
    def document(self, opened: Opened) -> WrittenDocument:
        return self._of.document(opened)


class ComponentCall(Block):
    """A `component` block, as the call of a module that it is."""

    __slots__ = ()
    word = "component"


def as_module(blocks: Iterable[Block]) -> list[Block]:
    """The blocks of a component file as those of a root module."""
    made: list[Block] = []
    for block in blocks:
        if block.type in _KEPT:
            made.append(block)
        elif block.type == "component" and block.labels:
            made.append(_call(block))
        elif block.type == "provider" and len(block.labels) == 2:
            made.append(_provider(block))
    return made


def _call(block: Block) -> Block:
    """https://developer.hashicorp.com/terraform/language/block/stack/tfcomponent/component"""
    written = block.arguments
    arguments = {name: written[name] for name in _META if name in written}
    given = written.get("inputs")
    if given is not None and isinstance(given.expression, tree.Object):
        for key, part in given.expression.items:
            name = key.name if isinstance(key, tree.Name) else key.value if isinstance(key, tree.Literal) else None
            if not isinstance(name, str):
                arguments["source"] = InputArgument(given, tree.Unreadable("inputs of which the names are not known"))
            elif name not in _META:
                arguments[name] = InputArgument(given, part)
    elif given is not None:
        arguments["source"] = InputArgument(given, tree.Unreadable("inputs that are not written out"))
    if (passed := written.get("providers")) is not None and isinstance(passed.expression, tree.Object):
        items = tuple((key, _configured(value)) for key, value in passed.expression.items)
        arguments["providers"] = InputArgument(passed, tree.Object(items))
    return ComponentCall("module", block.labels[:1], block.text, block.at, None).with_content(arguments, [])


def _configured(expression: Any) -> Any:
    """`provider.aws.main[…]` as `aws.main[…]`."""
    if isinstance(expression, tree.Index):
        return tree.Index(_configured(expression.of), expression.key)
    if isinstance(expression, tree.Attribute) and isinstance(expression.of, tree.Attribute) and expression.of.of == tree.Name("provider"):
        return tree.Attribute(tree.Name(expression.of.name), expression.name)
    return expression


def _provider(block: Block) -> Block:
    """https://developer.hashicorp.com/terraform/language/block/stack/tfcomponent/provider"""
    name, alias = block.labels
    inside = [inner for inner in block.blocks if inner.type == "config"]
    arguments = {key: argument for inner in inside for key, argument in inner.arguments.items()}
    arguments["alias"] = _Constant(block, alias)
    if (for_each := block.arguments.get("for_each")) is not None:
        arguments["for_each"] = for_each
    nested = [nested for inner in inside for nested in inner.blocks]
    return Block("provider", (name,), block.text, block.at, None).with_content(arguments, nested)


class _Constant(Argument):
    """An argument that a label of a block stands for."""

    __slots__ = ("_block", "_value")

    def __init__(self, block: Block, value: str) -> None:
        super().__init__(block.text, None)
        self._block, self._value = block, value

    @property
    @override
    def at(self) -> Any:
        return self._block.at

    @property
    @override
    def expression(self) -> Any:
        return tree.Literal(self._value)

    @override
    def document(self, opened: Opened) -> WrittenDocument:
        raise NotImplementedError("a label gives no document")


def left(blocks: Iterable[Block]) -> Iterator[Gap]:
    """Gaps for what of a stack is not read: other stacks that are parts of it."""
    for block in blocks:
        if block.type == "stack":
            place = block.location()
            yield Gap(place.file, CODE, "a stack that is a part of this one is not read", "scan its code, and its modules", place.line)
