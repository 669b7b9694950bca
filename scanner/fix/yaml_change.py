"""What is set in a map of YAML or JSON and in what is in it, as edits."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from assay.scanner.fix.edits import Edit, NoEdit
from assay.scanner.fix.yaml_tree import EACH, YamlNode
from assay.scanner.fix.yaml_written import (
    block_lines,
    flow_text,
    function_of,
    is_function,
    json_text,
    list_lines,
    nested,
    parameter_of,
    plain,
)

if TYPE_CHECKING:
    from assay.scanner.fix.yaml_edits import YamlFile


class Indirect(NamedTuple):
    """A property whose value another part of the template gives, and what it has to become."""

    name: str
    parameter: str
    """The parameter that gives it; empty where it is another function."""
    value: Any
    edit: Edit
    """What writes the value in the place of the function."""


class MapChange:
    """Edits of one map and of what is in it."""

    def __init__(self, file: YamlFile, gone: Collection[YamlNode] = ()) -> None:
        self.file = file
        self.gone = gone
        self.edits: list[Edit] = []
        self.indirect: list[Indirect] = []

    def set(self, node: YamlNode, settings: Mapping[str, Any]) -> None:
        """Enter what makes a map say what it is to say. Raises Refused."""
        if node.marked or node.kind != "map" or node.tag.startswith("!") or node.get("<<") is not None:
            raise NoEdit("it is written with an anchor, an alias, a merge key or a function")
        new: dict[str, Any] = {}
        for path, value in nested(settings).items():
            name = path.removesuffix(EACH)
            present = node.get(name)
            if present is None:
                new[path] = value
            elif present.kind == "scalar" and present.plain() is None and not present.tag and present.start == present.end:
                raise NoEdit(f"{name} is written without a value")
            elif path.endswith(EACH):
                self._set_elements(name, present, value)
            else:
                self._merge(name, present, value)
        if new:
            self.edits += self.members(node, plain(new))

    def _set_elements(self, name: str, list_: YamlNode, value: Mapping[str, Any]) -> None:
        if list_.kind != "list" or list_.marked or list_.tag.startswith("!"):
            raise NoEdit(f"{name} is no list that is written out")
        for _, item in list_.items:
            self.set(item, value)

    def _merge(self, name: str, present: YamlNode, value: Any) -> None:
        if present.marked:
            raise NoEdit(f"{name} is written with an anchor or an alias")
        if function_of(present):
            if self.file.text[present.start : present.end] != self._beside(present, value):
                self._indirect(name, present, value)
        elif isinstance(value, Mapping) and present.kind == "map" and not is_function(value):
            self.set(present, value)
        elif present.kind == "list" and isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            for content in value:
                self._element(present, content)
        elif present.plain() != value or (isinstance(value, bool) != isinstance(present.plain(), bool)):
            if isinstance(value, Mapping) and present.kind != "scalar":
                raise NoEdit(f"{name} is written in another shape")
            self.edits.append(self._in_place(name, present, value))

    def _in_place(self, name: str, present: YamlNode, value: Any) -> Edit:
        """A value in the place of another: of a list in lines of its own, in such lines, else behind the key."""
        file = self.file
        if present.kind == "scalar" or present.flow:
            return file.edit(present.start, present.end, self._beside(present, value))
        if present.kind == "list" and isinstance(value, list) and value:
            dash = file.dash(present.items[0][1].start)
            return file.edit(dash, present.end, "\n".join(list_lines(value, file.column(dash))).lstrip())
        key_end = file.text.rfind(":", 0, present.start) + 1
        if file.text[key_end : present.start].strip(" -\r\n"):
            raise NoEdit(f"{name} has a comment behind its key")
        return file.edit(key_end, present.end, f" {self._beside(present, value)}")

    def _indirect(self, name: str, present: YamlNode, value: Any) -> None:
        parameter = parameter_of(present)
        edit = self.file.edit(present.start, present.end, self._beside(present, value))
        self.indirect.append(Indirect(name, parameter, value, edit))

    def _element(self, list_: YamlNode, content: Mapping[str, Any]) -> None:
        """Set what is so in the elements with the first key of some content, or write it as one more."""
        key, wanted = next(iter(content.items()))
        known = [item for _, item in list_.items if item.kind == "map" and (at := item.get(key)) is not None and at.plain() == wanted]
        for item in known:
            self.set(item, content)
        if not known:
            self.edits += self.elements(list_, [content])

    def elements(self, list_: YamlNode, new: Sequence[Any]) -> list[Edit]:
        """Edits that write elements at the end of a list."""
        file = self.file
        if not new:
            return []
        if list_.flow:
            last = list_.items[-1][1].end if list_.items else list_.start + 1
            if list_.items and file.text[list_.start : list_.end].count("\n"):
                pad = file.indent_of(list_.items[-1][1].start)
                return [file.edit(last, last, "".join(f",\n{' ' * pad}{json_text(value, pad, 2)}" for value in new))]
            text = ", ".join(flow_text(value, file.is_json) for value in new)
            return [file.edit(last, last, (", " if list_.items else "") + text)]
        pad = file.column(file.dash(list_.items[0][1].start))
        if all(item.flow for _, item in list_.items):
            lines = [f"{' ' * pad}- {flow_text(value, file.is_json)}" for value in new]
        else:
            lines = list_lines(plain([nested(value) for value in new]), pad)
        end = file.line_end(list_.end)
        return [file.edit(end, end, "".join(f"\n{line}" for line in lines))]

    def _beside(self, present: YamlNode, value: Any) -> str:
        """A value in the place of another: of one in several lines of JSON, in such lines."""
        file = self.file
        if not (file.is_json and present.items and "\n" in file.text[present.start : present.end]):
            return flow_text(value, file.is_json)
        pad = file.indent_of(present.start)
        key, first = present.items[0]
        return json_text(value, pad, max(file.column((key or first).start) - pad, 2))

    def members(self, node: YamlNode, new: Mapping[str, Any], after: YamlNode | None = None, apart: bool = False) -> list[Edit]:
        """Edits that write members of a map, at its end or behind the one with the value `after`. Raises Refused."""
        file = self.file
        if node.flow:
            return [self._in_flow(node, new, after)]
        if not node.items:
            raise NoEdit("what it stands in is empty")
        pad = file.column((node.items[0][0] or node).start)
        lines = block_lines(new, pad)
        kept = [value for _, value in node.items if value not in self.gone]
        if after is None and not kept:
            at = file.line_start((node.items[0][0] or node).start)
            return [file.edit(at, at, "".join(f"{line}\n" for line in lines))]
        at = file.line_end((after or kept[-1]).end)
        gap = "\n" if apart else ""
        return [file.edit(at, at, gap + "".join(f"\n{line}" for line in lines))]

    def _in_flow(self, node: YamlNode, new: Mapping[str, Any], after: YamlNode | None) -> Edit:
        file = self.file
        kept = [value for _, value in node.items if value not in self.gone]
        spread = kept and file.text[node.start : node.items[0][1].start].count("\n")
        last = (after or kept[-1]).end if kept else node.start + 1
        if spread:
            pad = file.column((node.items[0][0] or node).start)
            step = max(pad - file.indent_of(node.start), 2)
            texts = [f"{json.dumps(name)}: {json_text(value, pad, step)}" for name, value in new.items()]
            return file.edit(last, last, "".join(f",\n{' ' * pad}{text}" for text in texts))
        texts = [f"{json.dumps(name) if file.is_json else name}: {flow_text(value, file.is_json)}" for name, value in new.items()]
        return file.edit(last, last, (", " if kept else "") + ", ".join(texts))
