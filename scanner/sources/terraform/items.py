"""Resource instances of evaluated modules as items."""

from __future__ import annotations

from typing import Any

from assay.scanner.override import override
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.marks import Placed, tags_of
from assay.scanner.sources.nodes import as_nodes, step
from assay.scanner.sources.raw import Location, Unknown, either, same
from assay.scanner.sources.terraform import tags
from assay.scanner.sources.terraform.blocks import Argument
from assay.scanner.sources.terraform.bodies import Body, contents
from assay.scanner.sources.terraform.configurations import login
from assay.scanner.sources.terraform.evaluate import evaluate
from assay.scanner.sources.terraform.existence import exists_with, imported
from assay.scanner.sources.terraform.expansion import Instance
from assay.scanner.sources.terraform.instances import ResourceBlock
from assay.scanner.sources.terraform.operators import FAILURES
from assay.scanner.sources.terraform.workspace import FileFunction
from assay.scanner.sources.values import Value, first_known, may_be_document


class BodyNode(Node):
    """A block in a scope."""

    __slots__ = ("body",)

    def __init__(self, body: Body) -> None:
        self.body = body

    def __getitem__(self, path: str) -> Value[Any]:
        return self._at(path, False)

    @override
    def link(self, path: str) -> Value[Any]:
        return self._at(path, True)

    def _at(self, path: str, link: bool) -> Value[Any]:
        kept = self.body.kept.get((path, link))
        if kept is not None:
            return kept
        name, _, rest = path.partition(".")
        block = self.body.block
        argument = block.arguments.get(name)
        if argument is not None and not (rest and argument.blocks(name)):
            value = self._of_argument(argument, name, rest, link)
        elif not block.has(name):
            value = Value(None, (block.location(),))
        else:  # how many blocks there are may be open, which is read with each number
            return self._of_block(name, rest, link)
        if not isinstance(value.data, (list, dict)):  # each walk of these costs
            self.body.kept[path, link] = value
        return value

    def _of_argument(self, argument: Argument, name: str, rest: str, link: bool) -> Value[Any]:
        data = self.body.raw(name, link)
        for key in rest.split(".") if rest else ():
            data = step(data, key)
        value = Value.of(data, (self.body.block.location(name),))
        if not rest and may_be_document(data):
            value.written = argument.document(self._opened)
        return value

    def _of_block(self, name: str, rest: str, link: bool) -> Value[Any]:
        block = self.body.block
        node, inner, more = self._block(name, rest)
        if node is None:
            return Value(more, (block.location(),))
        if rest and inner == rest and more is not None:  # another may stand before it, or after
            return Value(more, (node.location(),))
        if rest and inner == rest and len(others := self.body.numbered(name)[0]) > 1:
            if len(others) > _MAX_SEVERAL:
                return Value(_several(name, others[_MAX_SEVERAL].block.location()), (node.location(),))
            return _of_several([BodyNode(other)._at(rest, link) for other in others], name)
        return node._at(inner, link) if inner else Value({}, (node.location(),))

    def _block(self, name: str, rest: str) -> tuple[BodyNode | None, str, Unknown | None]:
        """The nested block of a name, the first or that of a number after it; the path below it; and why there may be more of them."""
        bodies, more = self.body.numbered(name)
        at = 0
        if rest.partition(".")[0].isdigit():
            number, _, rest = rest.partition(".")
            at = int(number)
        return BodyNode(bodies[at]) if at < len(bodies) else None, rest, more

    @override
    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        """Nested blocks, after the objects of an argument that is written in their place."""
        name, _, rest = path.partition(".")
        block = self.body.block
        bodies, more = self.body.numbered(name)
        nodes: list[Node] = [BodyNode(body) for body in bodies]
        argument = block.arguments.get(name)
        if argument is not None and argument.blocks(name) is None:
            argument_nodes, unknown = as_nodes(self.body.raw(name), argument.location)
            nodes, more = argument_nodes + nodes, unknown or more
        if not rest:
            return nodes, more
        inner: list[Node] = []
        for node in nodes:
            children, unknown = node.blocks(rest)
            inner, more = inner + children, more or unknown
        return inner, more

    @override
    def location(self) -> Location:
        return self.body.block.location()

    def _opened(self, expression: Any) -> tuple[str, str] | None:
        """The file that the argument of `file()` names."""
        scope = self.body.scope
        reader = scope.functions.get("file")
        try:
            return reader.opened(evaluate(expression, scope)) if isinstance(reader, FileFunction) else None
        except FAILURES:
            return None


_MAX_SEVERAL = 10
"""Of more, none is read."""


