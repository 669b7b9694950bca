"""What a plan says of outputs, and of variables with a default: values that code writes beside its resources.

https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.scanner.sources.raw import Location, Unknown
from assay.scanner.sources.secret_detecting import may_hold
from assay.scanner.sources.terraform.declarations import OUTPUT, VARIABLE
from assay.scanner.sources.terraform.planned import AFTER_APPLY, PlanParts

_LOCAL = ("./", "../")
"""Beginnings of the sources of modules that are code of the same repository."""


def declarations(plan: PlanParts) -> Iterator[dict[str, Any]]:
    """The outputs and defaults of the root module, and of modules beside it what they write as a constant: a plan has no more."""
    yield from _constants(plan.configuration, "", plan)
    for name, told in (plan.configuration.get("outputs") or {}).items():
        expression = told.get("expression") or {}
        value = (plan.outputs.get(name) or {}).get("value")
        if "constant_value" not in expression and may_hold(name, value):
            yield _entry(OUTPUT, f"output.{name}", "value", _given(plan, name, expression.get("references") or []))
            plan.sensitive.named(name, value)


def _constants(configuration: dict[str, Any], prefix: str, plan: PlanParts) -> Iterator[dict[str, Any]]:
    for name, told in (configuration.get("variables") or {}).items():
        if may_hold(name, told.get("default")) and told.get("default") is not None:
            yield _entry(VARIABLE, f"{prefix}var.{name}", "default", plan.sensitive.named(name, told["default"]))
    for name, told in (configuration.get("outputs") or {}).items():
        expression = told.get("expression") or {}
        if may_hold(name, expression.get("constant_value")) and "constant_value" in expression:
            yield _entry(OUTPUT, f"{prefix}output.{name}", "value", plan.sensitive.named(name, expression["constant_value"]))
    for name, call in (configuration.get("module_calls") or {}).items():
        plan.budget.step()
        if str(call.get("source", "")).startswith(_LOCAL):
            yield from _constants(call.get("module") or {}, f"{prefix}module.{name}.", plan)


def _entry(type_: str, address: str, name: str, value: Any) -> dict[str, Any]:
    return {"type": type_, "address": address, "values": {name: value}}


def _given(plan: PlanParts, name: str, references: list[str]) -> Any:
    """The value of an output of the root module that is made of others."""
    targets = plan.targets("", [], references, "")
    if targets:
        return targets[0]
    place = Location(plan.path)
    if variable := plan.given([], references):
        return Unknown(f"the value was given to the plan by variable {variable}", "scan the code, and the files of variables", place)
    other = next((reference for reference in references if not reference.startswith("var.")), None)
    if other is not None:
        return Unknown(f"what {other} is made of is not in a plan", "scan the code", place)
    return (plan.outputs.get(name) or {}).get("value", AFTER_APPLY)
