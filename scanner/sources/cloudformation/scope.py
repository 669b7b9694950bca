"""A template with its parameters: what its names stand for, in one combination of what is not known.

A `Scope` is one template of a stack (its own, or that of a nested stack) and gives raw values for what the template writes. Variables are
what has no value: parameters that nobody gave, and pseudo-parameters that only the deployment knows. While combinations are explored
(worlds.py), asking for a variable raises `Fork`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assay.scanner.sources.cloudformation.intrinsics import NO_VALUE, call, is_function, malformed
from assay.scanner.sources.cloudformation.parameter_types import is_filled, typed
from assay.scanner.sources.cloudformation.serverless_variables import with_variables
from assay.scanner.sources.cloudformation.template import CORRECT, Template, TemplateResource
from assay.scanner.sources.cloudformation.texts import dynamic, plain
from assay.scanner.sources.raw import Either, Given, Open, Reference, Text, Unknown, either
from assay.scanner.sources.templates.syntax import Path

if TYPE_CHECKING:
    from assay.scanner.sources.cloudformation.stack import Stack

MAX_ALLOWED = 16
COST_OF_STACK = 200
"""Steps of a nested stack: those of a resource are one."""
NESTED = "AWS::CloudFormation::Stack"
IDENTIFIED_BY = {
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::S3Express::BucketPolicy": "Bucket",
    "AWS::SecretsManager::ResourcePolicy": "SecretId",
    "AWS::SecretsManager::RotationSchedule": "SecretId",
    "AWS::SecretsManager::SecretTargetAttachment": "SecretId",
}
"""Types of which the id (`Ref`, the attribute `Id`) is the name or ARN of what they belong to, with the property that names that:
https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_s3.BucketPolicyReference.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-rotationschedule.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secrettargetattachment.html
"""
RANGED = ("AWS::EC2::Subnet", "AWS::EC2::VPC")
"""Types of which the attribute `CidrBlock` is the range that they are given."""


class Fork(Exception):
    """A variable is asked for whose value is open; `options` are the values that are worth telling apart."""

    def __init__(self, key: str, options: list[Any]) -> None:
        super().__init__(key)
        self.key, self.options = key, options


class AnyBut(Open, frozen=True):
    """Any value of a variable but some."""

    excluded: tuple[str, ...] = ()


class Scope:
    """`assumed` are values of variables, `decided` the truth of conditions; `exploring` makes what is in neither a Fork."""

    def __init__(
        self, stack: Stack, template: Template, prefix: str, parameters: dict[str, Any], assumed: dict[str, Any],
        decided: dict[str, Any], exploring: bool, parents: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.stack, self.template, self.prefix, self.parameters = stack, template, prefix, parameters
        self.assumed, self.decided, self.exploring = assumed, decided, exploring
        self.parents = (*parents, template.path)
        self._conditions: dict[str, Any] = {}
        self._outputs: dict[str, Any] = {}
        self._children: dict[str, Scope | None] = {}
        self._busy: set[str] = set()

    # Resources.

    def resources(self) -> Iterator[tuple[TemplateResource, Unknown | None]]:
        """The resources of this template that may exist, and why it is not known whether they do."""
        for resource in self.template.resources.values():
            exists = self.exists(resource)
            if exists is not False:
                yield resource, exists if isinstance(exists, Unknown) else None

    def exists(self, resource: TemplateResource) -> Any:
        """Whether the condition of a resource holds: a boolean, or Unknown."""
        name = resource.body.get("Condition")
        return True if name is None else self.condition(name) if isinstance(name, str) else malformed("Condition")

    def conditions_of(self, resource: TemplateResource) -> frozenset[str]:
        """The full names of the conditions that a resource is written under. One that is malformed is like no other."""
        name = resource.body.get("Condition")
        return frozenset() if name is None else frozenset({self.prefix + (name if isinstance(name, str) else f"? of {resource.name}")})

    def address(self, resource: TemplateResource) -> str:
        """Its address: the type, and its logical id with the stacks that it is in."""
        return f"{resource.type}.{self.stack.qualifier}{self.prefix}{resource.name}"

    def child(self, resource: TemplateResource) -> Scope | None:
        """The scope of a nested stack, None where its template is not here."""
        if resource.name not in self._children:
            self._children[resource.name] = None
            template = self.stack.nested(self, resource)
            if template is not None:
                self.stack.budget.step(COST_OF_STACK + len(template.resources))
                properties = resource.body.get("Properties")
                given = self.resolve(properties.get("Parameters")) if isinstance(properties, dict) else None
                given, prefix = given if isinstance(given, dict) else {}, f"{self.prefix}{resource.name}/"
                template = self.stack.processed(template, given, prefix, self.parents)
                self._children[resource.name] = Scope(
                    self.stack, template, prefix, given, self.assumed, self.decided, self.exploring, self.parents
                )
        return self._children[resource.name]

    # Values.

    def resolve(self, raw: Any, link: bool = False) -> Any:
        """The raw value of what is written; NO_VALUE where it counts as not written."""
        if isinstance(raw, str):
            return dynamic(with_variables(raw)) if "{{resolve:" in raw or "${" in raw else raw
        if isinstance(raw, list):
            return [value for element in raw if (value := self.resolve(element, link)) is not NO_VALUE]
        if not isinstance(raw, dict):
            return raw
        if is_function(raw):
            return call(self, raw, link)
        return {key: value for key, element in raw.items() if (value := self.resolve(element, link)) is not NO_VALUE}

    def loosely(self, raw: Any) -> Any:
        """All that the parts of a function's argument give, to see what it is made from."""
        if isinstance(raw, dict) and is_function(raw):
            argument = next(iter(raw.values()))
            return self.resolve(raw) if set(raw) & {"Ref", "Fn::GetAtt", "Fn::Sub", "Fn::ImportValue"} else self.loosely(argument)
        if isinstance(raw, (dict, list)):
            return [self.loosely(part) for part in (raw.values() if isinstance(raw, dict) else raw)]
        return raw

    def choose(self, raw: Any, source: Path) -> tuple[Any, Path]:
        """What a written value leads to through conditions that are decided, and where that stands."""
        while isinstance(raw, dict) and len(raw) == 1 and isinstance(argument := raw.get("Fn::If"), list) and len(argument) == 3:
            holds = self.condition(argument[0]) if isinstance(argument[0], str) else None
            if not isinstance(holds, bool):
                break
            at = 1 if holds else 2
            raw, source = argument[at], (*source, "Fn::If", at)
        return raw, source

    def ref(self, name: str) -> Any:
        """The value of a parameter or pseudo-parameter, or the resource of that name."""
        if name.startswith("AWS::"):
            return self._pseudo(name)
        if name in self.template.parameters:
            return self.parameter(name)
        resource = self._resource(name)
        if isinstance(resource, Unknown):
            return resource
        owner = self._owner(resource)
        return Reference(self.address(resource)) if owner is None else owner

    def _owner(self, resource: TemplateResource) -> Any:
        """What a resource belongs to, where its own id is the id of that, else None."""
        path, properties = IDENTIFIED_BY.get(resource.type), resource.body.get("Properties")
        if path is None or not isinstance(properties, dict) or path not in properties:
            return None
        if f"owner {resource.name}" in self._busy:
            return Unknown(f"{resource.name} leads back to itself", CORRECT)
        self._busy.add(f"owner {resource.name}")
        try:
            owner = self.resolve(properties[path], link=True)
        finally:
            self._busy.discard(f"owner {resource.name}")
        return None if owner is NO_VALUE else owner

    def attribute(self, name: str, attribute: str) -> Any:
        """What `Fn::GetAtt` gives: a Reference, the output of a nested stack, or Unknown."""
        resource = self._resource(name)
        if isinstance(resource, Unknown):
            return resource
        if resource.type == NESTED and attribute.startswith("Outputs."):
            return self._output_of(resource, attribute.removeprefix("Outputs."))
        if attribute == "Id" and resource.type in IDENTIFIED_BY:
            return self.ref(name)
        if attribute == "CidrBlock" and resource.type in RANGED:
            return self._range_of(resource)
        return Reference(self.address(resource), attribute)

    def _range_of(self, resource: TemplateResource) -> Any:
        """The range of addresses of a network or a subnet: the one that is written, where it is known."""
        key, properties = f"range {resource.name}", resource.body.get("Properties")
        written = properties.get("CidrBlock") if isinstance(properties, dict) else None
        told = None
        if written is not None and key not in self._busy:
            self._busy.add(key)
            try:
                told = self.resolve(written)
            finally:
                self._busy.discard(key)
        return told if isinstance(told, str) else Reference(self.address(resource), "CidrBlock")

    def _resource(self, name: str) -> TemplateResource | Unknown:
        resource = self.template.resources.get(name)
        if resource is None:
            if name in self.template.elsewhere:
                return Unknown(f"{name} is {self.template.elsewhere[name]}", "scan its deployed stack")
            return Unknown(f"there is no {name} in {self.template.file}", CORRECT)
        if self.exists(resource) is False:
            return Unknown(f"{name} does not exist: its condition {resource.body['Condition']} is false", CORRECT)
        return resource

    def _output_of(self, resource: TemplateResource, name: str) -> Any:
        child = self.child(resource)
        if child is None:
            return Unknown(f"output {name} of {resource.name}, whose template is not here", "put the template beside this one")
        return child.output(name)

    def output(self, name: str) -> Any:
        """The raw value of an output of the template; Unknown where there is none of that name."""
        output = self.template.outputs.get(name)
        if not isinstance(output, dict) or "Value" not in output:
            return Unknown(f"there is no output {name} in {self.template.file}", CORRECT)
        if name not in self._outputs:
            if f"output {name}" in self._busy:
                return Unknown(f"output {name} leads back to itself", CORRECT)
            self._busy.add(f"output {name}")
            try:
                value = self.resolve(output["Value"])
            finally:
                self._busy.discard(f"output {name}")
            self._outputs[name] = None if value is NO_VALUE else value
        return self._outputs[name]

    def _pseudo(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        known = self.stack.pseudo.get(name)
        if known is not None:
            return known
        if name == "AWS::Region":
            return self._variable(name, Open("which region this stack is deployed to", "pass --region", name=name), None)
        if name in ("AWS::AccountId", "AWS::StackName", "AWS::StackId", "AWS::NotificationARNs"):
            if self.exploring or name in self.assumed:
                value = self._variable(name, Open(f"{name} is known after deployment", "scan the live resource", filled=True), None)
                if self.exploring or isinstance(value, str):
                    return value
            return Reference(name)
        return Unknown(f"{name} is no pseudo parameter", CORRECT)

    # Parameters.

    def parameter(self, name: str) -> Any:
        """The raw value of a parameter: what was given for it, else its default, else Unknown or an Either of its allowed values."""
        declared = self.template.parameters[name]
        declared = declared if isinstance(declared, dict) else {}
        type_ = declared.get("Type") if isinstance(declared.get("Type"), str) else "String"
        secret = str(declared.get("NoEcho")).lower() not in ("none", "false")
        given = self.parameters[name] if name in self.parameters else _default(declared)
        if given is None or given is NO_VALUE:
            place = self.template.place(("Parameters", name))
            way = f"pass --parameter {name}=VALUE or --parameter-file FILE"
            if self.prefix:
                way = f"give it in the Parameters of {self.prefix.rstrip('/')}"
            filled = is_filled(declared, str(type_))
            why = Given(f'parameter "{self.prefix}{name}" has no value', way, place, f"parameter {self.prefix}{name}", secret, filled)
            return typed(self._variable(self.prefix + name, why, declared.get("AllowedValues")), str(type_))
        if str(type_).startswith("AWS::SSM::Parameter::Value<") and isinstance(given, (str, int)):
            return Reference(f"data.ssm.{str(given).replace('.', '_')}")
        value = typed(given, str(type_))
        return self.stack.sensitive.add(value) if secret else self.stack.sensitive.named(name, value)

    def _variable(self, key: str, why: Open, allowed: Any) -> Any:
        if key in self.assumed:
            value = self.assumed[key]
            return either(why, *value.options) if isinstance(value, Either) else value
        values = [plain(value) for value in allowed] if isinstance(allowed, list) else []
        if not values or len(values) > MAX_ALLOWED or not all(isinstance(value, str) for value in values):
            values = []
        if not self.exploring:
            return either(why, *values) if values else why
        if values:
            raise Fork(key, values)
        literals = self.stack.literals(key)
        excluded = (*literals, "") if why.filled else tuple(literals)
        others = AnyBut(why.reason, why.settles_it, why.location, why.name, why.marked, why.filled, excluded)
        raise Fork(key, [*(text for text in literals if text or not why.filled), others])

    # Conditions: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html

    def condition(self, name: str) -> Any:
        """Whether a condition holds: a bool, or Unknown."""
        key = self.prefix + name
        if key in self.decided:
            return self.decided[key]
        if name not in self._conditions:
            if name not in self.template.conditions:
                return Unknown(f"there is no condition {name} in {self.template.file}", CORRECT)
            if f"condition {name}" in self._busy:
                return Unknown(f"condition {name} leads back to itself", CORRECT)
            self._busy.add(f"condition {name}")
            try:
                truth = self.truth(self.template.conditions[name])
            finally:
                self._busy.discard(f"condition {name}")
            if isinstance(truth, Unknown) and not truth.reason.startswith("whether condition "):
                truth = Unknown(f"whether condition {name} holds: {truth.reason}", truth.settles_it, truth.location)
            self._conditions[name] = truth
        return self._conditions[name]

    def truth(self, raw: Any) -> Any:
        """Whether what stands for a condition holds: a bool, or Unknown."""
        self.stack.budget.step()
        if not isinstance(raw, dict) or len(raw) != 1:
            return malformed("a condition")
        ((name, argument),) = raw.items()
        if name == "Condition" and isinstance(argument, str):
            return self.condition(argument)
        if name == "Fn::Equals" and isinstance(argument, list) and len(argument) == 2:
            return self._equal(*argument)
        if not isinstance(argument, list) or name not in ("Fn::And", "Fn::Or", "Fn::Not"):
            return malformed(str(name))
        if name == "Fn::Not":
            truth = self.truth(argument[0]) if len(argument) == 1 else malformed(name)
            return truth if isinstance(truth, Unknown) else not truth
        deciding = name == "Fn::Or"
        unknown: Unknown | None = None
        for operand in argument:
            truth = self.truth(operand)
            if truth is deciding:
                return deciding
            unknown = unknown or (truth if isinstance(truth, Unknown) else None)
        return unknown or not deciding

    def _equal(self, left: Any, right: Any) -> Any:
        if left == right and not isinstance(left, (int, float)):
            return True
        values = [_comparable(self.resolve(left)), _comparable(self.resolve(right))]
        if (right == "" and (_is_pseudo(left) or _never_empty(values[0]))) or (
            left == "" and (_is_pseudo(right) or _never_empty(values[1]))
        ):
            return False
        for one, other in (values, values[::-1]):
            if isinstance(one, AnyBut) and isinstance(other, str) and other in one.excluded:
                return False
            if isinstance(one, Either) and isinstance(other, str) and other not in map(_comparable, one.options):
                return False
        if all(isinstance(value, (str, list)) for value in values):
            return values[0] == values[1]
        key = _question(values) or f"= {self.prefix} {json.dumps([left, right], default=str)}"
        if key in self.assumed:
            return self.assumed[key]
        unknown = next((value for value in values if isinstance(value, Unknown)), None)
        if self.exploring and not any(value is None or isinstance(value, dict) for value in values):
            raise Fork(key, [True, False])
        return unknown or Unknown("what is compared is known after deployment", "scan the live resource")


def _default(declared: dict[str, Any]) -> Any:
    default = declared.get("Default")
    return with_variables(default) if isinstance(default, str) else default


# None of them is ever empty: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
_FILLED = ("AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::StackId", "AWS::StackName", "AWS::URLSuffix")


def _is_pseudo(raw: Any) -> bool:
    """Whether data is a `Ref` to a pseudo parameter that has a value in every stack."""
    return isinstance(raw, dict) and len(raw) == 1 and raw.get("Ref") in _FILLED


def _never_empty(value: Any) -> bool:
    """Whether a value that is not known yet has text in any case: the name or ARN of a resource, or text around what is open."""
    if isinstance(value, Open):
        return value.filled
    if isinstance(value, Reference):
        return not value.is_data and (value.attribute == "" or value.attribute.endswith(("Arn", "Id")))
    return isinstance(value, Text) and any(bool(part) if isinstance(part, str) else _never_empty(part) for part in value.parts)


def _question(values: list[Any]) -> str | None:
    """What a comparison asks, where that is the same in every template of a stack: of what a store holds, and of text."""
    asked = [
        ["", value] if isinstance(value, str) else [value.address, value.attribute]
        for value in values
        if isinstance(value, str) or (isinstance(value, Reference) and value.is_data)
    ]
    return f"= {json.dumps(sorted(asked))}" if len(asked) == len(values) else None


def _comparable(data: Any) -> Any:
    return [plain(element) for element in data] if isinstance(data, list) else plain(data)
