"""A root module and everything below it, evaluated on demand: variables, locals, outputs, module calls, resource instances.

Nothing is evaluated until something asks, and then once. Meaning: https://developer.hashicorp.com/terraform/language.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from typing import Any

from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.raw import Given, Open, Reference, Refused, Unknown, because
from assay.scanner.sources.sensitive import is_secret_name
from assay.scanner.sources.terraform import costs, machines, tree, types
from assay.scanner.sources.terraform.blocks import Argument, Block
from assay.scanner.sources.terraform.configurations import Configuration
from assay.scanner.sources.terraform.declarations import Declaration, declarations
from assay.scanner.sources.terraform.evaluate import Scope, evaluate
from assay.scanner.sources.terraform.existence import target_of
from assay.scanner.sources.terraform.expansion import Instance, expand, is_single, linked_elements, one_of, spend
from assay.scanner.sources.terraform.instances import Instances, ResourceBlock, linked_names
from assay.scanner.sources.terraform.named import Calls, Lookup
from assay.scanner.sources.terraform.operators import FAILURES, EvaluationError, NotThere
from assay.scanner.sources.terraform.provider_blocks import ProviderBlock
from assay.scanner.sources.terraform.providers import provider_key
from assay.scanner.sources.terraform.workspace import Workspace

MAX_DEPTH = 30


class Module:
    """One instance of a module."""

    def __init__(self, workspace: Workspace, directory: str, parent: Module | None = None, call: Block | None = None,
                 instance: Instance | None = None) -> None:  # fmt: skip
        self.workspace, self.directory, self.parent, self.call = workspace, directory, parent, call
        self.instance = instance or Instance(None, {})
        self.depth: int = parent.depth + 1 if parent else 0
        self.address: str = f"{parent.address}{call.word}.{call.labels[0]}{self.instance.suffix}." if parent and call else ""
        self.path: tuple[str, ...] = (*parent.path, call.labels[0]) if parent and call else ()
        self.template: Unknown | None = self.instance.template or (parent.template if parent else None)
        self._memo: dict[tuple[str, str, bool], Any] = {}
        self._others: dict[str, Module] = {}
        self._blocks: dict[str, dict[tuple[str, ...], Block]] = {}
        self._calls: dict[int, list[Module] | Unknown] = {}
        """Instances of module calls, by the identity of the block, which the workspace keeps."""
        self._locals: dict[str, Block] = {}
        self._configurations: dict[Block, Configuration] = {}
        blocks = workspace.load(directory)
        workspace.budget.step(len(blocks))
        workspace.budget.made(costs.MODULE + costs.RESOURCE * len(blocks))
        for block in blocks:
            if block.type == "locals":
                self._locals.update(dict.fromkeys(block.arguments, block))
            elif block.type == "provider":
                alias = block.expression("alias")
                key = (block.labels[0], alias.value) if isinstance(alias, tree.Literal) else block.labels
                self._blocks.setdefault("provider", {})[key] = block
            else:
                self._blocks.setdefault(block.type, {}).setdefault(block.labels, block)
        self.declared = [ResourceBlock(self, self._whole(block)) for block in blocks if block.type in ("resource", "data")]
        """Every resource and data source. Of two with one address, which Terraform refuses, references mean the first."""
        self.resources = {resource.block.labels: resource for resource in reversed(self.declared) if resource.block.type == "resource"}
        self.data = {resource.block.labels: resource for resource in reversed(self.declared) if resource.block.type == "data"}
        self.taken_over = {target_of(block.expression("to")) for block in blocks if block.type == "import"}
        """The addresses of what `import` blocks take over, as names without keys."""
        self.providers = [ProviderBlock(self, block) for block in self.of("provider") if block.labels]
        self.functions = workspace.functions(self.root.directory)

    @functools.cached_property
    def declarations(self) -> list[Declaration]:
        """Its outputs, variables and local values that may hold a secret."""
        return list(declarations(self))

    @property
    def fetched(self) -> bool:
        """Whether `terraform init` copied its code into the directory of the root module."""
        return ".terraform" in os.path.normpath(self.directory).split(os.sep)

    def _whole(self, block: Block) -> Block:
        """A resource with what another block of the module writes of it."""
        if block.labels[0] != machines.MACHINE or block.type != "resource":
            return block
        return machines.of_template(block, self._blocks["resource"].get)

    def of(self, kind: str) -> list[Block]:
        """The blocks of a type: `variable`, `output`, `resource`."""
        return list(self._blocks.get(kind, {}).values())

    def scope(self, names: dict[str, Any] | None = None, link: bool = False) -> Scope:
        """What expressions of the module are evaluated in."""
        return Scope(self._lookup, self.functions, self.workspace.budget, names, link)

    def _lookup(self, name: str, scope: Scope) -> Any:
        link = scope.link
        if name == "var":
            return Lookup(lambda wanted: self._once("var", wanted, link, self._variable))
        if name == "local":
            return Lookup(lambda wanted: self._once("local", wanted, link, self._local))
        if name in ("module", "component"):
            return Lookup(lambda wanted: self._call(wanted, link))
        if name == "path":
            return Lookup(self._path)
        if name == "terraform":
            return Lookup(lambda wanted: self.workspace.name if wanted == "workspace" else Unknown("not known from code", "scan the plan"))
        if name == "data":
            return Lookup(
                lambda type_: Lookup(lambda wanted: self._instances(self.data.get((type_, wanted)), ("data", type_, wanted), link))
            )
        if name in ("each", "count", "self"):
            raise EvaluationError(f"{name} has no meaning here")
        return Lookup(lambda wanted: self._instances(self.resources.get((name, wanted)), (name, wanted), link), name)

    def _path(self, name: str) -> Any:
        if name == "module":
            return os.path.relpath(self.directory, self.root.directory)
        return "." if name == "root" else Unknown(f"path.{name} depends on where terraform runs", "scan the plan")

    @property
    def root(self) -> Module:
        """The root module that it is part of."""
        return self.parent.root if self.parent else self

    def _instances(self, resource: ResourceBlock | None, labels: tuple[str, ...], link: bool) -> Any:
        if resource is None:  # part of a configuration, as when one file of it is scanned
            return Reference(".".join(labels))
        if resource.block.enabled is not None and not resource.instances:
            return None  # it evaluates to null
        return Instances(resource, link)

    def _once(self, kind: str, name: str, link: bool, compute: Callable[[str, bool], Any]) -> Any:
        key = (kind, name, link)
        if key not in self._memo:
            self._memo[key] = Unknown(f"{kind}.{name} refers to itself", "break the cycle")
            try:
                self._memo[key] = costs.limited(compute(name, link), self.workspace.budget)
            except NotThere as error:
                self._memo[key] = error
            except EvaluationError as error:
                reason, way = f"{kind}.{name} could not be evaluated: {error}", "correct the expression or scan the plan"
                self._memo[key] = Refused(reason, way, name=f"{self.address}{kind}.{name}")
        result = self._memo[key]
        if isinstance(result, EvaluationError):
            raise result
        return result

    def _variable(self, name: str, link: bool) -> Any:
        block = self._blocks.get("variable", {}).get((name,))
        if block is None:
            return self._undeclared(f"var.{name}")
        if self.parent and self.call:
            given = self.call.expression(name)
            raw = evaluate(given, self.parent.scope(self._names(link), link)) if given is not None else None
        else:
            given = self.workspace.variables.get(name)
            raw = evaluate(given, self.scope()) if given is not None else None
        default = block.expression("default")
        if given is None or (raw is None and default is not None and block.expression("nullable") == tree.Literal(False)):
            if default is None:
                why, way = f'variable "{name}" has no value', self._way(name, block)
                return Given(why, way, block.location(), f"{self.address}var.{name}", _is_sensitive(block))
            raw = evaluate(default, self.scope())
        costs.walk(raw, self.workspace.budget)
        raw = types.convert(raw, block.expression("type"), lambda tree_: evaluate(tree_, self.scope()))
        return self.workspace.sensitive.add(raw) if _is_sensitive(block) else self.workspace.sensitive.named(name, raw)

    def _undeclared(self, name: str) -> Open:
        """What code names that is in no file here: a tool adds it (Terragrunt, templates of code), or a part of the code is not scanned."""
        kind = Given if name.startswith("var.") and self.parent is None else Open
        return kind(f"{name} is not declared", "scan the code that declares it too, or the plan", name=f"{self.address}{name}")

    def _way(self, name: str, block: Block) -> str:
        """How a variable gets a value. A command line is kept by shells and build servers, so that what is secret has no place there."""
        if self.parent:
            return f'pass "{name}" in the module call'
        stand_in = ", with a stand-in: it is a secret" if _is_sensitive(block) else ""
        return f"pass --var {name}=VALUE or --var-file FILE{stand_in}"

    def take_sensitive(self) -> None:
        """Take in the values of sensitive variables and outputs that nothing asks for too: a report may show the lines of these."""
        for block in self.of("variable"):
            if not block.labels or not (_is_sensitive(block) or is_secret_name(block.labels[0])):
                continue
            default = block.expression("default")
            with contextlib.suppress(*FAILURES):
                self._once("var", block.labels[0], False, self._variable)
            with contextlib.suppress(*FAILURES):
                self.workspace.sensitive.add(evaluate(default, self.scope()) if default is not None and _is_sensitive(block) else None)
        for block in self.of("output"):
            if block.labels and is_secret_name(block.labels[0]):
                with contextlib.suppress(*FAILURES):
                    self.workspace.sensitive.named(block.labels[0], self.output(block.labels[0], False))

    def _names(self, link: bool) -> dict[str, Any]:
        """What `each` and `count` mean in the block that calls this module."""
        if not link or not self.parent or not self.call:
            return self.instance.names
        key = ("each", self.call.labels[0], True)
        if key not in self.parent._memo:
            self.parent._memo[key] = linked_elements(self.call, self.parent)
        return linked_names(self.instance, self.parent._memo[key])

    def gives_set(self, expression: Any) -> bool:
        """Whether each element of an expression is certainly its own key: of a set, and of `{ for one in names : one => one }`."""
        if isinstance(expression, tree.For):
            return not expression.group and expression.key is not None and expression.key == expression.value
        if isinstance(expression, tree.Attribute) and expression.of == tree.Name("var"):
            block = self._blocks.get("variable", {}).get((expression.name,))
            expression = types.constraint_of(block.expression("type")) if block else None
            return isinstance(expression, tree.Call) and expression.function == "set"
        return isinstance(expression, tree.Call) and expression.function == "toset"

    @property
    def locals(self) -> dict[str, Argument]:
        """The local values by name, each as it is written."""
        return {name: block.arguments[name] for name, block in self._locals.items()}

    def _local(self, name: str, link: bool) -> Any:
        block = self._locals.get(name)
        if block is None:
            return self._undeclared(f"local.{name}")
        return evaluate(block.expression(name), self.scope(link=link))

    def _call(self, name: str, link: bool) -> Any:
        block = self._blocks.get("module", {}).get((name,))
        if block is None:
            return because(self._undeclared(f"module.{name}"))
        called = self._instances_of(block)
        return None if called == [] and block.enabled is not None else Calls(name, called, link)

    def _instances_of(self, block: Block) -> list[Module] | Unknown:
        """The instances of a module call, or why its code is not at hand. How many there are may depend on other modules."""
        if id(block) not in self._calls:
            self._calls[id(block)] = Unknown(f"module.{block.labels[0]} refers to itself", "break the cycle", block.location())
            self._calls[id(block)] = self._called(block)
        return self._calls[id(block)]

    def one_of(self, key: Any) -> Module:
        """The instance of a key among those that this one stands for, since their number is not known."""
        assert self.parent is not None and self.call is not None
        instance = one_of(self.instance, key, is_single(self.call, self.parent))
        if instance is self.instance:
            return self
        if instance.suffix not in self._others:
            spend(self, len(self.declared) + 1)
            self._others[instance.suffix] = Module(self.workspace, self.directory, self.parent, self.call, instance)
        return self._others[instance.suffix]

    def _called(self, block: Block) -> list[Module] | Unknown:
        name, source = block.labels[0], self._source(block)
        if source is None:
            return self._missing(block, f'the source of module "{name}" is not a plain string', "write it as a plain string")
        try:
            directory = self.workspace.resolve(self.directory, source, (*self.path, name))
        except EvaluationError as error:
            return self._missing(block, f'module "{name}" ({source}) {error}', "name a directory that holds both")
        if directory is None:
            if source.startswith("."):
                return self._missing(block, f'module "{name}" names the directory {source}, which does not exist', "correct the source")
            way = f"run terraform init in {self.workspace.show(self.root.directory)} to fetch it, or scan the plan"
            return self._missing(block, f'module "{name}" ({source}) is not in .terraform/modules', way)
        if directory in self._ancestry():
            return self._missing(block, f'module "{name}" calls itself', "break the cycle")
        if self.depth >= MAX_DEPTH:
            reason = f'module "{name}" is called through more than {MAX_DEPTH} others, and is read no further'
            return self._missing(block, reason, f"scan {self.workspace.show(directory)} by itself, or scan the plan")
        self.workspace.called.add(directory)
        return [Module(self.workspace, directory, self, block, instance) for instance in expand(block, self)]

    def _source(self, block: Block) -> str | None:
        """The source of a module call, None where that is not known.

        OpenTofu takes variables and local values in it: https://opentofu.org/docs/language/modules/sources/
        """
        expression = block.expression("source")
        try:
            source = None if expression is None else evaluate(expression, self.scope())
        except FAILURES:
            return None
        return source if isinstance(source, str) else None

    def _missing(self, block: Block, reason: str, way: str) -> Unknown:
        if not self.template or not self.instance.unexpanded:
            self.workspace.gaps.append(Gap(block.location().file, "module_missing", reason, way, block.location().line))
        return Unknown(reason, way, block.location())

    def _ancestry(self) -> Iterator[str]:
        yield self.directory
        if self.parent:
            yield from self.parent._ancestry()

    def output(self, name: str, link: bool) -> Any:
        """The raw value of an output. Raises EvaluationError where the module has none of that name."""
        return self._once("output", name, link, self._output)

    def _output(self, name: str, link: bool) -> Any:
        block = self._blocks.get("output", {}).get((name,))
        if block is None:
            raise NotThere(f"{self.address}{name} is not an output")
        raw = evaluate(block.expression("value"), self.scope(link=link))
        return self.workspace.sensitive.add(raw) if _is_sensitive(block) else raw

    def outputs(self) -> list[str]:
        """The names of its outputs."""
        return [block.labels[0] for block in self.of("output") if block.labels]

    def walk(self) -> Iterator[Module]:
        """This module and all below it."""
        yield self
        for block in self.workspace.load(self.directory):
            called = self._instances_of(block) if block.type == "module" else ()
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
                if provider_key(inner) == key and (passed_key := provider_key(outer)):
                    return self.parent.provider(*passed_key)
        return None if alias else self.parent.provider(name)

    def configuration(self, name: str, alias: str = "") -> Configuration | None:
        """The same, to be asked for its values."""
        provider = self.provider(name, alias)
        if provider is None:
            return None
        block, module = provider
        if block not in module._configurations:
            module._configurations[block] = Configuration(block, module)
        return module._configurations[block]


def _is_sensitive(block: Block) -> bool:
    """Whether a variable or an output is marked as `sensitive` or `ephemeral`: by anything that is not certainly false.

    https://developer.hashicorp.com/terraform/language/manage-sensitive-data
    """
    return any(block.expression(mark) not in _NOT_MARKED for mark in ("sensitive", "ephemeral"))


_NOT_MARKED = (None, tree.Literal(False), tree.Literal(None), tree.Literal("false"))
