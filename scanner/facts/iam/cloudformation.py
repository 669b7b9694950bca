"""IAM in CloudFormation: roles, users and groups with their policies.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html
"""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.facts.base import Companions, Stack, identity, reads
from assay.scanner.facts.iam.attachments import attached_policies, boundary, only_if_there, service_linked, standalone
from assay.scanner.facts.iam.kinds import PermissionSet, TrustPolicy
from assay.scanner.facts.iam.permissions import document_permissions
from assay.scanner.facts.iam.trust import aws_trusts, federated_only
from assay.scanner.facts.policies import required
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.nodes import Doubtful, Elsewhere
from assay.scanner.sources.values import Reference, Text, Unknown, Value

_POLICY, _MANAGED, _SSO = "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::SSO::PermissionSet"


class _Sort(msgspec.Struct, frozen=True):
    """How policies get to a role, a user or a group."""

    type: str
    name: str
    """Its own property with its name."""
    inline: str
    """The type of a single inline policy, which names its owner in the property `name`."""
    listed: str
    """The property of other policies that lists their owners."""

    def others(self) -> list[tuple[str, str]]:
        """The types of policies of their own, and where they name their owners."""
        return [(self.inline, self.name), (_POLICY, self.listed), (_MANAGED, self.listed)]


_ROLE = _Sort("AWS::IAM::Role", "RoleName", "AWS::IAM::RolePolicy", "Roles")
_USER = _Sort("AWS::IAM::User", "UserName", "AWS::IAM::UserPolicy", "Users")
_GROUP = _Sort("AWS::IAM::Group", "GroupName", "AWS::IAM::GroupPolicy", "Groups")
_SORTS = (_ROLE, _USER, _GROUP)


@reads(_ROLE.type, orphans={_ROLE.inline: _ROLE.name}, names=(_ROLE.name,), companions=(_POLICY, _MANAGED))
def role(item: Item, stack: Stack) -> PermissionSet:
    return _identity_with_policies(item, stack, _ROLE)


@reads(_USER.type, orphans={_USER.inline: _USER.name}, names=(_USER.name,), companions=(_POLICY, _MANAGED))
def user(item: Item, stack: Stack) -> PermissionSet:
    return _identity_with_policies(item, stack, _USER)


@reads(_GROUP.type, orphans={_GROUP.inline: _GROUP.name}, names=(_GROUP.name,), companions=(_POLICY, _MANAGED))
def group(item: Item, stack: Stack) -> PermissionSet:
    return _identity_with_policies(item, stack, _GROUP)


def _identity_with_policies(item: Item, stack: Stack, sort: _Sort) -> PermissionSet:
    separate = [stack.companions(item, type_, via, names=(sort.name,)) for type_, via in sort.others()]
    found: list[Any] = []
    for each, node in [pair for held in separate for pair in held.pairs] + _possible(item, stack, sort):
        found += only_if_there(document_permissions(required(each["PolicyDocument"])), node)
    blocks, more = item.blocks("Policies")
    found += [permission for block in blocks for permission in document_permissions(required(block["PolicyDocument"]))]
    arns = item.link("ManagedPolicyArns")
    policies, permissions = attached_policies([(arn, item) for arn in _elements(arns)], stack)
    found += permissions
    doubts = [each for each in (more, arns.unknown) if each]
    doubts = [] if isinstance(item, Elsewhere) else doubts  # of a role that is declared elsewhere, only what is here is judged
    return PermissionSet(
        identity=identity(item, name=item[sort.name], companions=[*separate, Companions(policies, [], None)]),
        permissions=Value(found + doubts, (item.location(),)),
        limited_by_boundary=boundary(item.link("PermissionsBoundary"), stack),
        service_linked=service_linked(item["Path"]),
    )


def _possible(item: Item, stack: Stack, sort: _Sort) -> list[tuple[Item, Node]]:
    """Policies that may be this identity's too, since it is not known whose they are: harmless if they would be harmless."""
    if isinstance(item, Elsewhere):
        return []  # of a role that is declared elsewhere, only what is here is judged
    key = f"policies of unknown {sort.listed}"
    if key not in stack.cache:
        found: list[tuple[Item, Node]] = []
        for type_, via in sort.others():
            for each in stack.of(type_):
                held = each.link(via).data
                why = next((owner for owner in (held if isinstance(held, list) else [held]) if isinstance(owner, Unknown)), None)
                if why is not None:
                    reason = f"{each.address} may belong to it: {via} is not known ({why.reason})"
                    found.append((each, Doubtful(each, Unknown(reason, why.settles_it, each.location()))))
        stack.cache[key] = found
    possible: list[tuple[Item, Node]] = stack.cache[key]
    return possible


