"""`Fn::ForEach`: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.budget import Budget
from assay.scanner.sources.cloudformation.template import CORRECT, Template
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.templates.syntax import Path, earlier, is_resource

LOOP = "Fn::ForEach"
_COST_OF_RESOURCE = 500
"""Steps: what is judged costs more than what is written. CloudFormation takes 500 resources in a template."""
_SECTIONS = ("Resources", "Conditions", "Outputs")
_ALPHANUMERIC = lazy_re.pattern(r"[^A-Za-z0-9]")


class Loops:
    """Expands the loops of a template: in its sections, and in the maps inside."""

    def __init__(self, template: Template, resolve: Callable[[Any], Any], budget: Budget) -> None:
        self.template, self.resolve, self.budget = template, resolve, budget
        self.sources: dict[str, Path] = {}

    def expanded(self) -> tuple[dict[str, Any], dict[str, Path]]:
        """The data of the template, and where its resources are written. Raises OverBudget."""
        built = dict(self.template.data)
        for section in _SECTIONS:
            if isinstance(built.get(section), dict):
                built[section] = self._map(built[section], {}, (section,), section == "Resources")
        return built, self.sources

    def _map(self, raw: dict[str, Any], bound: dict[str, str], source: Path, resources: bool = False) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key, value in raw.items():
            if isinstance(key, str) and key.startswith(LOOP + "::"):
                made = self._loop(key, value, bound, (*source, key), resources)
                for name in made if resources else ():
                    self._keep(name, built)
            else:
                name = self._put(key, bound) if bound else key
                made = {name: self._value(value, bound, (*source, key))}
                if resources:
                    self._keep(name, built)
                    self.sources[name] = (*source, key)
            built.update(made)
        return built

    def _keep(self, name: str, built: dict[str, Any]) -> None:
        """Of two resources of one name that are made, both are judged."""
        if is_resource(built.get(name)):
            self.template.gap("duplicate_key", f"{name} is made twice", "give each a name", self.template.place(self.sources[name]).line)
            before = earlier(name, built)
            built[before], self.sources[before] = built[name], self.sources[name]

    def _value(self, raw: Any, bound: dict[str, str], source: Path) -> Any:
        self.budget.step()
        if isinstance(raw, dict):
            if bound and len(raw) == 1 and isinstance(name := raw.get("Ref"), str) and name in bound:
                return bound[name]
            return self._map(raw, bound, source)
        if isinstance(raw, list):
            return [self._value(element, bound, (*source, at)) for at, element in enumerate(raw)]
        return self._put(raw, bound) if bound and isinstance(raw, str) else raw

    def _loop(self, name: str, raw: Any, bound: dict[str, str], source: Path, resources: bool) -> dict[str, Any]:
        line = self.template.place(source).line
        if not isinstance(raw, list) or len(raw) != 3 or not isinstance(raw[0], str) or not isinstance(raw[2], dict):
            self.template.gap("input_failed", f"{name} is not given what it takes", CORRECT, line)
            return {}
        collection = self._collection(raw[1], bound)
        if isinstance(collection, Unknown):
            self.template.gap("input_failed", f"how many {name} makes is not known: {collection.reason}", collection.settles_it, line)
            return {}
        built: dict[str, Any] = {}
        for value in collection:
            self.budget.step(_COST_OF_RESOURCE * len(raw[2]) if resources else 1)
            made = self._map(raw[2], {**bound, raw[0]: value}, (*source, 2), resources)
            for key in made if resources else ():
                self._keep(key, built)
            built.update(made)
        return built

    def _collection(self, raw: Any, bound: dict[str, str]) -> list[str] | Unknown:
        elements = self.resolve(self._value(raw, bound, ()))
        if isinstance(elements, list) and all(isinstance(element, (str, int)) for element in elements):
            return [str(element) for element in elements]
        return elements if isinstance(elements, Unknown) else Unknown("its collection is no list of texts", CORRECT)

    def _put(self, text: str, bound: dict[str, str]) -> str:
        """A text with the loop variables put in; `&{X}` takes letters and digits only."""
        if "{" not in text:
            return text
        for name, value in bound.items():
            for placeholder, put in ((f"${{{name}}}", value), (f"&{{{name}}}", _ALPHANUMERIC.sub("", value))):
                if count := text.count(placeholder):
                    self.budget.made(len(text) + count * len(put))
                    text = text.replace(placeholder, put)
        return text
