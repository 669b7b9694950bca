"""`Fn::ForEach`: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from assay.scanner.sources.cloudformation.template import CORRECT, Template
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.templates.syntax import Path

LOOP = "Fn::ForEach"
MAX_VALUES = 500_000
_SECTIONS = ("Resources", "Conditions", "Outputs")
_ALPHANUMERIC = re.compile(r"[^A-Za-z0-9]")


class _TooMuch(Exception):
    """The budget is spent."""


class Loops:
    """Expands the loops of a template: in its sections, and in the maps inside."""

    def __init__(self, template: Template, resolve: Callable[[Any], Any]) -> None:
        self.template, self.resolve = template, resolve
        self.budget = MAX_VALUES
        self.sources: dict[str, Path] = {}

    def expanded(self) -> tuple[dict[str, Any], dict[str, Path]]:
        """The data of the template, and where its resources are written."""
        built = dict(self.template.data)
        for section in _SECTIONS:
            if isinstance(built.get(section), dict):
                try:
                    built[section] = self._map(built[section], {}, (section,), section == "Resources")
                except _TooMuch:
                    reason = f"the loops in {section} make more than {MAX_VALUES} values"
                    self.template.gap("input_failed", reason, "split the template", self.template.place((section,)).line)
                    built[section] = {}
        return built, self.sources

    def _map(self, raw: dict[str, Any], bound: dict[str, str], source: Path, resources: bool = False) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key, value in raw.items():
            if isinstance(key, str) and key.startswith(LOOP + "::"):
                built.update(self._loop(key, value, bound, (*source, key), resources))
                continue
            name = _put(key, bound) if bound else key
            built[name] = self._value(value, bound, (*source, key))
            if resources:
                self.sources[name] = (*source, key)
        return built

    def _value(self, raw: Any, bound: dict[str, str], source: Path) -> Any:
        self.budget -= 1
        if self.budget < 0:
            raise _TooMuch
        if isinstance(raw, dict):
            if bound and len(raw) == 1 and isinstance(name := raw.get("Ref"), str) and name in bound:
                return bound[name]
            return self._map(raw, bound, source)
        if isinstance(raw, list):
            return [self._value(element, bound, (*source, at)) for at, element in enumerate(raw)]
        return _put(raw, bound) if bound and isinstance(raw, str) else raw

    def _loop(self, name: str, raw: Any, bound: dict[str, str], source: Path, resources: bool) -> dict[str, Any]:
        line = self.template.place(source).line
        if not isinstance(raw, list) or len(raw) != 3 or not isinstance(raw[0], str) or not isinstance(raw[2], dict):
            self.template.gap("input_failed", f"{name} is not given what it takes", CORRECT, line)
            return {}
        collection = self._collection(raw[1], bound)
        self.budget -= len(collection) if isinstance(collection, list) else 0
        if isinstance(collection, Unknown):
            self.template.gap("input_failed", f"how many {name} makes is not known: {collection.reason}", collection.settles_it, line)
            return {}
        built: dict[str, Any] = {}
        for value in collection:
            built.update(self._map(raw[2], {**bound, raw[0]: value}, (*source, 2), resources))
        return built

    def _collection(self, raw: Any, bound: dict[str, str]) -> list[str] | Unknown:
        elements = self.resolve(self._value(raw, bound, ()))
        if isinstance(elements, list) and all(isinstance(element, (str, int)) for element in elements):
            return [str(element) for element in elements]
        return elements if isinstance(elements, Unknown) else Unknown("its collection is no list of texts", CORRECT)


def _put(text: str, bound: dict[str, str]) -> str:
    """A text with the loop variables put in; `&{X}` takes letters and digits only."""
    if "{" not in text:
        return text
    for name, value in bound.items():
        text = text.replace(f"${{{name}}}", value).replace(f"&{{{name}}}", _ALPHANUMERIC.sub("", value))
    return text[:100_000]