@reads(_POLICY)
def policy(item: Item, stack: Stack) -> PermissionSet | None:
    """An inline policy of identities that are not all in this template; of those that are, it is judged with them."""
    owners = [owner for sort in _SORTS for owner in _owners(item, sort)]
    if owners and all(_is_here(owner, stack) for owner in owners):
        return None
    return standalone(item, item["PolicyName"], document_permissions(required(item["PolicyDocument"])))


def _elements(held: Value[Any]) -> list[Value[Any]]:
    """The elements of a list that is known; what is no list, as an attribute of another resource, is one."""
    if held.absent or held.unknown:
        return []
    return [Value(each, held.seen) for each in (held.data if isinstance(held.data, list) else [held.data])]


def _owners(item: Item, sort: _Sort) -> list[Any]:
    held = item.link(sort.listed).data
    return held if isinstance(held, list) else [] if held is None else [held]


def _is_here(owner: Any, stack: Stack) -> bool:
    """Whether an identity is judged here: one of another stack is not, though joins may find it."""
    held = [(sort, each) for sort in _SORTS for each in stack.own(sort.type)]
    if isinstance(owner, Reference):
        return any(each.address == owner.address for _, each in held)
    names = [each[sort.name].data for sort, each in held] if isinstance(owner, (str, Text)) else []
    return str(owner) in [str(name) for name in names if isinstance(name, (str, Text))]


@reads(_MANAGED, companions=(_SSO,))
def managed_policy(item: Item, stack: Stack) -> PermissionSet | None:
    """A policy that something in the template uses is judged with what uses it."""
    owners = [owner for sort in _SORTS for owner in _owners(item, sort)]
    if any(_is_here(owner, stack) for owner in owners) or item.address in _used(stack):
        return None
    return standalone(item, item["ManagedPolicyName"], document_permissions(required(item["PolicyDocument"])))


def _used(stack: Stack) -> set[str]:
    """The managed policies that identities name, as one of theirs or as their boundary."""
    if "used policies" not in stack.cache:
        links: list[Any] = []
        for holder in stack.of(*(sort.type for sort in _SORTS)):
            named = holder.link("ManagedPolicyArns").data
            links += [holder.link("PermissionsBoundary").data, *(named if isinstance(named, list) else ())]
        stack.cache["used policies"] = {link.address for link in links if isinstance(link, Reference)}
    found: set[str] = stack.cache["used policies"]
    return found


_BY_NAME = Unknown("what a policy does that every account has under this name", "scan the live account")


@reads(_SSO)
def sso_permission_set(item: Item, stack: Stack) -> PermissionSet:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sso-permissionset.html"""
    arns = item.link("ManagedPolicies")
    _, permissions = attached_policies([(arn, item) for arn in _elements(arns)], stack)
    named, more = item.blocks("CustomerManagedPolicyReferences")
    doubts = [each for each in (arns.unknown, more, _BY_NAME if named else None) if each]
    return standalone(
        item,
        item["Name"],
        [*document_permissions(item["InlinePolicy"]), *permissions, *doubts],
        _sso_boundary(item, stack),
    )


def _sso_boundary(item: Item, stack: Stack) -> Value[bool]:
    if not item["PermissionsBoundary.CustomerManagedPolicyReference"].absent:
        return Value(_BY_NAME, (item.location(),))
    return boundary(item.link("PermissionsBoundary.ManagedPolicyArn"), stack)


@reads(_ROLE.type)
def trust(item: Item, stack: Stack) -> TrustPolicy:
    document = required(item["AssumeRolePolicyDocument"])
    return TrustPolicy(
        identity=identity(item, name=item["RoleName"]),
        trusts=Value(aws_trusts(document, None), document.seen),
        service_linked=service_linked(item["Path"]),
        federated_only=federated_only(document),
    )
