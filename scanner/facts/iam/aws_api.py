"""IAM in the live account. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.iam.attachments import limited, service_linked, standalone
from assay.scanner.facts.iam.kinds import PermissionSet, TrustPolicy
from assay.scanner.facts.iam.permissions import document_permissions, managed_policy
from assay.scanner.facts.iam.trust import aws_trusts, federated_only
from assay.scanner.sources.aws.calls import Call, Listing, listing
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Unknown, Value

_DETAILS = Call("iam", "GetAccountAuthorizationDetails", page_size=1000)
ROLES = listing(Listing("iam.role", _DETAILS, entries="RoleDetailList", id="Arn", everywhere=True))
USERS = listing(Listing("iam.user", _DETAILS, entries="UserDetailList", id="Arn", everywhere=True))
GROUPS = listing(Listing("iam.group", _DETAILS, entries="GroupDetailList", id="Arn", everywhere=True))
POLICIES = listing(
    Listing(
        "iam.policy",
        _DETAILS,
        entries="Policies",
        id="Arn",
        everywhere=True,
        uses=("AttachmentCount", "PermissionsBoundaryUsageCount"),
    )
)
_NEEDS = {"permissions": (POLICIES.type,), "limited_by_boundary": (POLICIES.type,)}
_BY_AWS = ":iam::aws:policy/"


@reads(ROLES.type, companions=(POLICIES.type,), needs=_NEEDS)
def role(item: Item, stack: Stack) -> PermissionSet:
    return _identity(item, stack, "RoleName", "RolePolicyList")


@reads(USERS.type, companions=(POLICIES.type,), needs=_NEEDS)
def user(item: Item, stack: Stack) -> PermissionSet:
    return _identity(item, stack, "UserName", "UserPolicyList")


@reads(GROUPS.type, companions=(POLICIES.type,), needs=_NEEDS)
def group(item: Item, stack: Stack) -> PermissionSet:
    return _identity(item, stack, "GroupName", "GroupPolicyList")


def _identity(item: Item, stack: Stack, name: str, inline: str) -> PermissionSet:
    policies, more = item.blocks(inline)
    attached, others = item.blocks("AttachedManagedPolicies")
    boundary = item["PermissionsBoundary.PermissionsBoundaryArn"]
    found = [permission for each in policies for permission in document_permissions(each["PolicyDocument"])]
    found += [permission for each in attached for permission in _managed(each["PolicyArn"], stack)]
    return PermissionSet(
        identity=identity(item, name=item[name]),
        permissions=Value([*found, *[each for each in (more, others) if each]], (item.location(),)),
        limited_by_boundary=limited(boundary, lambda: _managed(boundary, stack)),
        service_linked=service_linked(item["Path"]),
    )


def _managed(arn: Value[Any], stack: Stack) -> list[Any]:
    """What an attached policy allows. A policy of AWS's that our table does not know is read from its document."""
    item = stack.at(arn.data) if isinstance(arn.data, str) else None
    known: Any = managed_policy(arn)
    if item is None or (_BY_AWS in str(arn.data) and known.wildcard.unknown is None):
        return [known]
    return document_permissions(_document(item))


def _document(item: Item) -> Value[Any]:
    versions, more = item.blocks("PolicyVersionList")
    default = next((each for each in versions if each["IsDefaultVersion"].data is True), None)
    if default is not None:
        return default["Document"]
    missing = Unknown(f"the default version of {item.address} was not told", "audit again", item.location())
    return Value(more or missing, (item.location(),))


@reads(POLICIES.type)
def unattached_policy(item: Item, stack: Stack) -> PermissionSet | None:
    """A policy that is attached to something is judged with that; one of AWS's only there."""
    used = [item[field].data for field in ("AttachmentCount", "PermissionsBoundaryUsageCount")]
    if _BY_AWS in item.address or any(used):
        return None
    return standalone(item, item["PolicyName"], document_permissions(_document(item)))


@reads(ROLES.type)
def trust(item: Item, stack: Stack) -> TrustPolicy:
    document = item["AssumeRolePolicyDocument"]
    account = item.account.data if isinstance(item.account.data, str) else None
    return TrustPolicy(
        identity=identity(item, name=item["RoleName"]),
        trusts=Value(aws_trusts(document, account), document.seen),
        service_linked=service_linked(item["Path"]),
        federated_only=federated_only(document),
    )
