"""JSON that Terraform code has between marks (`<<EOT`): read and edited as JSON, in the bytes of the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from assay.scanner.fix.edits import Edit, NoEdit
from assay.scanner.fix.hcl_nodes import is_heredoc, name_of
from assay.scanner.fix.yaml_edits import YamlFile

if TYPE_CHECKING:
    from assay.scanner.fix.hcl import HclFile

_INTERPOLATION = re.compile(rb"\$\{[^{}]*\}")


class MarkedText:
    """The JSON of an argument. Raises Refused for what is none."""

    def __init__(self, file: HclFile, attribute: Any) -> None:
        if not is_heredoc(attribute):
            raise NoEdit(f"{name_of(attribute)} is not written as JSON")
        node = attribute.children[2]
        while node.type != "heredoc_template":
            node = node.children[0]
        self.file = file
        self.start = file.source.find(b"\n", node.start_byte) + 1
        """Where it begins in the file."""
        self._source = file.source[self.start : file.source.rfind(b"\n", 0, node.end_byte)]
        # what is put in by `${…}` has quotes of its own, and is `x` to the syntax
        self.json = YamlFile(file.file, _INTERPOLATION.sub(lambda match: b"x" * len(match[0]), self._source))

    def placed(self, edits: Iterable[Edit]) -> list[Edit]:
        """Edits of the JSON as edits of the file. Raises Refused where they would replace what `${…}` puts in."""
        put_in = [match.span() for match in _INTERPOLATION.finditer(self._source)]
        made = []
        for edit in edits:
            if edit.text and any(edit.start < end and start < edit.end for start, end in put_in):
                raise NoEdit("a value in it is given by an expression")
            made.append(self.file.edit(edit.start + self.start, edit.end + self.start, edit.text))
        return made


def set_in_each(file: HclFile, attribute: Any, settings: Mapping[str, Any]) -> list[Edit]:
    """Edits after which the object, or each of a list of objects, says what it is to say. Raises Refused."""
    text = MarkedText(file, attribute)
    if len(text.json.documents) != 1:
        raise NoEdit(f"{name_of(attribute)} is not written as JSON")
    root = text.json.documents[0]
    nodes = [item for _, item in root.items] if root.kind == "list" else [root]
    return text.placed(edit for node in nodes for edit in text.json.set(node, settings)[0])
