"""A stack: a template with what it is deployed with, the templates nested in it, and its resources as items."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from assay.scanner.sources.budget import Budget, OverBudget
from assay.scanner.sources.cloudformation.cdk import Construct
from assay.scanner.sources.cloudformation.declarations import OUTPUT, declarations
from assay.scanner.sources.cloudformation.exporting import Export, are_apart, exported, exports
from assay.scanner.sources.cloudformation.items import TemplateItem
from assay.scanner.sources.cloudformation.nesting import Loader, nested_path, template_url
from assay.scanner.sources.cloudformation.scope import COST_OF_STACK, NESTED, Scope
from assay.scanner.sources.cloudformation.template import Template, TemplateResource
from assay.scanner.sources.cloudformation.transforms import Include, processed
from assay.scanner.sources.cloudformation.worlds import Assignment, TooMany, explore
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Exported, Location, Unknown, describe
from assay.scanner.sources.sensitive import Sensitive

MAX_NESTED = 8
MAX_JUDGED = 10_000
"""Resources times combinations: CloudFormation takes 500 resources in a template."""
_TOGETHER = "scan that stack together with this one"
STACK_SET = "AWS::CloudFormation::StackSet"


class Neighbours(Protocol):
    """What other stacks of a run give; None where they do not, or where it may be one of several."""

    def value(self, name: str, by: Stack) -> Any:
        """What is exported under a name."""

    def output(self, stack: str, name: str, region: str | None, by: Stack) -> Any:
        """An output of a stack by their names."""


class NestedStack(NamedTuple):
    """A nested stack in one world."""

    world: int
    """The number of the world, in the order in which they were made."""
    exists: bool
    """It certainly exists there."""
    parameters: dict[str, Any]


class Stack:
    """`load` gives the template of a file of this scan; `imports` what another stack of it exports under a name."""

    def __init__(
        self, template: Template, name: str | None, parameters: dict[str, Any], region: str | None, account: str | None, load: Loader,
        include: Include, neighbours: Neighbours | None = None, constructs: dict[str, Construct] | None = None, qualifier: str = "",
    ) -> None:  # fmt: skip
        self.name, self.parameters, self.region, self.account = name, parameters, region, account
        self.load, self.include, self.neighbours = load, include, neighbours
        self.budget, self.coverage = Budget(), Coverage()
        self.sensitive = Sensitive()
        """The values of `NoEcho` parameters, also where they are handed to nested stacks."""
        self.constructs = constructs or {}
        self.wanted: frozenset[str] | None = None
        """The types that something reads: conditions that others depend on tell nothing apart."""
        self.qualifier = qualifier
        """What precedes logical ids where another stack speaks of this one's resources."""
        self.pseudo = _pseudo(region, account, name)
        self.templates = {template.path: template}
        """Those that were read for this stack, by their paths."""
        self.uses: dict[str, list[NestedStack]] = {}
        """By the paths of their templates, the nested stacks of all worlds whose items were made."""
        self._literals: dict[str, set[str]] | None = None
        self._own_exports: list[Export] | None = None
        self.template = self.processed(template, parameters, "")
        self._own = self.scope({})
        """Its names in all worlds at once, for what it exports."""

    # What scopes ask for.

    def imported(self, name: Any) -> Any:
        """What another stack of the run exports under a name; Exported where none of them does."""
        value = self.neighbours.value(name, self) if self.neighbours is not None and isinstance(name, str) else None
        if value is not None:
            return value
        reason = f"{describe(name)[:100]} is exported by another stack"
        # CloudFormation does not resolve what a stack exports itself. Should it do so, that may be a resource of this one, as it
        # certainly may where one nested stack imports what another exports.
        own = [export for export in self.exports() if name == export.name or (export.nested and not are_apart(name, export.name))]
        if len(own) == 1 and own[0].nested and name == own[0].name:
            return exported(self._own, own[0])
        if own:
            return Unknown(reason, _TOGETHER)
        # A stack that would export an empty text is refused: "Exported values must not be empty or whitespace-only".
        return Exported(reason, _TOGETHER, name=f"export {name}" if isinstance(name, str) else "", filled=True)

    def exports(self) -> list[Export]:
        """What the stack exports, with its nested stacks; while that is found out, nothing."""
        if self._own_exports is None:
            self._own_exports = []
            with contextlib.suppress(OverBudget):
                self._own_exports = list(exports(self._own))
        return self._own_exports

    def output_of(self, stack: str, name: str, region: str | None) -> Any:
        """The output of another stack of the run; Exported where that is not among them."""
        value = self.neighbours.output(stack, name, region, self) if self.neighbours is not None else None
        if value is not None:
            return value
        reason = f"{name[:100]} is an output of stack {stack[:100]}"
        if stack == self.name:
            return Unknown(reason, _TOGETHER)
        return Exported(reason, _TOGETHER, name=f"output {region or ''} {stack} {name}")

    def construct(self, resource: TemplateResource) -> str:
        """The path of the construct that a resource was written by, empty where there is none."""
        metadata = resource.body.get("Metadata")
        path = metadata.get("aws:cdk:path") if isinstance(metadata, dict) else None
        if isinstance(path, str):
            return path.removesuffix("/Resource")
        known = self.constructs.get(resource.name)
        return known.path if known else ""

    def origin(self, resource: TemplateResource) -> list[tuple[str, Location]]:
        """The line of code that made a resource, with the path of the construct."""
        known = self.constructs.get(resource.name)
        return [(known.path, known.seen)] if known and known.seen else []

    def nested(self, scope: Scope, resource: TemplateResource) -> Template | None:
        """The template of a nested stack, None where it is not here."""
        path = nested_path(scope.template, resource, self.load) if resource.type == NESTED else None
        if path is None or len(scope.parents) > MAX_NESTED or path in scope.parents:
            return None
        template = self.load(path)
        if template is not None:
            self.templates[path] = template
        return template

    def processed(self, template: Template, given: dict[str, Any], prefix: str, parents: tuple[str, ...] = ()) -> Template:
        """A template after its transforms, under the parameters that it is given."""
        before = Scope(self, template, prefix, given, {}, {}, False, parents)
        return processed(template, before.resolve, given, self.region, self.include, self.budget)

    def spent(self, reason: str) -> None:
        """Enter that reading costs more than it may, in the ledger of the collection that is judged."""
        gap = Gap(self.template.file, "input_failed", f"the template could not be read to the end: {reason}", "split the template")
        if gap not in self.coverage.gaps:
            self.coverage.gaps.append(gap)

    def literals(self, key: str) -> list[str]:
        """The texts that conditions compare a variable with, in any template of the stack."""
        if self._literals is None:
            self._literals = {}
            self._compare(self.template, "", {}, 0)
        return sorted(self._literals.get(key, ()))

    def _compare(self, template: Template, prefix: str, given: dict[str, str], depth: int) -> None:
        """Enter the comparisons of a template; `given` maps its parameters to the variables that they get."""
        assert self._literals is not None

        def key(name: str) -> str:
            return name if name.startswith("AWS::") else given.get(name, prefix + name)

        for name, literal in _comparisons(list(template.conditions.values()), template.mappings):
            self._literals.setdefault(key(name), set()).add(literal)
        self.budget.step(COST_OF_STACK)
        for resource in template.resources.values() if depth < MAX_NESTED else ():
            path = nested_path(template, resource, self.load) if resource.type == NESTED else None
            child = self.load(path) if path else None
            if child is None:
                continue
            properties = resource.body.get("Properties")
            written = properties.get("Parameters") if isinstance(properties, dict) else None
            passed = {
                name: key(value["Ref"])
                for name, value in (written.items() if isinstance(written, dict) else ())
                if isinstance(value, dict) and isinstance(value.get("Ref"), str)
            }
            self._compare(child, f"{prefix}{resource.name}/", passed, depth + 1)

    # Worlds and items.

    def seen_from_elsewhere(self) -> Stack:
        """This stack with addresses that tell its resources from those of the stack that refers to them."""
        name = self.name or os.path.basename(self.template.path).partition(".")[0]
        return Stack(
            self.template, self.name, self.parameters, self.region, self.account, self.load, self.include, self.neighbours,
            self.constructs, name.replace(".", "-") + "/",
        )  # fmt: skip

    def scope(self, assumed: dict[str, Any], decided: dict[str, Any] | None = None, *, exploring: bool = False) -> Scope:
        """The scope of its template. `assumed`: values of what is open; `decided`: conditions to whether they hold."""
        return Scope(self, self.template, "", self.parameters, assumed, decided or {}, exploring)

    def worlds(self) -> list[Assignment]:
        """The combinations that are possible; one, in which conditions are not decided, where there are too many."""
        try:
            worlds = explore(lambda assumed: self.scope(assumed, exploring=True))
        except TooMany:
            return [undecided()]
        return worlds if len(worlds) * len(self.template.resources) <= MAX_JUDGED else [undecided()]

    def items(self, world: Assignment, number: int = 0) -> list[Item]:
        """The items of a world, which is the first, second, … (from 0) that is asked for. Raises OverBudget."""
        return list(self._items(self.scope(world.assumed, world.decided), None, frozenset(), number))

    def _items(self, scope: Scope, doubt: Unknown | None, conditions: frozenset[str], world: int) -> Iterator[Item]:
        """The items of a template. `doubt`: why it is not known that the nested stack exists, which it does under `conditions`."""
        for resource, template in scope.resources():
            own = conditions | scope.conditions_of(resource)
            yield TemplateItem(scope, resource, doubt or template, self.template.file, own)
            child = scope.child(resource)
            if child is not None:
                use = NestedStack(world, (doubt or template) is None, child.parameters)
                self.uses.setdefault(child.template.path, []).append(use)
                yield from self._items(child, doubt or template, own, world)
            elif resource.type == NESTED:
                url = describe(template_url(resource))[:120]
                scope.template.gap(
                    "module_missing", f"the template of nested stack {resource.name} is not read: {url}",
                    "put it beside this template, with a relative TemplateURL", scope.template.place(resource.source).line,
                )  # fmt: skip
            elif resource.type == STACK_SET and not self._is_here(scope.template, resource):
                scope.template.gap(
                    "module_missing", f"the template of stack set {resource.name} is not read", "scan its template by itself",
                    scope.template.place(resource.source).line,
                )  # fmt: skip
            elif resource.type.endswith("::MODULE"):
                scope.template.gap(
                    "macro_unsupported", f"the resources of module {resource.type} are not here", "scan the processed template",
                    scope.template.place(resource.source).line,
                )  # fmt: skip
        if self.wanted is None or OUTPUT in self.wanted:
            yield from declarations(scope, self.template.file)

    def _is_here(self, template: Template, resource: TemplateResource) -> bool:
        """Whether the template of a stack set is a file of this scan, which is judged by itself."""
        path = nested_path(template, resource, self.load)
        return path is not None and self.load(path) is not None


