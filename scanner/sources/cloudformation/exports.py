"""Values that stacks export to each other: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html"""

from __future__ import annotations

from typing import Any

from scanner.sources.cloudformation.scope import Scope
from scanner.sources.cloudformation.stack import Stack
from scanner.sources.cloudformation.template import Template

IMPORT = "Fn::ImportValue"


class Exports:
    """The exports of the stacks of a run. What comes from another stack has addresses that begin with its name: `other/Key`."""

    def __init__(self, stacks: list[Stack]) -> None:
        self._by_name: dict[str, list[tuple[Stack, str]]] = {}
        self._qualified: dict[int, tuple[Stack, Scope]] = {}
        for stack in stacks:
            scope = stack.scope({})
            for name, output in stack.template.outputs.items():
                export = output.get("Export") if isinstance(output, dict) else None
                if isinstance(export, dict) and not _left_out(scope, output):
                    exported = scope.resolve(export.get("Name"))
                    if isinstance(exported, str):
                        self._by_name.setdefault(exported, []).append((stack, name))

    def value(self, name: str, by: Stack) -> Any:
        """What another stack exports under a name, None where none or more than one in the same place does."""
        found = self._exporter(name, by)
        return self._scope(found[0])[1].output(found[1]) if found else None

    def imported_by(self, stack: Stack) -> list[Stack]:
        """The stacks that a stack imports from, as it sees them."""
        if not self._by_name or not any("ImportValue" in template.parsed.words for template in stack.templates.values()):
            return []
        scope = stack.scope({})
        names = [scope.resolve(each) for template in stack.templates.values() for each in _imports(template)]
        found = [exporter[0] for name in names if isinstance(name, str) and (exporter := self._exporter(name, stack))]
        return [self._scope(each)[0] for each in {id(each): each for each in found}.values()]

    def _exporter(self, name: str, by: Stack) -> tuple[Stack, str] | None:
        held = [each for each in self._by_name.get(name, ()) if each[0].template.path != by.template.path]
        near = [each for each in held if (each[0].region, each[0].account) == (by.region, by.account)]
        return near[0] if len(near) == 1 else None

    def _scope(self, stack: Stack) -> tuple[Stack, Scope]:
        if id(stack) not in self._qualified:
            other = stack.seen_from_elsewhere()
            self._qualified[id(stack)] = (other, other.scope({}))
        return self._qualified[id(stack)]


def _left_out(scope: Scope, output: dict[str, Any]) -> bool:
    name = output.get("Condition")
    return isinstance(name, str) and scope.condition(name) is False


def _imports(template: Template) -> list[Any]:
    """The arguments of all imports."""
    found: list[Any] = []
    waiting, seen = [template.data], set()
    while waiting:
        raw = waiting.pop()
        if isinstance(raw, (dict, list)) and id(raw) not in seen:
            seen.add(id(raw))
            if isinstance(raw, dict) and IMPORT in raw:
                found.append(raw[IMPORT])
            waiting += raw.values() if isinstance(raw, dict) else raw
    return found
