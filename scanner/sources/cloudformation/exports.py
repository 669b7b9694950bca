"""Values that stacks export to each other: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html"""

from __future__ import annotations

import contextlib
from typing import Any

from assay.scanner.sources.cloudformation.exporting import Export, exported
from assay.scanner.sources.cloudformation.scope import Scope
from assay.scanner.sources.cloudformation.stack import Stack
from assay.scanner.sources.cloudformation.template import Template

_ENOUGH = 20
"""Exporters of one name, of which one alone is an answer."""
IMPORT, OUTPUT = "Fn::ImportValue", "Fn::GetStackOutput"


class Exports:
    """The exports of the stacks of a run. What comes from another stack has addresses that begin with its name: `other/Key`."""

    def __init__(self, stacks: list[Stack]) -> None:
        self._exporters: dict[tuple[str, str | None, str | None], list[tuple[Stack, Export]]] = {}
        """By the name of the export, the region and the account."""
        self._named_stacks: dict[str | None, list[Stack]] = {}
        self._qualified: dict[int, tuple[Stack, Scope]] = {}
        for stack in stacks:
            self._named_stacks.setdefault(stack.name, []).append(stack)
            with contextlib.suppress(Exception):  # what is wrong with it is a gap where it is judged
                self._enter(stack)

    def _enter(self, stack: Stack) -> None:
        for export in stack.exports():
            if isinstance(export.name, str):
                exporters = self._exporters.setdefault((export.name, stack.region, stack.account), [])
                if len(exporters) < _ENOUGH:
                    exporters.append((stack, export))

    def value(self, name: str, by: Stack) -> Any:
        """What another stack exports under a name, None where none or more than one in the same place does."""
        exporter = self._exporter(name, by)
        return exported(self._scope(exporter[0])[1], exporter[1]) if exporter else None

    def output(self, stack: str, name: str, region: str | None, by: Stack) -> Any:
        """An output of the stack of that name, None where none or more than one of this run may be meant."""
        exporter = self._named(stack, region, by)
        return self._scope(exporter)[1].output(name) if exporter else None

    def imported_by(self, stack: Stack) -> list[Stack]:
        """The stacks that a stack imports from, as it sees them."""
        words = frozenset(word for template in stack.templates.values() for word in template.parsed.words)
        if not words & {"ImportValue", "GetStackOutput"}:
            return []
        scope = stack.scope({})
        exporters: dict[int, Stack] = {}
        for template in stack.templates.values():
            for argument in _arguments(template, IMPORT):
                exporter = self._exporter(name, stack) if isinstance(name := scope.resolve(argument), str) else None
                exporters |= {id(exporter[0]): exporter[0]} if exporter else {}
            for argument in _arguments(template, OUTPUT):
                given = scope.resolve(argument) if isinstance(argument, dict) else None
                name, region = (given.get("StackName"), given.get("Region")) if isinstance(given, dict) else (None, None)
                other = self._named(name, region if isinstance(region, str) else None, stack) if isinstance(name, str) else None
                exporters |= {id(other): other} if other else {}
        others = [self._scope(other)[0] for other in exporters.values()]
        for other in others:
            other.coverage = stack.coverage  # what it costs, it costs this one
        return others

    def _named(self, name: str, region: str | None, by: Stack) -> Stack | None:
        namesakes = [stack for stack in self._named_stacks.get(name, ()) if stack.template.path != by.template.path]
        near = [stack for stack in namesakes if stack.region == (region or by.region)]
        return near[0] if len(near) == 1 else None

    def _exporter(self, name: str, by: Stack) -> tuple[Stack, Export] | None:
        exporters = self._exporters.get((name, by.region, by.account), ())
        near = [exporter for exporter in exporters if exporter[0].template.path != by.template.path]
        return near[0] if len(near) == 1 else None

    def _scope(self, stack: Stack) -> tuple[Stack, Scope]:
        if id(stack) not in self._qualified:
            other = stack.seen_from_elsewhere()
            self._qualified[id(stack)] = (other, other.scope({}))
        return self._qualified[id(stack)]


def _arguments(template: Template, function: str) -> list[Any]:
    """The arguments of all calls of a function."""
    arguments: list[Any] = []
    waiting, seen = [template.data], set()
    while waiting:
        raw = waiting.pop()
        if isinstance(raw, (dict, list)) and id(raw) not in seen:
            seen.add(id(raw))
            if isinstance(raw, dict) and function in raw:
                arguments.append(raw[function])
            waiting += raw.values() if isinstance(raw, dict) else raw
    return arguments