def undecided() -> Assignment:
    """The combination in which nothing open is decided: what depends on it is one of several, or may not exist."""
    return Assignment({}, {})


def _pseudo(region: str | None, account: str | None, name: str | None) -> dict[str, Any]:
    partition = "aws-cn" if (region or "").startswith("cn-") else "aws-us-gov" if (region or "").startswith("us-gov-") else "aws"
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    return {"AWS::Region": region, "AWS::AccountId": account, "AWS::Partition": partition, "AWS::URLSuffix": suffix, "AWS::StackName": name}


def _comparisons(trees: list[Any], mappings: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(variable, text) of each comparison of a Ref with a text; the keys of a mapping count for a Ref that selects from it."""
    waiting = list(trees)
    while waiting:
        raw = waiting.pop()
        if isinstance(raw, dict):
            for function in ("Fn::Equals", "Fn::FindInMap"):
                argument = raw.get(function)
                if isinstance(argument, list) and len(argument) > 1:
                    yield from _equal(argument) if function == "Fn::Equals" else _keys(argument, mappings)
        if isinstance(raw, (dict, list)):
            waiting += raw.values() if isinstance(raw, dict) else raw


def _equal(argument: list[Any]) -> Iterator[tuple[str, str]]:
    for one, other in ((argument[0], argument[1]), (argument[1], argument[0])):
        if isinstance(one, dict) and isinstance(one.get("Ref"), str) and isinstance(other, (str, int, bool)):
            yield one["Ref"], str(other).lower() if isinstance(other, bool) else str(other)


def _keys(argument: list[Any], mappings: dict[str, Any]) -> Iterator[tuple[str, str]]:
    mapping = mappings.get(argument[0]) if isinstance(argument[0], str) else None
    first = argument[1]
    if isinstance(mapping, dict) and len(mapping) <= 16 and isinstance(first, dict) and isinstance(first.get("Ref"), str):
        yield from ((first["Ref"], str(key)) for key in mapping)
