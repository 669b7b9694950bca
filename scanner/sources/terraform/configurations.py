"""The provider configuration that manages a resource: where its resources are, in which account, and what data sources answer of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.scanner import lazy_re
from assay.scanner.sources.raw import Location, Text, Unknown
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.evaluate import evaluate
from assay.scanner.sources.terraform.operators import FAILURES, finish, words
from assay.scanner.sources.terraform.providers import LOGIN, ROLES
from assay.scanner.sources.values import Value

if TYPE_CHECKING:
    from assay.scanner.sources.terraform.modules import Module

_ACCOUNT = lazy_re.pattern(r"arn:[\w-]+:iam::(\d{12}):role/.*")
_PARTITIONS = {
    "cn-": ("aws-cn", "amazonaws.com.cn"),
    "us-gov-": ("aws-us-gov", "amazonaws.com"),
    "us-iso-": ("aws-iso", "c2s.ic.gov"),
    "us-isob-": ("aws-iso-b", "sc2s.sgov.gov"),
    "eusc-": ("aws-eusc", "amazonaws.eu"),
}
"""Beginnings of the names of regions to partition and DNS suffix: https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json"""
_REGION = ("name", "region", "id")


class Configuration:
    """A provider block in the module that it stands in."""

    __slots__ = ("_values", "block", "module")

    def __init__(self, block: Block, module: Module) -> None:
        self.block, self.module = block, module
        self._values: dict[str, Value[Any]] = {}

    def __getitem__(self, name: str) -> Value[Any]:
        """The value of an argument."""
        if name not in self._values:
            self._values[name] = self._value(self.block, name)
        return self._values[name]

    def nested(self, type_: str, name: str) -> Value[Any]:
        """The value of an argument in the nested block of a type."""
        block = next((block for block in self.block.nested(type_) if block.type == type_), None)
        return Value(None, (self.block.location(),)) if block is None else self._value(block, name)

    def _value(self, block: Block, name: str) -> Value[Any]:
        expression = block.expression(name)
        if expression is None:
            return Value(None, (block.location(),))
        try:
            return Value.of(finish(evaluate(expression, self.module.scope())), (block.location(name),))
        except FAILURES as error:
            reason = f"the provider's {name} could not be evaluated: {words(error)}"
            return Value(Unknown(reason, "correct the expression"), (block.location(name),))

    @property
    def name(self) -> str:
        """As code refers to it: `aws.west`."""
        alias = self["alias"].data
        return f"{self.block.labels[0]}.{alias}" if isinstance(alias, str) else self.block.labels[0]

    @property
    def account(self) -> Value[str]:
        """The one account that it may manage, or that of the role that it takes; of Google, its project."""
        if self.block.labels[0].startswith("google"):
            return self["project"]
        allowed = self["allowed_account_ids"].then(lambda ids: ids[0] if isinstance(ids, list) and len(ids) == 1 else None)
        return allowed if not allowed.absent else self._of_role()

    def _of_role(self) -> Value[str]:
        # The last of several roles is the one that is used in the end.
        roles = [role for type_ in ROLES for role in self.block.nested(type_) if role.type == type_]
        arn = self._value(roles[-1], "role_arn") if roles else Value(None, (self.block.location(),))
        match = _ACCOUNT.fullmatch(arn.data) if isinstance(arn.data, str) else None
        return Value(match[1] if match else None, arn.seen)

    @property
    def login(self) -> Any:
        """What tells one login of a provider from another."""
        arguments = {name: expression for name in LOGIN if (expression := self.block.expression(name)) is not None}
        nested = [role for type_ in ROLES for role in self.block.nested(type_)]
        return arguments, [(role.type, {name: role.expression(name) for name in sorted(role.arguments)}) for role in nested]


NO_LOGIN: Any = ({}, [])
"""The login of a provider that is not configured."""


def login(configuration: Configuration | None) -> Any:
    """What tells one login of a provider from another; alike where neither says anything."""
    return NO_LOGIN if configuration is None else configuration.login


def answer(type_: str, attribute: str, configuration: Configuration, usual: Configuration | None, location: Location) -> Any:
    """What a data source says of the provider configuration that it is read with; None where that is not known from code.

    `usual` is the configuration without an alias. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/region,
    …/partition, …/caller_identity; https://registry.terraform.io/providers/hashicorp/google/latest/docs/data-sources/client_config
    """
    if type_ == "aws_region" and attribute in _REGION:
        return _text(configuration["region"])
    if type_ == "aws_partition" and attribute in ("partition", "id", "dns_suffix"):
        region = _text(configuration["region"])
        partition, suffix = next((names for start, names in _PARTITIONS.items() if region and region.startswith(start)), _USUAL)
        return None if region is None else suffix if attribute == "dns_suffix" else partition
    if type_ == "aws_caller_identity" and attribute in ("account_id", "id"):
        account = _text(configuration.account)
        if account is None and configuration.login != login(usual):
            way = "give the provider allowed_account_ids, or scan the plan"
            return Unknown(f"the account of {configuration.name} is not known", way, location)
        return account
    if type_ == "google_client_config" and attribute in ("project", "region", "zone"):
        return _text(configuration[attribute])
    if type_ == "google_project" and attribute == "project_id":
        return _text(configuration["project"])
    return None


def service_name(service: Any, configuration: Configuration | None) -> Any:
    """The `service_name` that `aws_vpc_endpoint_service` answers for a `service`, None where the code does not tell.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/vpc_endpoint_service
    """
    if not isinstance(service, str) or not service:
        return None
    region = None if configuration is None else _text(configuration["region"])
    if region is not None and region.startswith("cn-"):  # some services begin with `cn.` there
        return None
    unknown = Unknown("the region of the provider is not known", "give the provider a region, or scan the plan")
    return f"com.amazonaws.{region}.{service}" if region else Text(("com.amazonaws.", unknown, f".{service}"))


_USUAL = ("aws", "amazonaws.com")


def _text(value: Value[Any]) -> str | None:
    return value.data if isinstance(value.data, str) else None
