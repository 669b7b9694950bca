"""What is set in a block of the Terraform language and in those that are nested in it, as edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from assay.scanner.fix import hcl_objects, hcl_texts, written
from assay.scanner.fix.edits import Edit, NoEdit
from assay.scanner.fix.hcl_nodes import (
    children_of,
    closing,
    content_of,
    group_of,
    is_heredoc,
    made_of,
    name_of,
    opening,
    reached,
    same,
    text_of,
)
from assay.scanner.fix.written import expression_of, is_blocks
from assay.scanner.sources.terraform import parsing, tree

if TYPE_CHECKING:
    from assay.scanner.fix.hcl import HclFile

EACH = "[]"
LAST = frozenset(("depends_on", "lifecycle"))
"""What stands at the end of a block by convention: nothing is written behind it."""


class Indirect(NamedTuple):
    """An argument whose value is an expression that leads elsewhere, and what its value has to become."""

    name: str
    expression: Any
    """A tree of sources/terraform/tree.py."""
    value: Any
    edit: Edit
    """What writes the value in the place of the expression."""


class BlockChange:
    """Edits of one block and of those in it."""

    def __init__(self, file: HclFile) -> None:
        self.file = file
        self.edits: list[Edit] = []
        self.indirect: list[Indirect] = []
        self._gone: dict[int, Any] = {}
        """What is taken out, by where it begins."""
        self._holders: list[Any] = []
        """The blocks that arguments are taken out of."""
        self._aligned: set[int] = set()
        """Where arguments begin that are aligned already."""

    def remove(self, block: Any, path: str) -> None:
        """Enter what takes an argument or the blocks of a path out; to be called before anything is set."""
        *outer, name = path.split(".")
        for holder in reached(block, outer):
            for child in children_of(holder):
                if name_of(child) != name:
                    continue
                self._gone[child.start_byte] = child
                if holder.start_point[0] == holder.end_point[0]:
                    self.edits.append(self.file.edit(opening(holder).end_byte, closing(holder).start_byte, ""))
                    continue
                self.edits.append(self.file.cut(self.file.line_start(child.start_byte), self.file.line_end(child.end_byte)))
                self._holders += [holder] if child.type == "attribute" else []

    def close_gaps(self) -> None:
        """Enter what aligns the arguments that stood with those that are taken out; to be called at the end."""
        for holder in self._holders:
            children = children_of(holder)
            for child in children:
                if child.start_byte in self._gone and child.type == "attribute":
                    self._align(group_of(children, child), 0)

    def _align(self, group: Sequence[Any], longest: int) -> None:
        if any(child.start_byte in self._aligned for child in group):
            return
        self._aligned |= {child.start_byte for child in group}
        self.edits += self.file.aligned(self._kept(group), group, longest)

    def _kept(self, children: Sequence[Any]) -> list[Any]:
        return [child for child in children if child.start_byte not in self._gone]

    def set(self, block: Any, settings: Mapping[str, Any]) -> None:
        """Enter what makes a block say what it is to say. Raises Refused."""
        present = {name_of(child): child for child in self._kept(children_of(block)) if child.type == "attribute"}
        arguments: dict[str, Any] = {}
        blocks: list[tuple[str, Mapping[str, Any]]] = []
        for name, value in written.spelled_out(settings).items():
            own = name.removesuffix(EACH)
            if isinstance(value, Mapping) and own in present and is_heredoc(present[own]):
                self.edits += hcl_texts.set_in_each(self.file, present[own], value)
                continue
            if isinstance(value, Mapping) and own in present and (own != name or hcl_objects.is_encoded(present[own])):
                self.edits += hcl_objects.set_in_each(self.file, present[own], value)
                continue
            if own != name:
                raise NoEdit(f"{own} is not written in its block")
            if not is_blocks(value):
                if name in present:
                    self._replace(block, present[name], value)
                else:
                    arguments[name] = value
                continue
            if name in present:
                raise NoEdit(f"{name} is written as an argument")
            for content in value if isinstance(value, list) else (value,):
                blocks += [(name, content)] if not self._nested(block, name, content, isinstance(value, list)) else []
        if arguments or blocks:
            self._write(block, arguments, blocks)

    def _nested(self, block: Any, name: str, content: Mapping[str, Any], keyed: bool) -> bool:
        """Set what is so in the blocks of a type that are there; whether there are any."""
        blocks = self._kept(made_of(block, [name]))
        if keyed:
            key, value = next(iter(content.items()))
            blocks = [child for child in blocks if self.file.says(child, key, [value])]
        for child in blocks:
            self.set(child, content)
        return bool(blocks)

    def _replace(self, block: Any, attribute: Any, value: Any) -> None:
        expression = parsing.whole_expression(attribute.children[2])
        if same(expression, value):
            return
        node, text = attribute.children[2], expression_of(_as_written(expression, value))
        edit = self.file.edit(node.start_byte, node.end_byte, text)
        if written.is_plain(expression):
            self.edits += [edit, *self._comments_moved(block, attribute, len(text) - len(text_of(node)))]
        else:
            self.indirect.append(Indirect(name_of(attribute), expression, value, edit))

    def _comments_moved(self, block: Any, attribute: Any, longer: int) -> list[Edit]:
        """Edits that keep comments of consecutive lines below each other when a value becomes longer or shorter."""
        beside = self.file.comment_gaps(block)
        row, gaps = attribute.start_point[0], {}
        for step in (1, -1):
            at = row
            while at in beside:
                gaps[at] = beside[at]
                at += step
        if len(gaps) < 2 or row not in gaps:  # a comment that stands alone keeps its distance
            return []
        ends = {at: start - self.file.line_start(start) + (longer if at == row else 0) for at, (start, _) in gaps.items()}
        width = max(ends.values()) + 1
        moved = [self.file.edit(start, end, " " * (width - ends[at])) for at, (start, end) in gaps.items()]
        return [edit for edit in moved if len(edit.text) != edit.end - edit.start]

    def _write(self, block: Any, arguments: Mapping[str, Any], blocks: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        indent = self.file.indent(block) + "  "
        if block.start_point[0] == block.end_point[0]:
            self._spread(block, arguments, blocks, indent)
            return
        if arguments:
            self._arguments(block, arguments, indent)
        if not blocks:
            return
        children = self._before_last(self._kept(content_of(block)))
        end = max(opening(block).end_byte, *(child.end_byte for child in children)) if children else opening(block).end_byte
        at = self.file.line_end(end)
        text = ""
        for number, (name, content) in enumerate(blocks):
            apart = number or arguments or children
            text += "".join(f"\n{line}" for line in ([""] if apart else []) + written.block(name, content, indent))
        self.edits.append(self._inserted(at, text))

    def _before_last(self, children: list[Any]) -> list[Any]:
        """What comes before the arguments and blocks that stand at the end by convention."""
        end = len(children)
        while end and (children[end - 1].type == "comment" or name_of(children[end - 1]) in LAST):
            end -= 1
        return children[:end] if any(child.type != "comment" for child in children[end:]) else children

    def _spread(self, block: Any, arguments: Mapping[str, Any], blocks: Any, indent: str) -> None:
        """Write a block of one line as one of several."""
        present = {name_of(child): text_of(child.children[2]) for child in self._kept(children_of(block)) if child.type == "attribute"}
        if any(child.type == "block" for child in children_of(block)):
            raise NoEdit("its block is in one line with others")
        lines = written.arguments({**present, **{name: expression_of(value) for name, value in arguments.items()}}, indent)
        for name, content in blocks:
            lines += ([""] if lines else []) + written.block(name, content, indent)
        text = "".join(f"\n{line}" for line in lines) + f"\n{indent[2:]}"
        self.edits = [edit for edit in self.edits if not block.start_byte <= edit.start < block.end_byte]
        self.edits.append(self.file.edit(opening(block).end_byte, closing(block).start_byte, text.replace("\n", self.file.newline)))

    def _arguments(self, block: Any, new: Mapping[str, Any], indent: str) -> None:
        children = self._kept(children_of(block))
        first_block = next((at for at, child in enumerate(children) if child.type == "block"), len(children))
        before_blocks = [child for child in children[:first_block] if child.type == "attribute" and name_of(child) not in LAST]
        lines = [child for child in before_blocks if child.start_point[0] == child.end_point[0]]
        texts = {name: expression_of(value) for name, value in new.items()}
        longest = max((len(name) for name, text in texts.items() if "\n" not in text), default=0)
        if lines:
            group = group_of(children_of(block), lines[-1])
            width = max(longest, *(len(name_of(child)) for child in self._kept(group)))
            self._align(group, longest)
            at, after = self.file.line_end(lines[-1].end_byte), ""
            before = "" if longest else "\n"
        else:
            width, before = longest, "\n" if before_blocks else ""
            at = self.file.line_end(before_blocks[-1].end_byte if before_blocks else opening(block).end_byte)
            after = "\n" if not before_blocks and content_of(block) else ""
        written_lines = written.arguments(texts, indent, width)
        self.edits.append(self._inserted(at, before + "".join(f"\n{line}" for line in written_lines) + after))

    def _inserted(self, at: int, text: str) -> Edit:
        return self.file.edit(at, at, text.replace("\n", self.file.newline))


def _as_written(expression: Any, value: Any) -> Any:
    """A number or a truth value in the place of a text, as the text that it is read from."""
    if isinstance(value, (int, float)) and isinstance(expression, tree.Literal) and isinstance(expression.value, str):
        return expression_of(value)
    return value
