"""Outputs and parameters with a default as items: values that a template writes beside its resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.scanner.override import override
from assay.scanner.sources.cloudformation.items import TemplateItem
from assay.scanner.sources.cloudformation.scope import Scope
from assay.scanner.sources.cloudformation.template import TemplateResource
from assay.scanner.sources.secret_detecting import may_hold, words_of
from assay.scanner.sources.sensitive import is_secret_name

OUTPUT, PARAMETER = "AWS::Template::Output", "AWS::Template::Parameter"
"""Types of items; CloudFormation has no resource types of this service."""
_NAMES = "AWS::"
"""Beginning of the types of parameters whose values are names of things, or of parameters in the store:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html"""


class DeclarationItem(TemplateItem):
    """An output or a parameter. Paths lead into what is written of it: `Value`, `Default`."""

    __slots__ = ()

    def __init__(self, scope: Scope, type_: str, name: str, body: dict[str, Any], section: str, root: str) -> None:
        super().__init__(scope, TemplateResource(name, type_, body, (section, name)), None, root, frozenset())
        self.raw, self.source = body, self.resource.source

    @property
    @override
    def block(self) -> str:
        """With its section: a resource may have the same name."""
        return f"{self.scope.prefix}{'.'.join(map(str, self.resource.source))}"  # a resource may be called as it is


def declarations(scope: Scope, root: str) -> Iterator[DeclarationItem]:
    """Of a template, whether or not a condition has them made: they are written there. What may be a secret is not shown."""
    sensitive = scope.stack.sensitive
    for name, body in scope.template.outputs.items():
        if isinstance(body, dict) and "Value" in body and _may_give(scope, name, body["Value"]):
            item = DeclarationItem(scope, OUTPUT, name, body, "Outputs", root)
            if is_secret_name(name):
                sensitive.named(name, item["Value"].data)
            yield item
    for name, body in scope.template.parameters.items():
        if isinstance(body, dict) and may_hold(name, body.get("Default")) and not str(body.get("Type")).startswith(_NAMES):
            sensitive.named(name, body.get("Default"))
            yield DeclarationItem(scope, PARAMETER, name, body, "Parameters", root)


def _may_give(scope: Scope, name: str, value: Any) -> bool:
    """Whether an output may show a secret: that of a parameter or a mapping, too, and an attribute that is called so."""
    if may_hold(name, value):
        return True
    return any(word in scope.template.parameters or "${" in word or word == "Fn::FindInMap" for word in words_of(value))
