"""Resources of templates as items; each value has the lines where it is written."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from assay.scanner.override import override
from assay.scanner.sources.budget import OverBudget
from assay.scanner.sources.cloudformation.intrinsics import NO_VALUE, is_function
from assay.scanner.sources.cloudformation.metadata import in_metadata
from assay.scanner.sources.cloudformation.scope import Scope
from assay.scanner.sources.cloudformation.template import CORRECT, TemplateResource
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.marks import Placed, tags_of
from assay.scanner.sources.nodes import as_nodes, step
from assay.scanner.sources.raw import Location, Unknown
from assay.scanner.sources.templates.embedded import EmbeddedDocument
from assay.scanner.sources.templates.syntax import Path
from assay.scanner.sources.values import Value, WrittenDocument, may_be_document

_FAILURES = (RecursionError, KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError)
_DEEP = Unknown("it could not be computed", "simplify the template")
_TAGS = ("Tags", "UserPoolTags", "FileSystemTags", "HostedZoneTags", "BackupVaultTags", "BackupPlanTags")
"""What properties with tags are called (`tagging.tagProperty` of the schemas of resource types):
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html#schema-properties-tagging"""


def _guarded(read: Callable[..., Value[Any]]) -> Callable[..., Value[Any]]:
    @functools.wraps(read)
    def guarded(node: TreeNode, *arguments: Any) -> Value[Any]:
        try:
            return read(node, *arguments)
        except OverBudget as error:
            node.scope.stack.spent(str(error))
            return Value(Unknown(f"{_DEEP.reason}: {error}", _DEEP.settles_it), (node.location(),))
        except _FAILURES as error:
            return Value(Unknown(f"{_DEEP.reason} ({type(error).__name__}: {error})"[:300], _DEEP.settles_it), (node.location(),))

    return guarded


class _WrittenMap:
    """Where the parts of a map of a template are written that is a document."""

    def __init__(self, node: TreeNode, raw: Any, source: Path) -> None:
        self._node, self._raw, self._source = node, raw, source

    def place(self, content: Any, inside: Path) -> Location:
        """The place of a part; of what a function gives, that of the function."""
        return self._node._place(self._raw, self._source, list(map(str, inside)))


class TreeNode(Node):
    """A map of a template."""

    __slots__ = ("raw", "scope", "source")

    def __init__(self, scope: Scope, raw: Any, source: Path) -> None:
        self.scope, self.raw, self.source = scope, raw, source

    @_guarded
    def __getitem__(self, path: str) -> Value[Any]:
        return self._at(path, False)

    @_guarded
    @override
    def link(self, path: str) -> Value[Any]:
        return self._at(path, True)

    @override
    def location(self) -> Location:
        return self.scope.template.place(self.source)

    def _start(self, path: str) -> tuple[Any, Path, list[str]]:
        return self.raw, self.source, path.split(".")

    def _at(self, path: str, link: bool) -> Value[Any]:
        return self._follow(*self._start(path), link)

    def _follow(self, raw: Any, source: Path, names: list[str], link: bool) -> Value[Any]:
        """The value that names lead to from what is written at a place."""
        raw, source, rest = self._lead(raw, source, names)
        place = self._placed(raw, source)
        if raw is NO_VALUE or isinstance(raw, Unknown):
            return Value.of(None if raw is NO_VALUE else raw, (place,))
        data = self.scope.resolve(raw, link)
        for name in rest:
            data = step(None if data is NO_VALUE else data, name)
        value = Value.of(None if data is NO_VALUE else data, (place,))
        if not rest and may_be_document(data):
            value.written = self._written(raw, source)
        return value

    def _written(self, raw: Any, source: Path) -> WrittenDocument | None:
        """Where the parts of a document are written; None where a function gives it."""
        if isinstance(raw, str):
            return EmbeddedDocument(self.scope.template.parsed, source)
        if isinstance(raw, dict) and not is_function(raw):
            return _WrittenMap(self, raw, source)
        pattern = raw.get("Fn::Sub") if isinstance(raw, dict) else None
        if isinstance(pattern, str):
            return EmbeddedDocument(self.scope.template.parsed, (*source, "Fn::Sub"))
        if isinstance(pattern, list):
            return EmbeddedDocument(self.scope.template.parsed, (*source, "Fn::Sub", 0))
        return None

    def _place(self, raw: Any, source: Path, names: list[str]) -> Location:
        """Where it is written what names lead to, or as much of it as is written in its place."""
        try:
            return self._placed(*self._lead(raw, source, names)[:2])
        except (*_FAILURES, OverBudget):
            return self.location()

    def _placed(self, raw: Any, source: Path) -> Location:
        return self.location() if raw is NO_VALUE and source == self.source else self.scope.template.place(source)

    def _lead(self, raw: Any, source: Path, names: list[str]) -> tuple[Any, Path, list[str]]:
        """What names lead to from what is written at a place, where that is written, and the names that lead on in what a function gives.

        NO_VALUE where they lead nowhere; Unknown where it is not known which element of a list is meant.
        """
        for at, name in enumerate(names):
            raw, source = self.scope.choose(raw, source)
            if isinstance(raw, list):
                if (doubt := self._shifted(raw, name)) is not None:
                    return doubt, source, []
                raw, source, used = self._element(raw, source, name)
                if used:
                    continue
                raw, source = self.scope.choose(raw, source)
            if is_function(raw):
                return raw, source, names[at:]
            if not isinstance(raw, dict) or name not in raw:
                return NO_VALUE, source, []
            raw, source = raw[name], (*source, name)
        return *self.scope.choose(raw, source), []

    def _element(self, raw: list[Any], source: Path, name: str) -> tuple[Any, Path, bool]:
        """The element of a list that a step leads to, and whether the step was its index; else it is the first one's key."""
        elements = self._elements(raw, source)
        at = int(name[:9]) if name.isdecimal() else 0
        if at >= len(elements):
            return None, source, name.isdecimal()
        return *elements[at], name.isdecimal()

    def _shifted(self, raw: list[Any], name: str) -> Unknown | None:
        """Why it is not known which element a step leads to: one up to it may not be there."""
        for element in raw[: int(name[:9]) + 1 if name.isdecimal() else 1]:
            argument = element.get("Fn::If") if isinstance(element, dict) else None
            if isinstance(argument, list) and {"Ref": "AWS::NoValue"} in argument and isinstance(argument[0], str):
                holds = self.scope.condition(argument[0])
                if isinstance(holds, Unknown):
                    return holds
        return None

    def _elements(self, raw: list[Any], source: Path) -> list[tuple[Any, Path]]:
        """The elements that count, with their places."""
        chosen = [self.scope.choose(element, (*source, at)) for at, element in enumerate(raw)]
        return [(element, place) for element, place in chosen if not (isinstance(element, dict) and element == {"Ref": "AWS::NoValue"})]

    @override
    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        """What cannot be computed, or costs more than its stack may spend, gives no blocks, and the reason why there may be some."""
        try:
            return self._blocks(path)
        except OverBudget as error:
            self.scope.stack.spent(str(error))
            return [], Unknown(f"{_DEEP.reason}: {error}", _DEEP.settles_it)
        except _FAILURES as error:
            return [], Unknown(f"{_DEEP.reason} ({type(error).__name__}: {error})"[:300], _DEEP.settles_it)

    def _blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        raw, source, names = self._start(path)
        nodes, more = self._nodes(raw, source) if names else ([], None)
        for name in names:
            inner: list[Node] = []
            for node in nodes:
                children, unknown = node.own(name) if isinstance(node, TreeNode) else node.blocks(name)
                inner, more = inner + children, more or unknown
            nodes = inner
        return nodes, more

    def own(self, name: str) -> tuple[list[Node], Unknown | None]:
        """The maps at one key of this one."""
        if not isinstance(self.raw, dict) or name not in self.raw:
            return [], None
        return self._nodes(self.raw[name], (*self.source, name))

    def _nodes(self, raw: Any, source: Path) -> tuple[list[Node], Unknown | None]:
        raw, source = self.scope.choose(raw, source)
        if raw is None or is_function(raw) or not isinstance(raw, (dict, list)):
            data = self.scope.resolve(raw)
            return as_nodes(None if data is NO_VALUE else data, self.scope.template.place(source))
        nodes: list[Node] = []
        more: Unknown | None = None
        for element, place in self._elements(raw, source) if isinstance(raw, list) else [(raw, source)]:
            if isinstance(element, dict) and not is_function(element):
                nodes.append(TreeNode(self.scope, element, place))
            else:
                data = self.scope.resolve(element)
                inner, unknown = as_nodes(None if data is NO_VALUE else data, self.scope.template.place(place))
                nodes, more = nodes + inner, more or unknown
        return nodes, more


