"""The Serverless Application Model, by AWS's own translator: https://github.com/aws/serverless-application-model

It runs without network and without credentials: what it would ask AWS for (applications of the Serverless Application Repository) is
taken out before, and names of managed policies come with it.
"""

from __future__ import annotations

import copy
import functools
import logging
from typing import Any

from samtranslator.internal.managed_policies import get_bundled_managed_policy_map
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator import translator as library
from samtranslator.translator.translator import Translator

from assay.scanner.sources.cloudformation.packaging import PlaceholderTexts, packaged
from assay.scanner.sources.cloudformation.template import CORRECT, Template
from assay.scanner.sources.templates.syntax import Path

_LONGEST_NAME = 255
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
_ATTEMPTS = 10
"""How often a template is tried, each time without the resources that were refused."""


# The translator makes and validates its table of policy templates, which nothing changes, anew for each template: most of what one costs.
library.make_policy_template_for_function_plugin = functools.cache(library.make_policy_template_for_function_plugin)


class _Session:
    """In place of a boto3 session: the translator asks it for the region alone."""

    def __init__(self, region: str) -> None:
        self.region_name = region


def translated(template: Template, values: dict[str, Any], region: str | None) -> Template:
    """The template with plain resources; as it is, with a gap, where the translator refuses it."""
    data = copy.deepcopy(template.data)
    resources = data.get("Resources")
    if not isinstance(resources, dict):
        return template
    for name, body in list(resources.items()):
        if _elsewhere(body):
            del resources[name]
            template.elsewhere[name] = "an application of a repository, which is not here"
            line = template.place(("Resources", name)).line
            template.gap("module_missing", f"{name} is {template.elsewhere[name]}", "scan its deployed stack", line)
    if not resources:
        return template.rewritten(data)
    packaged(data)
    withheld = [name for name, declared in template.parameters.items() if _withheld(declared)]
    marks = PlaceholderTexts(data, withheld)
    given = {name: value for name, value in values.items() if isinstance(value, str)} | marks.by_name
    content, refused = _translated(template, data, given, region)
    if content is None:
        return template
    content = marks.restored(content)
    made = content.get("Resources")
    if isinstance(made, dict):
        made.update({name: template.data["Resources"][name] for name in refused})
    names = {str(name) for name in template.data["Resources"]}
    return template.rewritten(content, {str(name): _source(str(name), names) for name in made} if isinstance(made, dict) else {})


def _translated(
    template: Template, data: dict[str, Any], given: dict[str, str], region: str | None
) -> tuple[dict[str, Any] | None, list[str]]:
    """The translated template without the resources that are refused, and their names; None where nothing can be translated."""
    logging.getLogger("samtranslator").setLevel(logging.CRITICAL)
    refused: list[str] = []
    for _ in range(_ATTEMPTS):
        try:
            translator = Translator(None, Parser(), boto_session=_Session(region or "us-east-1"))
            content: dict[str, Any] = translator.translate(copy.deepcopy(data), given, get_managed_policy_map=_managed_policies)
            return content, refused
        except InvalidDocumentException as error:
            causes = "; ".join(str(cause.message) for cause in error.causes) or str(error)
            template.gap("input_failed", f"refused by the translator of serverless resources: {causes}"[:500], CORRECT)
            named = {str(getattr(cause, "_logical_id", "")) for cause in error.causes} & data["Resources"].keys()
            if not named or not data["Resources"].keys() - named:
                break
            refused += sorted(named)
            for name in named:
                del data["Resources"][name]
        except Exception as error:  # the translator trusts its input, which nothing has validated
            reason = f"the translator of serverless resources failed ({type(error).__name__}: {error})"
            template.gap("input_failed", reason[:500], CORRECT)
            break
    return None, []


@functools.cache
def _managed_policies() -> dict[str, str] | None:
    known: dict[str, str] | None = get_bundled_managed_policy_map("aws")
    return known


def _withheld(declared: Any) -> bool:
    """Whether a parameter's value is not what is given for it, or not to be shown."""
    if not isinstance(declared, dict):
        return False
    return str(declared.get("NoEcho")).lower() == "true" or str(declared.get("Type")).startswith("AWS::SSM::Parameter::Value<")


def _elsewhere(body: Any) -> bool:
    """Whether it is an application that the translator would look up."""
    if not isinstance(body, dict) or body.get("Type") != "AWS::Serverless::Application":
        return False
    properties = body.get("Properties")
    return not isinstance(properties, dict) or not isinstance(properties.get("Location"), str)


def _source(name: str, written: set[str]) -> Path:
    """Where the resource is written that a translated one comes from: their names begin alike."""
    beginnings = (name[:end] for end in range(min(len(name), _LONGEST_NAME), 0, -1))
    owner = next((beginning for beginning in beginnings if beginning in written), None)
    return ("Resources", owner) if owner else ("Resources",)
