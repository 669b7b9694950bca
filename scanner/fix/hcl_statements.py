"""Grants in Terraform code: statements of access policies, as blocks of a document, as objects that `jsonencode` encodes or as JSON between
marks; policies that are attached; resources that grant a role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from assay.scanner.fix.edits import Edit, NoEdit
from assay.scanner.fix.hcl import HclFile
from assay.scanner.fix.hcl_nodes import at_path, children_of, elements_of, labels_of, list_of, name_of, single, text_of
from assay.scanner.fix.hcl_texts import MarkedText
from assay.scanner.fix.yaml_statements import EntryCut, JsonStatement, statement_in

_BLOCKS = ("statement", "binding")
_OTHER_SOURCES = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")
"""Arguments that give a document statements without a block of its own
(https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document)."""
ATTACHMENTS = re.compile(r"^aws_iam_(?:(?:role|user|group)_)?policy_attachment$")
_GRANTS = re.compile(rf"^google_\w+_iam_(?:member|binding)$|^aws_ssoadmin_managed_policy_attachment$|{ATTACHMENTS.pattern}")
_LISTS = ("Statement", "bindings")
_ATTACHED = "managed_policy_arns"


class BlockStatement:
    """A block in `data "aws_iam_policy_document"` or `data "google_iam_policy"`."""

    def __init__(self, file: HclFile, block: Any, top: Any) -> None:
        self.file, self.block, self.top = file, block, top
        self.allows = not file.says(block, "effect", ["Deny"])

    def principals(self) -> Iterator[EntryCut]:
        """Each of several whom it is for."""
        holders = [child for child in children_of(self.block) if child.type == "block" and name_of(child) == "principals"]
        lists = [attribute for holder in holders for attribute in at_path(holder, "identifiers")] or at_path(self.block, "members")
        entries = [(attribute, element) for attribute in lists for element in elements_of(list_of(attribute.children[2]))]
        for attribute, element in entries if len(entries) > 1 else ():
            list_ = list_of(attribute.children[2])
            if len(elements_of(list_)) > 1:
                yield EntryCut(_told(element), [self.file.without_element(list_, element)])
            else:
                yield EntryCut(_told(element), self.file.remove_nested(_block_of(attribute)))

    def actions(self) -> Iterator[EntryCut]:
        """Each of several things that it allows."""
        for attribute in at_path(self.block, "actions"):
            yield from _of_list(self.file, list_of(attribute.children[2]))

    def name(self) -> str:
        """The name that it has in its document."""
        return self.file.argument(self.block, "sid").strip('"')

    def removed(self) -> list[Edit]:
        """Edits that take it out; none where its document would have no other."""
        beside = children_of(self.top)
        others = [child for child in beside if child.type == "block" and child.start_byte != self.block.start_byte]
        more = any(name_of(child) in _BLOCKS or labels_of(child)[:1] in (["statement"], ["binding"]) for child in others)
        given = any(name_of(child) in _OTHER_SOURCES for child in beside)
        return self.file.remove_nested(self.block) if more or given else []

    def holder(self) -> Any:
        """What it is all of: the block of its document."""
        return self.top


class ResourceStatement:
    """A resource that is a grant: `google_storage_bucket_iam_member`, `google_project_iam_binding`, `aws_iam_role_policy_attachment`."""

    def __init__(self, file: HclFile, block: Any) -> None:
        self.file, self.block = file, block
        self.allows = True

    def principals(self) -> Iterator[EntryCut]:
        """Each of several whom it is for."""
        for attribute in at_path(self.block, "members"):
            yield from _of_list(self.file, list_of(attribute.children[2]))

    def actions(self) -> Iterator[EntryCut]:
        """None: it is one role, or one policy."""
        return iter(())

    def name(self) -> str:
        """None: it has an address."""
        return ""

    def removed(self) -> list[Edit]:
        """Nothing: it stands alone."""
        return []

    def holder(self) -> Any:
        """The resource."""
        return self.block


class AttachedPolicies:
    """The argument of a role that attaches policies to it, each of which is a grant."""

    def __init__(self, file: HclFile, attribute: Any) -> None:
        self.file, self.attribute = file, attribute
        self.allows = True

    def principals(self) -> Iterator[EntryCut]:
        """None: they are for the role."""
        return iter(())

    def actions(self) -> Iterator[EntryCut]:
        """Each of several policies."""
        yield from _of_list(self.file, list_of(self.attribute.children[2]))

    def name(self) -> str:
        """None: each policy has its own."""
        return ""

    def removed(self) -> list[Edit]:
        """Edits that take the argument out where it has one policy. Raises Refused."""
        if len(elements_of(list_of(self.attribute.children[2]))) != 1:
            raise NoEdit(f"{_ATTACHED} is no list of one policy")
        return self.file.remove(_block_of(self.attribute), _ATTACHED)

    def holder(self) -> Any:
        """The argument."""
        return self.attribute


class ObjectStatement:
    """An object in what `jsonencode` encodes, or in a local that is encoded elsewhere."""

    def __init__(self, file: HclFile, node: Any, attribute: Any) -> None:
        self.file, self.node, self.attribute = file, node, attribute
        effect = self._value("Effect")
        self.allows = effect is None or text_of(effect) != '"Deny"'

    def _value(self, name: str) -> Any:
        members = [child for child in _members(self.node) if _key(child) == name]
        return single(members[0].children[-1]) if members else None

    def principals(self) -> Iterator[EntryCut]:
        """Each of several whom it is for."""
        if (told := self._value("members")) is not None:
            yield from _of_list(self.file, list_of(told))
            return
        told = self._value("Principal")
        members = _members(told) if told is not None and told.type == "object" else []
        entries = [(member, entry) for member in members for entry in elements_of(list_of(member.children[-1])) or [member.children[-1]]]
        for member, entry in entries if len(entries) > 1 else ():
            list_ = list_of(member.children[-1])
            if len(elements_of(list_)) > 1:
                yield EntryCut(_told(entry), [self.file.without_element(list_, entry)])
            else:
                yield EntryCut(_told(entry), self._without_member(members, member))

    def actions(self) -> Iterator[EntryCut]:
        """Each of several things that it allows."""
        told = self._value("Action")
        yield from _of_list(self.file, list_of(told) if told is not None else None)

    def _without_member(self, members: list[Any], gone: Any) -> list[Edit]:
        kept = [member for member in members if member is not gone]
        alone = not self.file.source[self.file.line_start(gone.start_byte) : gone.start_byte].strip()
        if not alone or any(member.start_point[0] == gone.start_point[0] for member in kept):
            at = members.index(gone)
            if at + 1 < len(members):
                return [self.file.edit(gone.start_byte, members[at + 1].start_byte, "")]
            return [self.file.edit(members[at - 1].end_byte, gone.end_byte, "")]
        cut = self.file.cut(self.file.line_start(gone.start_byte), self.file.line_end(gone.end_byte))
        return [cut, *self.file.aligned(kept, members, 0)]

    def name(self) -> str:
        """The name that it has in its document."""
        told = self._value("Sid")
        return text_of(told).strip('"') if told is not None else ""

    def removed(self) -> list[Edit]:
        """Edits that take it out; none where its document would have no other. Raises Refused."""
        outer = _unwrapped(self.node)
        if outer.type == "object_elem" and _key(outer) in _LISTS:
            return []
        if outer.type != "tuple":
            raise NoEdit("its statement is made by an expression")
        elements = elements_of(outer)
        if len(elements) > 1:
            element = next(element for element in elements if element.start_byte == self.node.start_byte)
            return [self.file.without_element(outer, element)]
        around = _unwrapped(outer)
        if around.type == "function_arguments":  # of concat: the others are beside it
            return [self.file.edit(outer.start_byte, outer.end_byte, "[]")]
        if around.type != "object_elem" or _key(around) not in _LISTS:
            raise NoEdit("its statement is made by an expression")
        return []

    def holder(self) -> Any:
        """What it is all of: the argument that its document is the value of."""
        return self.attribute


class TextStatement(JsonStatement):
    """A statement of JSON between marks (`<<EOT`)."""

    def __init__(self, inner: JsonStatement, attribute: Any, text: MarkedText) -> None:
        super().__init__(inner.file, inner.trail)
        self.attribute, self.text = attribute, text

    def placed(self, edits: list[Edit]) -> list[Edit]:
        """Edits of the text as edits of the file."""
        return self.text.placed(edits)

    def holder(self) -> Any:
        """What it is all of: the argument that its document is the value of."""
        return self.attribute


HclStatement = BlockStatement | ResourceStatement | AttachedPolicies | ObjectStatement | TextStatement


def statement_at(file: HclFile, start: int, end: int) -> HclStatement | None:
    """The grant that the bytes `[start, end)` of a file are; None where they are something else. Raises Refused."""
    node = file.body.descendant_for_byte_range(start, end) if file.body is not None else None
    if (resource := _granting(node)) is not None:
        return ResourceStatement(file, resource)
    while node is not None and node.type not in ("block", "object", "object_elem", "heredoc_template", "attribute"):
        node = node.parent
    if node is not None and node.type == "attribute" and name_of(node) == _ATTACHED:
        return AttachedPolicies(file, node)
    if node is None or node.type == "attribute":
        if node is not None and text_of(node.children[2]).startswith(("file(", "templatefile(")):
            raise NoEdit(f"{name_of(node)} is read from another file: change it there")
        return None
    if node.type == "heredoc_template":
        return _in_text(file, node, start)
    if node.type == "block":
        return _of_block(file, node)
    value = single(node.children[-1]) if node.type == "object_elem" else node
    if value.type != "object" or not {"Effect", "Action", "NotAction", "members"} & set(map(_key, _members(value))):
        return None
    attribute = _around(value, "attribute")
    return ObjectStatement(file, value, attribute) if attribute is not None else None


def _granting(node: Any) -> Any:
    """The resource around a node that grants a role; None where it is none."""
    block = _around(node, "block")
    granting = block is not None and name_of(block) == "resource" and _GRANTS.search(labels_of(block)[0])
    return block if granting else None


def _of_block(file: HclFile, block: Any) -> BlockStatement | None:
    if name_of(block) == "content":
        raise NoEdit('its statement is made by "dynamic"')
    top = _around(block.parent, "block") if name_of(block) in _BLOCKS else None
    return BlockStatement(file, block, top) if top is not None and name_of(top) == "data" else None


def _in_text(file: HclFile, node: Any, start: int) -> TextStatement | None:
    """A statement of JSON between marks."""
    attribute = _around(node, "attribute")
    text = MarkedText(file, attribute) if attribute is not None else None
    if text is None or len(text.json.documents) != 1:
        return None
    statement = statement_in(text.json, text.json.documents[0], start - text.start)
    return TextStatement(statement, attribute, text) if statement is not None else None


def _of_list(file: HclFile, list_: Any) -> Iterator[EntryCut]:
    elements = elements_of(list_)
    for element in elements if len(elements) > 1 else ():
        yield EntryCut(_told(element), [file.without_element(list_, element)])


def _members(node: Any) -> list[Any]:
    return [child for child in node.children if child.type == "object_elem"]


def _key(member: Any) -> str:
    return text_of(member.children[0]).strip('"()')


def _told(expression: Any) -> str:
    return text_of(expression).strip('"')


def _around(node: Any, type_: str) -> Any:
    """The node itself, or the innermost of a type around it; None where there is none."""
    while node is not None and node.type != type_:
        node = node.parent
    return node


def _block_of(attribute: Any) -> Any:
    return _around(attribute, "block")


def _unwrapped(node: Any) -> Any:
    """What a node is written in, without the nodes that only say that it is an expression."""
    node = node.parent
    while node.type in ("expression", "collection_value"):
        node = node.parent
    return node
