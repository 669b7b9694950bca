"""One template file: its sections with what is malformed in them entered as gaps."""

from __future__ import annotations

import os
from typing import Any

import msgspec

from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.raw import Location
from assay.scanner.sources.templates.syntax import Parsed, Path

CORRECT = "correct the template"
MAX_GAPS = 1_000
"""Of one template: more say nothing new."""
_REWRITTEN = ("Fn::ForEach", "Fn::Transform")


class TemplateResource(msgspec.Struct):
    """A resource as it is written. `source` is where its body stands in the file."""

    name: str
    type: str
    body: dict[str, Any]
    source: Path


class Template:
    """The sections of a template. `path` opens the file, `file` is its name in reports."""

    def __init__(self, path: str, file: str, parsed: Parsed, gaps: list[Gap] | None = None, sources: dict[str, Path] | None = None) -> None:
        self.path, self.file, self.parsed = path, file, parsed
        self.gaps: list[Gap] = [] if gaps is None else gaps
        self._entered = set(self.gaps)
        self.elsewhere: dict[str, str] = {}
        """Resources that this file is to have of a place which is not here, to where that is."""
        self.data: dict[str, Any] = parsed.data if isinstance(parsed.data, dict) else {}
        for name, line in parsed.duplicates:
            self.gap("duplicate_key", f"{name} is written twice in one map; the last one was read", "remove one of them", line)
        sources = sources or {}
        self._places: dict[Path, Location] = {}
        self._used: dict[bool, list[str]] = {}
        self.parameters = self._section("Parameters")
        self.mappings = self._section("Mappings")
        self.conditions = self._section("Conditions")
        self.rules = self._section("Rules")
        self.outputs = self._section("Outputs")
        self.resources: dict[str, TemplateResource] = {}
        for name, body in self._section("Resources").items():
            if not name.startswith("Fn::"):  # loops and macros, which transforms.py takes care of
                self.add(name, body, sources.get(name, ("Resources", name)))
            elif not name.startswith(_REWRITTEN):
                reason = f"{name} stands where the resources are named: which there are is not known"
                self.gap("input_failed", reason, CORRECT, self.place(("Resources", name)).line)

    def rewritten(self, data: dict[str, Any], sources: dict[str, Path] | None = None) -> Template:
        """The same file with other data; its gaps are those of this one."""
        template = Template(self.path, self.file, msgspec.structs.replace(self.parsed, data=data), self.gaps, sources)
        template.elsewhere = self.elsewhere
        return template

    def used(self, wanted: frozenset[str] | None, *, outputs: bool) -> list[str]:
        """The conditions that resources of these types (None for all), and outputs if they are asked for, depend on."""
        if outputs not in self._used:
            names: dict[str, None] = {}
            resources = [resource for resource in self.resources.values() if wanted is None or resource.type in wanted]
            for resource in resources:
                if isinstance(name := resource.body.get("Condition"), str):
                    names[name] = None
            _branches([*(resource.body for resource in resources), self.outputs if outputs else None], names)
            self._used[outputs] = [name for name in names if name in self.conditions]
        return self._used[outputs]

    @property
    def directory(self) -> str:
        """Where the file is, for paths that are relative to it."""
        return os.path.dirname(self.path)

    def add(self, name: str, body: Any, source: Path) -> None:
        """Enter a resource that is written at `source`; a gap where it has no type."""
        if isinstance(body, dict) and isinstance(body.get("Type"), str) and body["Type"]:
            self.resources[name] = TemplateResource(name, body["Type"], body, source)
            return
        self.gap("input_failed", f"{name} is no resource: it has no type", CORRECT, self.place(source).line)

    def gap(self, code: str, reason: str, settles_it: str, line: int = 0) -> None:
        """Enter what could not be read, each reason once."""
        gap = Gap(self.file, code, reason, settles_it, line)
        if gap not in self._entered and len(self._entered) < MAX_GAPS:
            self._entered.add(gap)
            self.gaps.append(gap)

    def place(self, source: Path) -> Location:
        """Where something is written; where its nearest surroundings are, if it is not in the file."""
        location = self._places.get(source)
        if location is None:
            location = self._places[source] = self.parsed.place(source)
        return location

    def _section(self, name: str) -> dict[str, Any]:
        section = self.data.get(name)
        if section is None:
            return {}
        if not isinstance(section, dict):
            self.gap("input_failed", f"{name} is no map", CORRECT, self.place((name,)).line)
            return {}
        return {str(key): value for key, value in section.items()}


def _branches(trees: list[Any], names: dict[str, None]) -> None:
    """Enter the conditions that `Fn::If` asks for. Without recursion: templates may be deep."""
    waiting, seen = list(trees), set()
    while waiting:
        raw = waiting.pop()
        if not isinstance(raw, (dict, list)) or id(raw) in seen:
            continue
        seen.add(id(raw))
        if isinstance(raw, dict):
            argument = raw.get("Fn::If")
            if isinstance(argument, list) and argument and isinstance(argument[0], str):
                names[argument[0]] = None
        waiting += raw.values() if isinstance(raw, dict) else raw


def is_template(data: Any) -> bool:
    """Whether a document is a template: its resources stand beside its version or a transform, or have types of providers."""
    if not isinstance(data, dict) or "Resources" not in data:
        return False
    if "AWSTemplateFormatVersion" in data or "Transform" in data:
        return True
    resources = data["Resources"]
    if not isinstance(resources, dict):
        return False
    return any(map(_is_function_name, resources)) or any(_is_typed(body) for body in resources.values() if isinstance(body, dict))


def _is_function_name(name: Any) -> bool:
    return isinstance(name, str) and name.startswith("Fn::")


def _is_typed(body: dict[str, Any]) -> bool:
    """Whether it has a type of a provider, or one that a function would have to give; or is given by a function itself."""
    type_ = body.get("Type")
    if isinstance(type_, dict):
        return any(map(_is_function_name, type_)) or "Ref" in type_
    return (isinstance(type_, str) and "::" in type_) or any(map(_is_function_name, body))
