"""Policies of AWS that are attached to an identity, however an input writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner.facts.base import Stack, identity, if_there
from assay.scanner.facts.iam.kinds import Permission, PermissionSet
from assay.scanner.facts.iam.permissions import document_permissions, managed_policy
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.values import Reference, Unknown, Value

_DOCUMENTS = {"aws_iam_policy": "policy", "AWS::IAM::ManagedPolicy": "PolicyDocument"}
"""Types of customer-managed policies to where their document is."""


def attached_policy(arn: Value[Any], stack: Stack) -> tuple[list[Item], list[Any]]:
    """The policy that an ARN refers to: its own block, and its permissions."""
    if isinstance(arn.data, Reference):
        item = stack.at(arn.data.address)
        if item is not None and item.type in _DOCUMENTS:
            return [item], document_permissions(item[_DOCUMENTS[item.type]])
        if item is not None and item.type == "data.aws_iam_policy" and isinstance(item["arn"].data, str):
            return [], [managed_policy(item["arn"])]
        if item is not None and item.type == "data.aws_iam_policy" and isinstance(item["name"].data, str):
            name = item["name"]
            return [], [managed_policy(Value(f"arn:aws:iam::aws:policy/{name.data}", name.seen))]
    return [], [managed_policy(arn)]


def attached_policies(arns: list[tuple[Value[Any], Node]], stack: Stack) -> tuple[list[Item], list[Any]]:
    """The blocks and the permissions of several, each ARN with the node that tells whether it is certainly attached."""
    items: list[Item] = []
    found: list[Any] = []
    for arn, node in arns:
        own, permissions = attached_policy(arn, stack)
        items += own
        found += only_if_there(permissions, node)
    return items, found


def only_if_there(permissions: list[Any], node: Node) -> list[Any]:
    """Permissions by a policy that may not be attached: harmless if they would be harmless."""
    for permission in permissions:
        if isinstance(permission, Permission):
            permission.wildcard = if_there(permission.wildcard, node, False)
    return permissions


def boundary(arn: Value[Any], stack: Stack) -> Value[bool]:
    """Whether a permissions boundary without wildcards limits the identity."""
    return limited(arn, lambda: attached_policy(arn, stack)[1])


def limited(arn: Value[Any], read: Callable[[], list[Any]]) -> Value[bool]:
    """Whether the boundary that an ARN names is without wildcards; `read` gives its permissions."""
    if arn.absent or arn.unknown:
        return Value(arn.unknown or False, arn.seen)
    permissions = read()
    unknown = next((each for each in permissions if isinstance(each, Unknown)), None)
    wild = [each.wildcard.data for each in permissions if not isinstance(each, Unknown)]
    if True in wild:
        return Value(False, arn.seen)
    return Value(unknown or next((each for each in wild if isinstance(each, Unknown)), True), arn.seen)


def service_linked(path: Value[Any]) -> Value[bool]:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html"""
    held = path.default("/")
    return held.then(lambda text: str(text).startswith("/aws-service-role/")) if held.unknown is None else Value(False)


def standalone(item: Item, name: Value[Any], permissions: list[Any], limited: Value[bool] | None = None) -> PermissionSet:
    """Permissions that are judged by themselves, since who has them is not in this code."""
    return PermissionSet(
        identity=identity(item, name=name),
        permissions=Value(permissions, (item.location(),)),
        limited_by_boundary=limited or Value(False),
        service_linked=Value(False),
    )
