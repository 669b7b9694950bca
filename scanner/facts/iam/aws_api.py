"""IAM in the live account. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html"""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam import aws, aws_config, raising
from assay.scanner.facts.iam.entitlements import ITSELF, PermissionsAt, PolicyLink
from assay.scanner.facts.iam.kinds import PermissionSet, TrustPolicy
from assay.scanner.facts.view import View
from assay.scanner.sources.aws.calls import Call, Listing
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

_DETAILS = Call("iam", "GetAccountAuthorizationDetails", page_size=1000)
_COUNTS = ("AttachmentCount", "PermissionsBoundaryUsageCount")
ROLES = Listing(
    "iam.role", _DETAILS, entries="RoleDetailList", id="Arn", everywhere=True, joined_across_regions=True, recorded=aws_config.ROLE
)
# Whether a user has a password, of which the answer tells nothing else: https://docs.aws.amazon.com/IAM/latest/APIReference/API_LoginProfile.html
PASSWORD = Call("iam", "GetLoginProfile", (("UserName", "UserName"),), absent=("NoSuchEntity",))
DEVICES = Call("iam", "ListMFADevices", (("UserName", "UserName"),))
USERS = Listing(
    "iam.user",
    _DETAILS,
    entries="UserDetailList",
    id="Arn",
    everywhere=True,
    joined_across_regions=True,
    details=(PASSWORD, DEVICES),
    recorded=aws_config.USER,
)
GROUPS = Listing(
    "iam.group", _DETAILS, entries="GroupDetailList", id="Arn", everywhere=True, joined_across_regions=True, recorded=aws_config.GROUP
)
POLICIES = Listing(
    "iam.policy",
    _DETAILS,
    entries="Policies",
    id="Arn",
    everywhere=True,
    joined_across_regions=True,
    uses=_COUNTS,
    recorded=aws_config.POLICY,
)
LISTINGS = (ROLES, USERS, GROUPS, POLICIES)


def _default_version(policy: View) -> Value[Any]:
    """The document of a managed policy that is in force."""
    versions, more = policy.inner("PolicyVersionList")
    default = next((version for version in versions if version["IsDefaultVersion"].data is True), None)
    if default is not None:
        return default["Document"]
    missing = Unknown(f"the default version of {policy.item.address} was not told", "audit again", policy.location)
    return policy.says(more or missing)


def _policy(path: str) -> PolicyLink:
    return PolicyLink(path, (POLICIES.type,), document=_default_version)


_NAMES = {POLICIES.type: "PolicyName"}


def _identity(sort: str) -> PermissionsAt:
    policies = ((f"{sort}PolicyList", itemgetter("PolicyDocument")), ("AttachedManagedPolicies", _policy("PolicyArn")))
    boundary = _policy("PermissionsBoundary.PermissionsBoundaryArn")
    return PermissionsAt(name=f"{sort}Name", policies=policies, boundary=boundary, path="Path", managed=_NAMES)


PERMISSIONS = {ROLES.type: _identity("Role"), USERS.type: _identity("User"), GROUPS.type: _identity("Group")}
"""Where roles, users and groups have their policies."""


_POLICY_AT = aws.PolicyAt(name="PolicyName", policies=((ITSELF, _default_version),), counts=_COUNTS, managed=_NAMES)

_PERMISSIONS = (
    *(Reader(PermissionSet, (type_,), aws.permissions, spelling) for type_, spelling in PERMISSIONS.items()),
    Reader(PermissionSet, (POLICIES.type,), aws.unattached, _POLICY_AT, always=False),
)
READERS = (
    *raising.beside(_PERMISSIONS),
    Reader(TrustPolicy, (ROLES.type,), aws.trust, aws.TrustAt(name="RoleName", document="AssumeRolePolicyDocument", path="Path")),
)