class TemplateItem(TreeNode, Item):
    """A resource. Paths lead into its properties; after `#`, into its other attributes: `#DeletionPolicy`, `#Metadata.x`."""

    __slots__ = ("address", "conditions", "resource", "root", "template", "type")

    def __init__(self, scope: Scope, resource: TemplateResource, template: Unknown | None, root: str, conditions: frozenset[str]) -> None:
        """`conditions` have to hold for it to exist: its own and those of the nested stacks that it is in, by their full names."""
        super().__init__(scope, resource.body.get("Properties"), (*resource.source, "Properties"))
        self.resource, self.template, self.root, self.conditions = resource, template, root, conditions
        self.type, self.address = resource.type, scope.address(resource)
        if self.raw is not None and not isinstance(self.raw, dict):
            self.raw = {"Fn::Properties of another form": self.raw}

    def _start(self, path: str) -> tuple[Any, Path, list[str]]:
        if path.startswith("#"):
            return self.resource.body, self.resource.source, path[1:].split(".")
        return super()._start(path)

    @override
    def location(self) -> Location:
        return self.scope.template.place(self.resource.source)

    @property
    @override
    def label(self) -> str:
        """Of a resource of the CDK the path of its construct, else its logical id."""
        return self.scope.stack.construct(self.resource) or self.resource.name

    @property
    @override
    def origins(self) -> list[tuple[str, Location]]:
        """The line of code that made it, as the CDK tells; none in a nested stack."""
        return self.scope.stack.origin(self.resource) if not self.scope.prefix else []

    @property
    @override
    def block(self) -> str:
        return self.scope.prefix + self.resource.name

    @property
    @override
    def tags(self) -> dict[str, str]:
        return tags_of(*(self[name].data for name in _TAGS))

    @property
    @override
    def tagged_at(self) -> Location:
        return self["Tags"].seen[0]

    @property
    @override
    def marks(self) -> list[Placed]:
        return in_metadata(self.resource, self.scope.template)

    @property
    @override
    def region(self) -> Value[str]:
        return Value(self.scope.stack.region)

    @property
    @override
    def account(self) -> Value[str]:
        return Value(self.scope.stack.account)

    @_guarded
    @override
    def attributes(self) -> Value[dict[str, Any]]:
        data = self.scope.resolve(self.raw if self.raw is not None else {})
        return Value(data if isinstance(data, (dict, Unknown)) else Unknown("its properties are no map", CORRECT), (self.location(),))

    @override
    def coexists(self, other: Item) -> bool:
        """One that has conditions: where it is of the same stack, and has no others than this one."""
        if other.template is None:
            return True
        return isinstance(other, TemplateItem) and other.scope.stack is self.scope.stack and other.conditions <= self.conditions
