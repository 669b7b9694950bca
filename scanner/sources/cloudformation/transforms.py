"""What rewrites a template before it is deployed: macros of AWS that can be done here, and gaps for those that cannot.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from assay.scanner.sources.budget import Budget
from assay.scanner.sources.cloudformation.loops import LOOP, Loops
from assay.scanner.sources.cloudformation.template import Template
from assay.scanner.sources.templates.syntax import earlier, is_resource

SAM = "AWS::Serverless-2016-10-31"
_INCLUDE = "AWS::Include"
# These add resources or change how an update is done; what is written stays as it is.
_HARMLESS = ("AWS::LanguageExtensions", "AWS::SecretsManager-", "AWS::CodeDeployBlueGreen", "AWS::ServiceCatalog")
_PROCESSED = "scan the processed template (aws cloudformation get-template --template-stage Processed)"
_SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs")
_BYTES = 100
"""Of a key with the reference to its value."""
Include = Callable[[Template, str], Any]


def processed(
    template: Template, resolve: Callable[[Any], Any], values: dict[str, Any], region: str | None, include: Include, budget: Budget
) -> Template:
    """The template after its transforms. `resolve` gives the value of a collection, `include` the content of a file beside the template.

    Raises OverBudget.
    """
    words, names = template.parsed.words, _names(template)
    if not words & {"Transform", LOOP}:
        return template
    if "Transform" in words:
        template = template.rewritten(_Includes(template, include, budget).replaced(template.data))
    if LOOP in words:
        template = template.rewritten(*Loops(template, resolve, budget).expanded())
    for name in names:
        if name == SAM:
            template = _serverless(template, values, region)
        elif name != _INCLUDE and not name.startswith(_HARMLESS):
            template.gap(
                "macro_unsupported", f"the macro {name} may rewrite the template, which is judged as it is written", _PROCESSED,
                template.place(("Transform",)).line,
            )  # fmt: skip
    template.parsed = msgspec.structs.replace(template.parsed, words=words - {"Transform", LOOP})  # it is done once
    return template


def _names(template: Template) -> list[str]:
    """The transforms of the whole template, in their order."""
    transform = template.data.get("Transform")
    elements = transform if isinstance(transform, list) else [transform]
    names = [element.get("Name") if isinstance(element, dict) else element for element in elements]
    return [name for name in names if isinstance(name, str)]


def _serverless(template: Template, values: dict[str, Any], region: str | None) -> Template:
    try:
        from assay.scanner.sources.cloudformation import serverless
    except ImportError:
        template.gap(
            "macro_unsupported", "the template is written for the Serverless Application Model, whose translator is not installed",
            "pip install 'assay[cloudformation-sam]'", template.place(("Transform",)).line,
        )  # fmt: skip
        return template
    return serverless.translated(template, values, region)


class _Includes:
    """Replaces `Fn::Transform` with AWS::Include by the content of the file; other macros are gaps."""

    def __init__(self, template: Template, include: Include, budget: Budget) -> None:
        self.template, self.include, self.budget = template, include, budget

    def replaced(self, raw: Any) -> Any:
        self.budget.step()
        if isinstance(raw, list):
            return [self.replaced(element) for element in raw]
        if not isinstance(raw, dict):
            return raw
        built = {key: self.replaced(value) for key, value in raw.items() if key != "Fn::Transform"}
        if "Fn::Transform" in raw:
            calls = raw["Fn::Transform"]
            for call in calls if isinstance(calls, list) else [calls]:
                content = self._content(call)
                if isinstance(content, dict):
                    built = self._with(built, content)
                elif raw is not self.template.data.get("Resources"):
                    return {"Fn::Transform": call}  # what it writes, and what it makes of what is beside it, is not known
        top = built.get("Transform") if raw is self.template.data else None
        for transform in top if isinstance(top, list) else [top]:
            content = self._content(transform) if isinstance(transform, dict) and transform.get("Name") == _INCLUDE else None
            if isinstance(content, dict):
                built = self._with(built, content)
        return built

    def _with(self, built: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
        """What is written and what is included. Of two resources of one name both are judged; of sections, all that is in either."""
        merged = dict(built)
        self.budget.made(_BYTES * (len(built) + len(content)))
        for key, value in content.items():
            written = merged.get(key)
            if is_resource(written):
                self._repeated(key)
                merged[earlier(key, merged)] = written
            elif isinstance(written, dict) and isinstance(value, dict) and key in _SECTIONS:
                merged[key] = self._with(written, value)
                continue
            elif key in merged and written != value:
                self._repeated(key)
            merged[key] = value
        return merged

    def _repeated(self, key: str) -> None:
        self.template.gap("duplicate_key", f"{key} is written and included: which of them counts is not known", "remove one of them")

    def _content(self, call: Any) -> Any:
        name = call.get("Name") if isinstance(call, dict) else None
        parameters = call.get("Parameters") if isinstance(call, dict) else None
        location = parameters.get("Location") if isinstance(parameters, dict) else None
        if name == _INCLUDE and isinstance(location, str) and "://" not in location:
            content = self.include(self.template, location)
            if isinstance(content, dict):
                return content
        shown = f"AWS::Include of {location}" if name == _INCLUDE else f"the macro {name}"
        settles = "put the file beside the template, with a relative Location" if name == _INCLUDE else _PROCESSED
        self.template.gap("macro_unsupported", f"{str(shown)[:120]} is not here: what it writes is not known", settles)
        return None
