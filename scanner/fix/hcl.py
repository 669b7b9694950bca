"""Edits of a file in the Terraform language, written as `terraform fmt` writes.

Of the style: names and `=` of consecutive one-line arguments are aligned; a blank line, a comment, a nested block and a value of several
lines end such a group (https://developer.hashicorp.com/terraform/language/style). Offsets are bytes of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assay.scanner.fix.edits import Edit, NoEdit
from assay.scanner.fix.hcl_change import BlockChange, Indirect
from assay.scanner.fix.hcl_nodes import at_path, blocks_of, children_of, elements_of, list_of, name_of, opening, reached, same, text_of
from assay.scanner.fix.written import expression_of
from assay.scanner.sources.encodings import is_utf16
from assay.scanner.sources.terraform import bounds, parsing, tree

_COMMENT = re.compile(rb"([ \t]+)(?:#|//|/\*)")


class HclFile:
    """The syntax tree of one file. Raises Refused for one that cannot be edited."""

    def __init__(self, file: str, source: bytes) -> None:
        self.file, self.source = file, source
        if is_utf16(source):
            raise NoEdit("its file is in UTF-16: save it as UTF-8")
        try:
            root = parsing.parse(source).root_node
        except bounds.NotParsed as error:
            raise NoEdit(f"its file is not parsed: {error}") from None
        if root.has_error:
            raise NoEdit("its file has a syntax error")
        self.body = next((child for child in root.children if child.type == "body"), None)
        self.newline = "\r\n" if b"\r\n" in source else "\n"

    def blocks(self) -> Iterator[Any]:
        """The blocks of the top."""
        yield from blocks_of(self.body)

    def block_at(self, line: int) -> Any:
        """The block of the top that begins in a line, from 1. Raises Refused."""
        for block in self.blocks():
            if block.start_point[0] + 1 == line:
                return block
        raise NoEdit("its block is not where it was")

    def block_around(self, line: int) -> Any:
        """The block of the top that a line is in, from 1; None where there is none."""
        return next((block for block in self.blocks() if block.start_point[0] < line <= block.end_point[0] + 1), None)

    def set(self, block: Any, settings: Mapping[str, Any], removed: Sequence[str] = ()) -> tuple[list[Edit], list[Indirect]]:
        """Edits after which a block says what it is to say and has not what some paths lead to; arguments that get values elsewhere."""
        change = BlockChange(self)
        for path in removed:
            change.remove(block, path)
        change.set(block, settings)
        change.close_gaps()
        return change.edits, change.indirect

    def remove(self, block: Any, path: str) -> list[Edit]:
        """Edits after which an argument or the blocks of a path are gone."""
        return self.set(block, {}, [path])[0]

    def remove_nested(self, block: Any) -> list[Edit]:
        """Edits after which a nested block is gone. Raises Refused."""
        if name_of(block) == "content":
            raise NoEdit('its block is made by "dynamic"')
        return [self.cut(self.line_start(block.start_byte), self.line_end(block.end_byte))]

    def drop(self, block: Any, path: str, values: Sequence[Any]) -> list[Edit]:
        """Edits after which a list that is written out has none of some values."""
        *outer, name = path.split(".")
        edits: list[Edit] = []
        for holder in reached(block, outer):
            for child in children_of(holder):
                if child.type == "attribute" and name_of(child) == name:
                    edits += self._dropped(child, values)
        return edits

    def include(self, block: Any, path: str, values: Sequence[Any]) -> list[Edit]:
        """Edits after which a list that is written out ends with the values that it does not have, or is there with them."""
        *outer, name = path.split(".")
        edits: list[Edit] = []
        for holder in reached(block, outer):
            present = [child for child in children_of(holder) if child.type == "attribute" and name_of(child) == name]
            edits += self._included(present[0], values) if present else self.set(holder, {name: list(values)})[0]
        return edits

    def remove_block(self, block: Any) -> list[Edit]:
        """Edits after which a block of the top is gone, with the comment above it."""
        return [self.cut(self._with_comments(self.line_start(block.start_byte)), self.line_end(block.end_byte))]

    def after(self, block: Any, code: str) -> Edit:
        """The edit that writes blocks after one of the top."""
        text = f"\n\n{code.strip()}".replace("\n", self.newline)
        return self.edit(self.line_end(block.end_byte), self.line_end(block.end_byte), text)

    def says(self, block: Any, path: str, values: Sequence[Any]) -> bool:
        """Whether an argument of a block is written as one of some values, or as a list that has one of them; one that is a list
        itself is the whole list. `{}` is an argument or a block that is there, whatever it says, and None what is not."""
        said = at_path(block, path)
        if not said or {} in values:
            return ({} if said else None) in values
        for child in said:
            if child.type == "attribute":
                value = parsing.whole_expression(child.children[2])
                told = (value, *value.items) if isinstance(value, tree.List) else (value,)
                if any(same(item, wanted) for item in told for wanted in values):
                    return True
        return False

    def argument(self, block: Any, name: str) -> str:
        """The text of an argument's value as it is written; empty where it is not there."""
        for child in children_of(block):
            if child.type == "attribute" and name_of(child) == name:
                return text_of(child.children[2])
        return ""

    # Places.

    def edit(self, start: int, end: int, text: str) -> Edit:
        """An edit of bytes."""
        return Edit(self.file, start, end, text)

    def line_start(self, offset: int) -> int:
        """Where the line of a byte begins."""
        return self.source.rfind(b"\n", 0, offset) + 1

    def indent(self, block: Any) -> str:
        """What the line of a block begins with."""
        line = self.source[self.line_start(block.start_byte) : block.start_byte]
        return line[: len(line) - len(line.lstrip())].decode()

    def line_end(self, offset: int) -> int:
        """Where the line of an offset ends, before its line break."""
        at = self.source.find(b"\n", offset)
        at = len(self.source) if at < 0 else at
        return at - 1 if at and self.source[at - 1 : at] == b"\r" else at

    def comment_gaps(self, block: Any) -> dict[int, tuple[int, int]]:
        """The spaces before the comments at the ends of lines of a block, by line from 0: behind its brace and its arguments."""
        ends = [opening(block), *(child for child in children_of(block) if child.type == "attribute")]
        gaps = {node.end_point[0]: _COMMENT.match(self.source, node.end_byte) for node in ends}
        return {row: (match.start(1), match.end(1)) for row, match in gaps.items() if match is not None}

    def explained(self, edits: Sequence[Edit]) -> bool:
        """Whether a comment stands in its line behind a value that edits replace."""
        return any(edit.start < edit.end and edit.text.strip() and _COMMENT.match(self.source, edit.end) for edit in edits)

    def _line_above(self, start: int) -> tuple[int, bytes] | None:
        if start == 0:
            return None
        before = self.line_start(start - 1)
        return before, self.source[before:start]

    def _with_comments(self, start: int) -> int:
        """Where the comments above a line begin; the first line of a file is of the file."""
        while (above := self._line_above(start)) is not None and above[1].lstrip().startswith((b"#", b"//")) and above[0] > 0:
            start = above[0]
        return start

    def _next_line(self, end: int) -> int:
        at = self.source.find(b"\n", end)
        return len(self.source) if at < 0 else at + 1

    def cut(self, start: int, end: int) -> Edit:
        """Takes whole lines out, with the blank line that would be one too many."""
        stop = self._next_line(end)
        above = self._line_above(start)
        blank_above = above is None or not above[1].strip()
        following = self.source[stop : self._next_line(stop)]
        if above is not None and blank_above and (not following.strip() or following.strip() == b"}"):
            start = above[0]
        elif (above is None or above[1].rstrip().endswith(b"{")) and following and not following.strip():
            stop = self._next_line(stop)
        return self.edit(start, stop, "")

    def _included(self, attribute: Any, values: Sequence[Any]) -> list[Edit]:
        list_ = list_of(attribute.children[2])
        if list_ is None:
            raise NoEdit(f"{name_of(attribute)} is no list that is written out")
        elements = elements_of(list_)
        told = [parsing.whole_expression(child) for child in elements]
        new = [expression_of(value) for value in values if not any(same(expression, value) for expression in told)]
        if not new:
            return []
        if not elements:
            return [self.edit(list_.start_byte, list_.end_byte, f"[{', '.join(new)}]")]
        last = elements[-1].end_byte
        if list_.start_point[0] == list_.end_point[0]:
            return [self.edit(last, last, "".join(f", {text}" for text in new))]
        pad = self.indent(elements[-1])
        comma = [] if self.source[last : last + 1] == b"," else [self.edit(last, last, ",")]
        end = self.line_end(last)
        return [*comma, self.edit(end, end, "".join(f"{self.newline}{pad}{text}," for text in new))]

    def _dropped(self, attribute: Any, values: Sequence[Any]) -> list[Edit]:
        list_ = list_of(attribute.children[2])
        if list_ is None:
            raise NoEdit(f"{name_of(attribute)} is no list that is written out")
        elements = elements_of(list_)
        gone = [child for child in elements if any(same(parsing.whole_expression(child), value) for value in values)]
        if not gone:
            return []
        if len(gone) == len(elements):
            return [self.edit(list_.start_byte, list_.end_byte, "[]")]
        return [self.without_element(list_, child) for child in gone]

    def without_element(self, list_: Any, child: Any) -> Edit:
        """The edit that takes one of several elements out of a list, with the comments in lines of their own above it."""
        elements = elements_of(list_)
        at = elements.index(child)
        start = self.line_start(child.start_byte)
        rest = self.source[child.end_byte : self.line_end(child.end_byte)].strip()
        if not self.source[start : child.start_byte].strip() and (rest in (b",", b"") or rest.startswith((b"#", b"//", b", #", b", //"))):
            return self.edit(self._with_comments(start), self._next_line(child.end_byte), "")
        if at + 1 < len(elements):
            return self.edit(child.start_byte, elements[at + 1].start_byte, "")
        return self.edit(elements[at - 1].end_byte, child.end_byte, "")

    def aligned(self, kept: Sequence[Any], group: Sequence[Any], longest: int) -> list[Edit]:
        """Edits that align the `=` of arguments that stay of a group, of which `longest` is the longest name that comes to it."""
        before = max((len(name_of(child)) for child in group), default=0)
        now = max([longest, *(len(name_of(child)) for child in kept)], default=0)
        edits = []
        for child in kept if now != before else ():
            name, equals = child.children[0], child.children[1]
            gap = equals.start_byte - name.end_byte
            if gap == before - len(name_of(child)) + 1:  # else it was not aligned, and stays as it is
                edits.append(self.edit(name.end_byte, equals.start_byte, " " * (now - len(name_of(child)) + 1)))
        return edits