def _several(name: str, place: Location | None) -> Unknown:
    return Unknown(f"there are several {name} blocks", "leave one of them", place)


def _of_several(values: list[Value[Any]], name: str) -> Value[Any]:
    """What blocks of a type say where one is asked for: of several that differ, which providers refuse, any may count."""
    first = values[0]
    if all(same(value.raw, first.raw) for value in values):
        return first
    seen = tuple(place for value in values for place in value.seen)
    why = _several(name, seen[-1] if seen else None)
    return Value.of(either(why, *(value.raw for value in values)), seen)


class ResourceItem(BodyNode, Item):
    """One instance of a resource block (or of a data block: its type then begins with `data.`)."""

    __slots__ = ("_linked", "_region", "_tags", "address", "instance", "resource", "root", "template", "type")

    def __init__(self, resource: ResourceBlock, instance: Instance, root: str) -> None:
        self.address = resource.address + instance.suffix
        super().__init__(Body(resource.block, resource.scope(instance), self.address))
        self.resource, self.instance, self.root = resource, instance, root
        self.template = instance.template
        self.type = resource.type
        self._linked: BodyNode | None = None
        self._tags: dict[str, str] | None = None
        self._region: Value[str] | None = None

    @override
    def link(self, path: str) -> Value[Any]:
        if self._linked is None:
            self._linked = BodyNode(Body(self.resource.block, self.resource.scope(self.instance, link=True), self.address))
        return self._linked._at(path, True)

    @property
    @override
    def block(self) -> str:
        return ".".join(self.resource.block.labels)

    @property
    def origins(self) -> list[tuple[str, Location]]:
        """Of code that `terraform init` fetched, the block that calls its module: nobody edits the copy."""
        module = self.resource.module
        while module.fetched and module.parent is not None and module.call is not None:
            if not module.parent.fetched:
                return [(module.address.rstrip("."), module.call.location())]
            module = module.parent
        return []

    @property
    @override
    def tags(self) -> dict[str, str]:
        if self._tags is None:
            self._tags = self._tagged()
        return self._tags

    def _tagged(self) -> dict[str, str]:
        own = [self[path].data if "." in path else self.body.told(path) for path in tags.own_places(self.type)]
        if self.type in tags.TAKE_DEFAULTS or any(data is not None for data in own[:1]):
            return tags_of(self.resource.default_tags, *own)
        return tags_of(*own)

    @property
    @override
    def tagged_at(self) -> Location:
        return self.resource.block.location("tags")

    @property
    @override
    def marks(self) -> list[Placed]:
        remark = self.resource.block.remark
        return [(remark, self.location())] if remark else []

    @property
    @override
    def region(self) -> Value[str]:
        """What it says itself, else what its provider is configured for."""
        if self._region is None:
            own = first_known(self["region"], self["location"]) if self.type.startswith("google_") else self["region"]
            self._region = own if not own.absent else self._provider("region")
        return self._region

    @property
    @override
    def account(self) -> Value[str]:
        """On Google its own project, else the account or project of its provider."""
        own = self["project"] if self.type.startswith("google_") else None
        if own is not None and isinstance(own.data, str):
            return own
        configuration = self.resource.configuration
        return configuration.account if configuration else Value(None, (self.location(),))

    def same_account(self, other: Item) -> bool | None:
        """By the accounts that the provider configurations name, else by whether they log in alike."""
        known = isinstance(self.account.data, str) and isinstance(other.account.data, str)
        if known or not isinstance(other, ResourceItem):
            return super().same_account(other)
        return True if login(self.resource.configuration) == login(other.resource.configuration) else None

    def _provider(self, name: str) -> Value[str]:
        """An argument of the provider configuration that manages this resource."""
        configuration = self.resource.configuration
        return configuration[name] if configuration else Value(None, (self.location(),))

    @override
    def attributes(self) -> Value[dict[str, Any]]:
        try:
            return Value(contents(self.body), (self.location(),))
        except RecursionError:
            return Value(Unknown("the blocks are nested too deeply", "simplify the configuration or scan its plan"), (self.location(),))

    @property
    @override
    def taken_over(self) -> bool:
        return imported(self.resource)

    @property
    @override
    def beforehand(self) -> bool:
        """It is of a root module whose outputs another reads."""
        return bool(self.resource.module.root.address)

    @override
    def coexists(self, other: Item) -> bool:
        """One whose number is not known: where all that it is repeated by repeats this one, too."""
        if other.template is None:
            return True
        return isinstance(other, ResourceItem) and exists_with(other.resource, other.instance, self.resource, self.instance)
