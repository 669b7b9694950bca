"""IAM in Terraform: roles, users and groups with their policies. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Companions, Stack, identity, reads
from assay.scanner.facts.iam.attachments import attached_policies, boundary, only_if_there, service_linked, standalone
from assay.scanner.facts.iam.kinds import PermissionSet, TrustPolicy
from assay.scanner.facts.iam.permissions import document_permissions, managed_policy
from assay.scanner.facts.iam.trust import aws_trusts, federated_only
from assay.scanner.sources.interface import Item
from assay.scanner.sources.nodes import Elsewhere
from assay.scanner.sources.values import Reference, Value

NAMES = ("name",)
_ATTACH_ALL = "aws_iam_policy_attachment"
_USES_POLICY = ("aws_iam_role_policy_attachment", "aws_iam_user_policy_attachment", "aws_iam_group_policy_attachment", _ATTACH_ALL)
_ROLE = {"aws_iam_role_policy": "role", "aws_iam_role_policy_attachment": "role"}
_USER = {"aws_iam_user_policy": "user", "aws_iam_user_policy_attachment": "user"}
_GROUP = {"aws_iam_group_policy": "group", "aws_iam_group_policy_attachment": "group"}


@reads(
    "aws_iam_role",
    orphans=_ROLE,
    names=NAMES,
    companions=("aws_iam_role_policies_exclusive", "aws_iam_role_policy_attachments_exclusive", _ATTACH_ALL),
)
def role(item: Item, stack: Stack) -> PermissionSet:
    return _identity_with_policies(item, stack, _ROLE, "roles")


@reads("aws_iam_user", orphans=_USER, names=NAMES)
def user(item: Item, stack: Stack) -> PermissionSet:
    return _identity_with_policies(item, stack, _USER, "users")


@reads("aws_iam_group", orphans=_GROUP, names=NAMES)
def group(item: Item, stack: Stack) -> PermissionSet:
    return _identity_with_policies(item, stack, _GROUP, "groups")


def _identity_with_policies(item: Item, stack: Stack, parts: dict[str, str], listed: str) -> PermissionSet:
    inline_type, attached_type = parts
    inline = stack.companions(item, inline_type, parts[inline_type], names=NAMES)
    attached = stack.companions(item, attached_type, parts[attached_type], names=NAMES)
    everywhere = stack.companions(item, _ATTACH_ALL, listed, names=NAMES)
    found: list[Any] = []
    blocks, more = item.blocks("inline_policy")
    for each, node in inline.pairs:
        found += only_if_there(document_permissions(each["policy"]), node)
    found += [permission for block in blocks for permission in document_permissions(block["policy"])]
    arns = [(each.link("policy_arn"), node) for each, node in attached.pairs + everywhere.pairs]
    managed = item.link("managed_policy_arns") if inline_type == "aws_iam_role_policy" else Value(None)
    listed_arns = managed.data if isinstance(managed.data, list) else []
    policies, permissions = attached_policies(arns + [(Value(each, managed.seen), item) for each in listed_arns], stack)
    found += permissions
    doubts = [each for each in (inline.more, attached.more, everywhere.more, more, managed.unknown) if each]
    doubts = [] if isinstance(item, Elsewhere) else doubts  # of a role that is declared elsewhere, only what is here is judged
    return PermissionSet(
        identity=identity(item, name=item["name"], companions=[inline, attached, Companions(policies, [], None)]),
        permissions=Value(found + doubts, (item.location(),)),
        limited_by_boundary=boundary(item.link("permissions_boundary"), stack),
        service_linked=service_linked(item["path"]),
    )


@reads("aws_ssoadmin_permission_set_inline_policy")
def sso_inline_policy(item: Item, stack: Stack) -> PermissionSet:
    return standalone(item, item["permission_set_arn"], document_permissions(item["inline_policy"]))


@reads("aws_ssoadmin_managed_policy_attachment")
def sso_managed_policy(item: Item, stack: Stack) -> PermissionSet:
    return standalone(item, item["permission_set_arn"], [managed_policy(item["managed_policy_arn"])])


@reads("aws_iam_policy", companions=_USES_POLICY)
def unattached_policy(item: Item, stack: Stack) -> PermissionSet | None:
    """A policy that something in the code attaches is judged with what it is attached to."""
    used = [stack.companions(item, type_, "policy_arn") for type_ in _USES_POLICY]
    if any(held.items for held in used) or item.address in _boundaries(stack):
        return None
    return standalone(item, item["name"], document_permissions(item["policy"]))


def _boundaries(stack: Stack) -> set[str]:
    if "boundaries" not in stack.cache:
        links = [item.link("permissions_boundary").data for item in stack.of("aws_iam_role", "aws_iam_user")]
        managed = [item.link("managed_policy_arns").data for item in stack.of("aws_iam_role")]
        links += [each for held in managed if isinstance(held, list) for each in held]
        stack.cache["boundaries"] = {link.address for link in links if isinstance(link, Reference)}
    found: set[str] = stack.cache["boundaries"]
    return found


@reads("aws_iam_role")
def trust(item: Item, stack: Stack) -> TrustPolicy:
    document = item["assume_role_policy"]
    return TrustPolicy(
        identity=identity(item, name=item["name"]),
        trusts=Value(aws_trusts(document, None), document.seen),
        service_linked=service_linked(item["path"]),
        federated_only=federated_only(document),
    )
