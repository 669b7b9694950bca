"""Blocks and arguments as they are written, in either syntax, with their places."""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from assay.scanner.sources.raw import Location
from assay.scanner.sources.terraform import tree
from assay.scanner.sources.terraform.document_places import Opened
from assay.scanner.sources.values import WrittenDocument


class FileText(Protocol):
    """The text of a file."""

    def place(self, at: Any) -> Location:
        """The place of a part of it: a span of bytes in HCL, a path in JSON."""


class Argument(abc.ABC):
    """`name = value` in a block (https://developer.hashicorp.com/terraform/language/syntax/configuration#arguments)."""

    __slots__ = ("__weakref__", "_location", "before", "text")

    def __init__(self, text: FileText, before: Argument | None) -> None:
        """`before`: one of the same name before it in its block."""
        self.text, self.before = text, before
        self._location: Location | None = None

    @property
    @abc.abstractmethod
    def at(self) -> Any:
        """Where it stands in its text, name and value."""

    @property
    @abc.abstractmethod
    def expression(self) -> Any:
        """The tree of its value, read when first asked for."""

    def follow(self, other: Argument) -> None:
        """Take another one for the one before it: one of the same name, in another block."""
        if self is not other and self.before is None:
            self.before = other

    def blocks(self, type_: str) -> list[Block] | None:
        """The blocks that it stands for, where the syntax writes nested blocks as arguments; None where it is none."""
        return None

    @abc.abstractmethod
    def document(self, opened: Opened) -> WrittenDocument:
        """Where the parts of the document are written that it gives."""

    @property
    def location(self) -> Location:
        """Where it is written, name and value."""
        if self._location is None:
            self._location = self.text.place(self.at)
        return self._location


def one_of_two(before: Argument | None, expression: Any) -> Any:
    """The expression of an argument: of one that its block has before, which Terraform refuses, either counts as its value."""
    if before is None:
        return expression
    return tree.Conditional(_TWICE, before.expression, expression) if before.before is None else _TWICE


_TWICE = tree.Unreadable("it is set twice in one block")

Content = tuple[dict[str, Argument], "list[Block]"]
"""The arguments of a block, and the blocks inside."""


class Block:
    """One block: its type and labels, its arguments, the blocks inside. Its content is read when first asked for."""

    word = "module"
    """How addresses begin of what the call of a module makes."""
    __slots__ = ("_arguments", "_blocks", "_location", "_read", "at", "labels", "remark", "text", "type")

    def __init__(self, type_: str, labels: tuple[str, ...], text: FileText, at: Any, read: Callable[[], Content] | None) -> None:
        """`at`: where it stands in its text. `read` gives what is in it, None for an empty block."""
        self.type, self.labels, self.text, self.at = type_, labels, text, at
        self._read = read
        self._arguments: dict[str, Argument] = {}
        self._blocks: list[Block] = []
        self._location: Location | None = None
        self.remark = ""
        """The comment in it, of a syntax that has no others: `//` in JSON."""

    @property
    def arguments(self) -> dict[str, Argument]:
        """Name to argument; of several of one name, the last."""
        if self._read is not None:
            self._content(self._read)
        return self._arguments

    @property
    def blocks(self) -> list[Block]:
        """The blocks inside, in their order."""
        if self._read is not None:
            self._content(self._read)
        return self._blocks

    def _content(self, read: Callable[[], Content]) -> None:
        self._read = None
        self._arguments, self._blocks = read()

    def nested(self, type_: str) -> Iterable[Block]:
        """The blocks of a type inside, and the `dynamic` ones that make such blocks."""
        argument = self.arguments.get(type_)
        written = argument.blocks(type_) if argument is not None else None
        yield from written or ()
        for block in self.blocks:
            if block.type == type_ or (block.type == "dynamic" and block.labels[:1] == (type_,)):
                yield block

    @property
    def enabled(self) -> Any:
        """What says whether its one instance exists, None where it surely does: https://opentofu.org/docs/language/meta-arguments/enabled"""
        return next((told for inner in self.nested("lifecycle") if (told := inner.expression("enabled")) is not None), None)

    def has(self, type_: str) -> bool:
        """Whether there is a block of a type inside, or one that makes such blocks."""
        return next(iter(self.nested(type_)), None) is not None

    def expression(self, name: str) -> Any:
        """The expression of an argument, None where there is none."""
        argument = self.arguments.get(name)
        return None if argument is None else argument.expression

    def location(self, name: str = "") -> Location:
        """Of an argument with its name, or of the block where the argument is not there."""
        argument = self.arguments.get(name) if name else None
        if argument is not None:
            return argument.location
        if self._location is None:
            self._location = self.text.place(self.at)
        return self._location

    def with_content(self, arguments: dict[str, Argument], blocks: list[Block]) -> Block:
        """The same block with more arguments and blocks inside."""
        made = type(self)(self.type, self.labels, self.text, self.at, None)
        made._arguments, made._blocks = {**arguments, **self.arguments}, [*self.blocks, *blocks]
        made.remark = self.remark
        return made

    def override(self, other: Block) -> None:
        """Merge a block of an override file (https://developer.hashicorp.com/terraform/language/files/override).

        Blocks of a type there take the place of all of that type here, `dynamic` ones too; in JSON both may stand as arguments.
        """
        written = {_made(block) for block in other.blocks}
        replaced = written | set(other.arguments)
        kept = {name: argument for name, argument in self.arguments.items() if name not in written}
        self._blocks = [block for block in self.blocks if _made(block) not in replaced] + other.blocks
        self._arguments = {**kept, **other.arguments}


def _made(block: Block) -> str:
    """The type of the blocks that a block is, or makes."""
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type
