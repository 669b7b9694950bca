"""A root module and everything below it, evaluated on demand: variables, locals, outputs, module calls, resource instances.

Nothing is evaluated until something asks, and then once. Meaning: https://developer.hashicorp.com/terraform/language.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

from scanner.sources.interface import Gap
from scanner.sources.terraform import functions, policy_documents, tree, types
from scanner.sources.terraform.evaluate import (
    FAILURES,
    EvaluationError,
    Scope,
    TooMuch,
    evaluate,
    finish,
    limited,
    pairs_of,
    to_text,
    to_whole,
    unsettled,
    why_unknown,
    words,
)
from scanner.sources.terraform.files import Block
from scanner.sources.values import SENSITIVE, Document, Reference, Unknown

MAX_INSTANCES = 20_000
MAX_DEPTH = 30
# Attributes that the provider computes for every resource and that are never null once it exists.
IDENTITY = (
    "id",
    "arn",
    "name",
    "self_link",
    "key_id",
    "email",
    "member",
    "unique_id",
    "dns_name",
    "invoke_arn",
    "url",
    "uri",
    "fqdn",
    "writer_identity",
)


class Workspace:
    """What all modules of one root share. `load` gives the blocks of a module directory; `read` a file that a function names."""

    def __init__(
        self,
        load: Callable[[str], list[Block]],
        read: Callable[[str], str | Unknown],
        resolve: Callable[[str, str, tuple[str, ...]], str | None],
        variables: dict[str, Any],
        name: str,
        show: Callable[[str], str],
    ) -> None:
        self.load, self.read, self.resolve, self.variables, self.name, self.show = load, read, resolve, variables, name, show
        self.budget = [0]
        self.instances = 0
        self.gaps: list[Gap] = []
        self.called: set[str] = set()


class Instance:
    """One instance of a block with `count` or `for_each`. Key `*` stands for a number of instances that is not known."""

    __slots__ = ("key", "names", "template")

    def __init__(self, key: Any, names: dict[str, Any], template: Unknown | None = None) -> None:
        self.key, self.names, self.template = key, names, template

    @property
    def suffix(self) -> str:
        if self.key is None:
            return ""
        return f"[{self.key}]" if isinstance(self.key, int) else f'["{self.key}"]'


class Names:
    """A namespace whose attributes are found by a function: `var`, `local`, `path`."""

    __slots__ = ("resolve",)

    def __init__(self, resolve: Callable[[str], Any]) -> None:
        self.resolve = resolve

    def attribute(self, name: str) -> Any:
        return self.resolve(name)

    def index(self, key: Any) -> Any:
        return why_unknown(key) if unsettled(key) else self.resolve(to_text(key))

    def elements(self) -> Any:
        return Unknown("a whole namespace is not evaluated", "name the attribute")

    finish = elements


class Module:
    """One instance of a module."""

    def __init__(self, workspace: Workspace, directory: str, parent: Module | None = None, call: Block | None = None,
                 instance: Instance | None = None) -> None:  # fmt: skip
        self.workspace, self.directory, self.parent, self.call = workspace, directory, parent, call
        self.instance = instance or Instance(None, {})
        self.depth: int = parent.depth + 1 if parent else 0
        self.address: str = f"{parent.address}module.{call.labels[0]}{self.instance.suffix}." if parent and call else ""
        self.path: tuple[str, ...] = (*parent.path, call.labels[0]) if parent and call else ()
        self.template: Unknown | None = self.instance.template or (parent.template if parent else None)
        self._memo: dict[tuple[str, str, bool], Any] = {}
        self._blocks: dict[str, dict[tuple[str, ...], Block]] = {}
        self._locals: dict[str, Block] = {}
        for block in workspace.load(directory):
            if block.type == "locals":
                self._locals.update(dict.fromkeys(block.attributes, block))
            elif block.type == "provider":
                alias = block.expression("alias")
                key = (block.labels[0], alias.value) if isinstance(alias, tree.Literal) else block.labels
                self._blocks.setdefault("provider", {})[key] = block
            else:
                self._blocks.setdefault(block.type, {})[block.labels] = block
        self.resources = {block.labels: Resource(self, block) for block in self.of("resource")}
        self.data = {block.labels: Resource(self, block) for block in self.of("data")}
        self.functions = {**functions.FUNCTIONS, **self._file_functions()}

    def of(self, kind: str) -> list[Block]:
        return list(self._blocks.get(kind, {}).values())

    def scope(self, names: dict[str, Any] | None = None, link: bool = False) -> Scope:
        return Scope(self._lookup, self.functions, self.workspace.budget, names, link)

    def _lookup(self, name: str, scope: Scope) -> Any:
        link = scope.link
        if name == "var":
            return Names(lambda wanted: self._once("var", wanted, link, self._variable))
        if name == "local":
            return Names(lambda wanted: self._once("local", wanted, link, self._local))
        if name == "module":
            return Names(lambda wanted: self._call(wanted, link))
        if name == "path":
            return Names(self._path)
        if name == "terraform":
            return Names(lambda wanted: self.workspace.name if wanted == "workspace" else Unknown("not known from code", "scan the plan"))
        if name == "data":
            return Names(lambda type_: Names(lambda wanted: self._instances(self.data.get((type_, wanted)), ("data", type_, wanted), link)))
        if name in ("each", "count", "self"):
            raise EvaluationError(f"{name} has no meaning here")
        return Names(lambda wanted: self._instances(self.resources.get((name, wanted)), (name, wanted), link))

    def _path(self, name: str) -> Any:
        if name == "module":
            return os.path.relpath(self.directory, self._root().directory)
        return "." if name == "root" else Unknown(f"path.{name} depends on where terraform runs", "scan the plan")

    def _root(self) -> Module:
        return self.parent._root() if self.parent else self

    def _instances(self, resource: Resource | None, labels: tuple[str, ...], link: bool) -> Any:
        if resource is None:  # part of a configuration, as when one file of it is scanned
            return Reference(".".join(labels))
        return Instances(resource, link)

    def _once(self, kind: str, name: str, link: bool, compute: Callable[[str, bool], Any]) -> Any:
        key = (kind, name, link)
        if key not in self._memo:
            self._memo[key] = Unknown(f"{kind}.{name} refers to itself", "break the cycle")
            try:
                self._memo[key] = limited(compute(name, link))
            except EvaluationError as error:
                self._memo[key] = error
        found = self._memo[key]
        if isinstance(found, EvaluationError):
            raise found
        return found

    def _variable(self, name: str, link: bool) -> Any:
        block = self._blocks.get("variable", {}).get((name,))
        if block is None:
            raise EvaluationError(f"var.{name} is not declared")
        if self.parent and self.call:
            given = self.call.expression(name)
            raw = evaluate(given, self.parent.scope(self.instance.names, link)) if given is not None else None
        else:
            given = self.workspace.variables.get(name)
            raw = evaluate(given, self.scope()) if given is not None else None
        if given is not None and block.expression("sensitive") == tree.Literal(True):
            return SENSITIVE
        default = block.expression("default")
        if given is None or (raw is None and default is not None and block.expression("nullable") == tree.Literal(False)):
            if default is None:
                way = f"pass --var {name}=VALUE or --var-file FILE" if not self.parent else f'pass "{name}" in the module call'
                return Unknown(f'variable "{name}" has no value', way, block.location())
            raw = evaluate(default, self.scope())
        return types.convert(raw, block.expression("type"), lambda tree_: evaluate(tree_, self.scope()))

    def _local(self, name: str, link: bool) -> Any:
        block = self._locals.get(name)
        if block is None:
            raise EvaluationError(f"local.{name} is not declared")
        return evaluate(block.expression(name), self.scope(link=link))

    def _call(self, name: str, link: bool) -> Any:
        calls = self.calls()
        if name not in calls:
            raise EvaluationError(f"module.{name} is not declared")
        return Calls(name, calls[name], link)

    def calls(self) -> dict[str, list[Module] | Unknown]:
        """Every module call: its instances, or why its code is not at hand."""
        if ("calls", "", False) not in self._memo:
            self._memo["calls", "", False] = {block.labels[0]: self._called(block) for block in self.of("module") if block.labels}
        found: dict[str, list[Module] | Unknown] = self._memo["calls", "", False]
        return found

    def _called(self, block: Block) -> list[Module] | Unknown:
        name, source = block.labels[0], block.expression("source")
        if not isinstance(source, tree.Literal) or not isinstance(source.value, str):
            return self._missing(block, f'the source of module "{name}" is not a plain string', "write it as a plain string")
        try:
            directory = self.workspace.resolve(self.directory, source.value, (*self.path, name))
        except EvaluationError as error:
            return self._missing(block, f'module "{name}" ({source.value}) {error}', "name a directory that holds both")
        if directory is None:
            if source.value.startswith("."):
                return self._missing(
                    block, f'module "{name}" names the directory {source.value}, which does not exist', "correct the source"
                )
            way = f"run terraform init in {self.workspace.show(self._root().directory)} to fetch it, or scan the plan"
            return self._missing(block, f'module "{name}" ({source.value}) is not in .terraform/modules', way)
        if self.depth >= MAX_DEPTH or directory in self._ancestry():
            return self._missing(block, f'module "{name}" calls itself', "break the cycle")
        self.workspace.called.add(directory)
        return [Module(self.workspace, directory, self, block, instance) for instance in expand(block, self)]

    def _missing(self, block: Block, reason: str, way: str) -> Unknown:
        if not self.template or self.instance.key != "*":
            self.workspace.gaps.append(Gap(block.file, "module_missing", reason, way, block.line))
        return Unknown(reason, way, block.location())

    def _ancestry(self) -> Iterator[str]:
        yield self.directory
        if self.parent:
            yield from self.parent._ancestry()

    def output(self, name: str, link: bool) -> Any:
        return self._once("output", name, link, self._output)

    def _output(self, name: str, link: bool) -> Any:
        block = self._blocks.get("output", {}).get((name,))
        if block is None:
            raise EvaluationError(f"{self.address}{name} is not an output")
        return evaluate(block.expression("value"), self.scope(link=link))

    def outputs(self) -> list[str]:
        return [block.labels[0] for block in self.of("output") if block.labels]

    def walk(self) -> Iterator[Module]:
        """This module and all below it."""
        yield self
        for called in self.calls().values():
            for module in called if isinstance(called, list) else ():
                yield from module.walk()

    def provider(self, name: str, alias: str = "") -> tuple[Block, Module] | None:
        """The configuration that a provider name means in this module, and the module it stands in."""
        key = (name, alias) if alias else (name,)
        block = self._blocks.get("provider", {}).get(key)
        if block:
            return block, self
        if not self.parent or not self.call:
            return None
        passed = self.call.expression("providers")
        if isinstance(passed, tree.Object):
            for inner, outer in passed.items:
                if _provider_key(inner) == key:
                    return self.parent.provider(*_provider_key(outer))
        return None if alias else self.parent.provider(name)

    def _file_functions(self) -> dict[str, Callable[..., Any]]:
        def read(path: Any) -> Any:
            if unsettled(path):
                return why_unknown(path)
            return self.workspace.read(os.path.normpath(os.path.join(self._root().directory, to_text(path))))

        def templatefile(path: Any, names: Any) -> Any:
            text = read(path)
            if unsettled(text) or unsettled(names):
                return why_unknown(text if unsettled(text) else names)
            scope = Scope(_no_names, self.functions, self.workspace.budget, dict(names))
            return evaluate(tree.template(text), scope)

        def exists(path: Any) -> Any:
            try:
                found = read(path)
            except EvaluationError:
                return False
            return found if isinstance(found, Unknown) else True

        return {"file": read, "templatefile": templatefile, "fileexists": exists}


def _no_names(name: str, scope: Scope) -> Any:
    raise EvaluationError(f"the template names {name}, which it was not given")


def _provider_key(node: Any) -> tuple[str, ...]:
    if isinstance(node, tree.Attribute) and isinstance(node.of, tree.Name):
        return (node.of.name, node.name)
    if isinstance(node, tree.Name):
        return (node.name,)
    text = node.value if isinstance(node, tree.Literal) and isinstance(node.value, str) else ""
    return tuple(text.split("."))


def expand(block: Block, module: Module) -> list[Instance]:
    """The instances of a block. Where their number is not known, one that stands for all."""
    template = module.template
    try:
        if (count := block.expression("count")) is not None:
            return _counted(evaluate(count, module.scope(module.instance.names)), template, module)
        if (for_each := block.expression("for_each")) is not None:
            return _for_each(evaluate(for_each, module.scope(module.instance.names)), template, module)
    except EvaluationError as error:
        return [_template_instance(Unknown(str(error), "correct the expression", block.location()))]
    return [Instance(None, {}, template)]


def _counted(raw: Any, template: Unknown | None, module: Module) -> list[Instance]:
    if unsettled(raw):
        return [_template_instance(why_unknown(raw))]
    number = to_whole(raw)
    if number < 0:
        raise EvaluationError("count is negative")
    _spend(module, number)
    return [Instance(at, {"count": {"index": at}}, template) for at in range(number)]


def _for_each(raw: Any, template: Unknown | None, module: Module) -> list[Instance]:
    elements = raw.elements() if hasattr(raw, "elements") else raw
    if elements is None or unsettled(elements):
        return [_template_instance(why_unknown(elements or Unknown("for_each is null", "correct the expression")))]
    if isinstance(elements, list):
        unknown = next((element for element in elements if unsettled(element)), None)
        if unknown is not None:
            return [_template_instance(why_unknown(unknown))]
        elements = {to_text(element): to_text(element) for element in elements}
    if not isinstance(elements, dict):
        raise EvaluationError(f"for_each is {finish(elements)!r:.60}")
    _spend(module, len(elements))
    return [Instance(key, {"each": {"key": key, "value": value}}, template) for key, value in elements.items()]


def _spend(module: Module, number: int) -> None:
    module.workspace.instances += number
    if module.workspace.instances > MAX_INSTANCES:
        raise TooMuch(f"more than {MAX_INSTANCES:,} instances")


def _template_instance(reason: Unknown) -> Instance:
    return Instance("*", {"each": {"key": reason, "value": reason}, "count": {"index": reason}}, reason)


class Resource:
    """A resource or data block in one module."""

    __slots__ = ("_instances", "_memo", "block", "module")

    def __init__(self, module: Module, block: Block) -> None:
        self.module, self.block = module, block
        self._instances: list[Instance] | None = None
        self._memo: dict[tuple[Any, str, bool], Any] = {}

    @property
    def address(self) -> str:
        prefix = "data." if self.block.type == "data" else ""
        return f"{self.module.address}{prefix}{'.'.join(self.block.labels)}"

    @property
    def instances(self) -> list[Instance]:
        if self._instances is None:
            self._instances = [_template_instance(Unknown(f"{self.address} refers to itself", "break the cycle"))]
            self._instances = expand(self.block, self.module)
        return self._instances

    def scope(self, instance: Instance, link: bool = False) -> Scope:
        names = instance.names
        if link and isinstance(names.get("each"), dict) and (for_each := self.block.expression("for_each")) is not None:
            linked = self._linked(for_each)
            if isinstance(linked, dict) and instance.key in linked:
                names = {**names, "each": {"key": instance.key, "value": linked[instance.key]}}
            elif isinstance(linked, list) and len(linked) == 1 and instance.key == "*" and isinstance(linked[0], One):
                names = {**names, "each": {"key": instance.names["each"]["key"], "value": linked[0]}}
        return self.module.scope(names, link)

    def _linked(self, for_each: Any) -> Any:
        if ("", "", True) not in self._memo:
            raw = evaluate(for_each, self.module.scope(self.module.instance.names, link=True))
            self._memo["", "", True] = raw.elements() if hasattr(raw, "elements") else raw
        return self._memo["", "", True]

    def attribute(self, instance: Instance, name: str, link: bool) -> Any:
        """An attribute of an instance as another block reads it."""
        address = self.address + instance.suffix
        if self.block.type == "data" and name in ("json", "minified_json", "policy_data"):
            return self._document(instance, address, name)
        if link:
            return Reference(address, name)
        if (expression := self.block.expression(name)) is None:
            return self._computed(address, name)
        key = (instance.key, name, link)
        if key not in self._memo:
            self._memo[key] = Unknown(f"{address}.{name} refers to itself", "break the cycle")
            self._memo[key] = limited(evaluate(expression, self.scope(instance)))
        return self._memo[key]

    def _computed(self, address: str, name: str) -> Any:
        if name in IDENTITY or name.endswith(("_id", "_arn", "_name")) or self.block.type == "data":
            return Reference(address, name)
        if any(block.type == name for block in self.block.blocks):
            return Unknown(f"the nested block {name} of {address} is not read through a reference", "scan the plan")
        return Unknown(f"{address}.{name} is decided by the provider", "scan the plan or the live resource", self.block.location())

    def _document(self, instance: Instance, address: str, name: str) -> Any:
        key = (instance.key, name, False)
        if key not in self._memo:
            self._memo[key] = Unknown(f"{address} refers to itself", "break the cycle")
            build = policy_documents.BUILDERS.get(self.block.labels[0])
            body = Body(self.block, self.scope(instance))
            self._memo[key] = Document(build(body)) if build else Reference(address, name)
        return self._memo[key]


class Instances:
    """What `aws_s3_bucket.b` stands for in an expression."""

    __slots__ = ("link", "resource")

    def __init__(self, resource: Resource, link: bool) -> None:
        self.resource, self.link = resource, link

    def _wrapped(self, instance: Instance) -> Instances:
        return One(self.resource, instance, self.link)

    def attribute(self, name: str) -> Any:
        instances = self.resource.instances
        if len(instances) == 1 and instances[0].key in (None, "*"):
            return self.resource.attribute(instances[0], name, self.link)
        return self.index(name)

    def index(self, key: Any) -> Any:
        instances = self.resource.instances
        if len(instances) == 1 and instances[0].key == "*":
            return self._wrapped(instances[0])
        if unsettled(key):
            return why_unknown(key)
        if len(instances) == 1 and instances[0].key is None:
            return self.attribute(to_text(key))
        for instance in instances:
            if instance.key == key or (instance.key is not None and to_text(instance.key) == to_text(key)):
                return self._wrapped(instance)
        raise EvaluationError(f'{self.resource.address} has no instance "{key}"')

    def elements(self) -> Any:
        instances = self.resource.instances
        if len(instances) == 1 and instances[0].key == "*" and not self.link:
            return instances[0].template
        if instances and isinstance(instances[0].key, str) and instances[0].key != "*":
            return {instance.key: self._wrapped(instance) for instance in instances}
        if not instances and self.resource.block.expression("for_each") is not None:
            return {}
        return [self._wrapped(instance) for instance in instances]

    def finish(self) -> Any:
        instances = self.resource.instances
        if len(instances) == 1 and instances[0].key in (None, "*"):
            return Reference(self.resource.address + instances[0].suffix)
        return finish(self.elements())


class One(Instances):
    """One instance: `aws_s3_bucket.b["x"]`."""

    __slots__ = ("instance",)

    def __init__(self, resource: Resource, instance: Instance, link: bool) -> None:
        super().__init__(resource, link)
        self.instance = instance

    def attribute(self, name: str) -> Any:
        return self.resource.attribute(self.instance, name, self.link)

    def index(self, key: Any) -> Any:
        return why_unknown(key) if unsettled(key) else self.attribute(to_text(key))

    def elements(self) -> Any:
        return [self]

    def finish(self) -> Any:
        return Reference(self.resource.address + self.instance.suffix)


class Calls:
    """What `module.m` stands for in an expression."""

    __slots__ = ("called", "link", "name")

    def __init__(self, name: str, called: list[Module] | Unknown, link: bool) -> None:
        self.name, self.called, self.link = name, called, link

    def attribute(self, name: str) -> Any:
        if isinstance(self.called, Unknown):
            return self.called
        if len(self.called) == 1 and self.called[0].instance.key in (None, "*"):
            return self.called[0].output(name, self.link)
        return self.index(name)

    def index(self, key: Any) -> Any:
        if isinstance(self.called, Unknown):
            return self.called
        if len(self.called) == 1 and self.called[0].instance.key == "*":
            return self
        if unsettled(key):
            return why_unknown(key)
        for module in self.called:
            if module.instance.key is not None and to_text(module.instance.key) == to_text(key):
                return Calls(self.name, [_alone(module)], self.link)
        raise EvaluationError(f'module.{self.name} has no instance "{key}"')

    def elements(self) -> Any:
        if isinstance(self.called, Unknown):
            return self.called
        if len(self.called) == 1 and self.called[0].instance.key == "*":
            return self.called[0].template
        wrapped = {module.instance.key: Calls(self.name, [_alone(module)], self.link) for module in self.called}
        return wrapped if any(isinstance(key, str) for key in wrapped) else list(wrapped.values())

    def finish(self) -> Any:
        return Unknown(f"module.{self.name} as a whole is not evaluated", "name the output")


class _Alone:
    """A module instance that was picked by its key: its outputs are read directly."""

    __slots__ = ("instance", "module", "template")

    def __init__(self, module: Module) -> None:
        self.module, self.instance, self.template = module, Instance(None, {}), module.template

    def output(self, name: str, link: bool) -> Any:
        return self.module.output(name, link)


def _alone(module: Module) -> Any:
    return _Alone(module)


class Body:
    """The attributes and nested blocks of a block in a scope; `dynamic` blocks are unfolded."""

    __slots__ = ("block", "scope")

    def __init__(self, block: Block, scope: Scope) -> None:
        self.block, self.scope = block, scope

    def raw(self, name: str, link: bool = False) -> Any:
        """The value of an attribute, None where it is not written."""
        expression = self.block.expression(name)
        if expression is None:
            return None
        try:
            return limited(finish(evaluate(expression, self.scope.linking() if link else self.scope)))
        except FAILURES as error:
            reason = f"{name} could not be evaluated: {words(error)}"
            return Unknown(reason, "correct the expression or scan the plan", self.block.location(name))

    def nested(self, name: str) -> tuple[list[Body], Unknown | None]:
        """The nested blocks of a type in order, and why there may be others."""
        found: list[Body] = []
        more: Unknown | None = None
        for block in self.block.blocks:
            if block.type == name:
                found.append(Body(block, self.scope))
            elif block.type == "dynamic" and block.labels[:1] == (name,):
                unfolded = self._unfold(block)
                if isinstance(unfolded, Unknown):
                    more = more or unfolded
                else:
                    found += unfolded
        return found, more

    def _unfold(self, block: Block) -> list[Body] | Unknown:
        content = next((inner for inner in block.blocks if inner.type == "content"), None)
        if content is None:
            return []
        iterator = block.expression("iterator")
        name = iterator.name if isinstance(iterator, tree.Name) else block.labels[0]
        for_each = block.expression("for_each")
        if for_each is None:
            return Unknown(f"the dynamic {block.labels[0]} block has no for_each", "correct the block", block.location())
        try:
            raw = evaluate(for_each, self.scope)
            elements = raw.elements() if hasattr(raw, "elements") else raw
        except FAILURES as error:
            return Unknown(f"for_each could not be evaluated: {words(error)}", "correct the expression", block.location("for_each"))
        if unsettled(elements):
            reason = why_unknown(elements)
            return Unknown(f"how many {block.labels[0]} blocks there are: {reason.reason}", reason.settles_it, block.location("for_each"))
        pairs = pairs_of(elements)
        if pairs is None:
            return Unknown(f"for_each is {elements!r:.60}", "correct the expression", block.location("for_each"))
        if len(pairs) > MAX_INSTANCES:
            return Unknown(f"there are more than {MAX_INSTANCES:,} {block.labels[0]} blocks", "scan the plan", block.location("for_each"))
        return [Body(content, self.scope.with_names({name: {"key": key, "value": value}})) for key, value in pairs]
