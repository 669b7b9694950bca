"""Statements of access policies in YAML and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from assay.scanner.fix.edits import Edit
from assay.scanner.fix.yaml_edits import YamlFile
from assay.scanner.fix.yaml_tree import YamlNode
from assay.scanner.fix.yaml_written import function_of

Trail = list[tuple[str, YamlNode]]
"""What leads to a node, from outside: the key of each, empty for an element of a list."""
_LISTS = ("Statement", "bindings")
ATTACHED = "ManagedPolicyArns"
_MARKS = ("Effect", "members")


class EntryCut(NamedTuple):
    """One of several principals or actions of a statement, and the edits that take it out."""

    text: str
    edits: list[Edit]


class JsonStatement:
    """A map with an effect, or a binding of a role."""

    def __init__(self, file: YamlFile, trail: Trail) -> None:
        self.file, self.trail = file, trail
        self.node = trail[-1][1]
        effect = self.node.get("Effect")
        self.allows = effect is None or effect.plain() != "Deny"

    def placed(self, edits: list[Edit]) -> list[Edit]:
        """Edits of the policy as edits of the file that it is in."""
        return edits

    def principals(self) -> Iterator[EntryCut]:
        """Each of several whom it is for."""
        told = self.node.get("Principal") or self.node.get("members")
        if told is None or function_of(told):
            return
        if told.kind == "list":
            yield from self._of_list(told)
        members = [(key, value) for key, value in told.items if key is not None] if told.kind == "map" else []
        entries = [(key, value, entry) for key, value in members for entry in _entries(value)]
        for key, value, entry in entries if len(entries) > 1 else ():
            if value.kind == "list" and len(value.items) > 1:
                edits = self.file.remove_element(value, entry)
            else:
                edits = self.file.remove_member(told, str(key.data[0]))
            yield EntryCut(self._told(entry), self.placed(edits))

    def actions(self) -> Iterator[EntryCut]:
        """Each of several things that it allows."""
        told = self.node.get("Action")
        if told is not None and told.kind == "list" and not function_of(told):
            yield from self._of_list(told)

    def _of_list(self, list_: YamlNode) -> Iterator[EntryCut]:
        for _, entry in list_.items if len(list_.items) > 1 else ():
            yield EntryCut(self._told(entry), self.placed(self.file.remove_element(list_, entry)))

    def _told(self, entry: YamlNode) -> str:
        return self.file.text[entry.start : entry.end].strip("\"'")

    def name(self) -> str:
        """The name that it has in its document."""
        told = self.node.get("Sid")
        return str(told.plain() or "") if told is not None else ""

    def removed(self) -> list[Edit]:
        """Edits that take it out; none where its document would have no other."""
        _, holder = self.trail[-2]
        if holder.kind != "list" or len(holder.items) == 1:
            return []
        return self.placed(self.file.remove_element(holder, self.node))

    def document(self) -> Trail:
        """What leads to its document, which has no other statement."""
        return self.trail[: next(at for at, (name, _) in enumerate(self.trail) if name in _LISTS)]


class AttachedPolicies(JsonStatement):
    """The property of a role, a user or a group that attaches policies to it, each of which is a grant."""

    def __init__(self, file: YamlFile, trail: Trail) -> None:
        super().__init__(file, trail)
        self.holder = trail[-2][1]

    def principals(self) -> Iterator[EntryCut]:
        """None: they are for what they are attached to."""
        return iter(())

    def actions(self) -> Iterator[EntryCut]:
        """Each of several policies."""
        yield from self._of_list(self.node)

    def removed(self) -> list[Edit]:
        """Edits that take the property out where it has one policy."""
        return self.file.remove(self.holder, ATTACHED) if len(self.node.items) == 1 and len(self.holder.items) > 1 else []


class WholeStatement(JsonStatement):
    """A resource that grants one member a role."""

    def removed(self) -> list[Edit]:
        """Nothing: it stands alone."""
        return []


def statement_in(file: YamlFile, root: YamlNode, at: int) -> JsonStatement | None:
    """The statement of a document that a character is in; None where it is in something else."""
    trail: Trail = [("", root)]
    innermost: Trail = []
    while True:
        if _is_statement(trail):
            innermost = list(trail)
        node = trail[-1][1]
        inner = [(name, child) for name, child, start in _inside(node) if start <= at < child.end]
        if not inner or inner[0][1].kind not in ("map", "list"):
            return JsonStatement(file, innermost) if innermost else None
        trail.append(inner[0])
        if inner[0][0] == ATTACHED and inner[0][1].kind == "list":
            return AttachedPolicies(file, trail)


def bindings_in(file: YamlFile, trail: Trail, start: int, end: int) -> Iterator[JsonStatement]:
    """The bindings of roles between two characters, below what a trail leads to."""
    if _is_statement(trail) and start <= trail[-1][1].start < end:
        yield JsonStatement(file, trail)
        return
    for name, child, _ in _inside(trail[-1][1]):
        if child.kind in ("map", "list"):
            yield from bindings_in(file, [*trail, (name, child)], start, end)


def _is_statement(trail: Trail) -> bool:
    node = trail[-1][1]
    return node.kind == "map" and any(name in _LISTS for name, _ in trail[-2:]) and any(node.get(name) is not None for name in _MARKS)


def _inside(node: YamlNode) -> Iterator[tuple[str, YamlNode, int]]:
    """What is in a node: its key, it, and where it begins, with its key."""
    for key, child in node.items:
        yield str(key.data[0]) if key is not None and key.kind == "scalar" else "", child, (key or child).start


def _entries(value: YamlNode) -> list[YamlNode]:
    return [item for _, item in value.items] if value.kind == "list" else [value]
