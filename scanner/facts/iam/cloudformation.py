"""IAM in CloudFormation: roles, users and groups with their policies.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam import aws, raising
from assay.scanner.facts.iam.entitlements import ITSELF, Part, PermissionsAt, PolicyLink
from assay.scanner.facts.iam.kinds import PermissionSet, TrustPolicy
from assay.scanner.facts.policies import MISSING
from assay.scanner.facts.spelling import Fixed, Link, Many, Referrer

_POLICY, _MANAGED = "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"
_SORTS = ("Role", "User", "Group")
_DOCUMENT = itemgetter(("PolicyDocument", Fixed(MISSING)))
_OWNERS = tuple(Link(f"{sort}s", (f"AWS::IAM::{sort}",)) for sort in _SORTS)
_IDENTITIES = aws.identities({f"AWS::IAM::{sort}": f"{sort}Name" for sort in _SORTS})


def _policy(path: str) -> PolicyLink:
    return PolicyLink(path, (_MANAGED,), document=_DOCUMENT)


_NAMES = {_MANAGED: "ManagedPolicyName"}


def _identity(sort: str) -> PermissionsAt:
    """A role, a user or a group. Policies of their own list the identities that they are for in `Roles`, `Users`, `Groups`."""
    name, listed = f"{sort}Name", f"{sort}s"
    parts: list[Part] = [Many(f"AWS::IAM::{sort}Policy", name), Referrer(_POLICY, listed), Referrer(_MANAGED, listed), "Policies"]
    policies: tuple[tuple[Part, Any], ...] = (*((part, _DOCUMENT) for part in parts), (ITSELF, _policy("ManagedPolicyArns")))
    return PermissionsAt(name=name, names=(name,), policies=policies, boundary=_policy("PermissionsBoundary"), path="Path", managed=_NAMES)


PERMISSIONS = {f"AWS::IAM::{sort}": _identity(sort) for sort in _SORTS}
"""Where roles, users and groups have their policies."""


_USERS = tuple(Referrer(f"AWS::IAM::{sort}", path) for sort in _SORTS for path in ("ManagedPolicyArns", "PermissionsBoundary"))
_ITS_DOCUMENT = ((ITSELF, _DOCUMENT),)
_POLICY_AT = aws.PolicyAt(name="PolicyName", policies=_ITS_DOCUMENT, owners=_OWNERS, identities=_IDENTITIES)
_MANAGED_AT = aws.PolicyAt(
    name="ManagedPolicyName", policies=_ITS_DOCUMENT, owners=_OWNERS, identities=_IDENTITIES, users=_USERS, managed=_NAMES
)
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sso-permissionset.html
_SSO_AT = PermissionsAt(
    name="Name",
    policies=(
        (ITSELF, itemgetter("InlinePolicy")),
        (ITSELF, _policy("ManagedPolicies")),
        ("CustomerManagedPolicyReferences", _policy("Name")),  # a policy that every account has under this name
    ),
    boundary=_policy("PermissionsBoundary.ManagedPolicyArn|PermissionsBoundary.CustomerManagedPolicyReference.Name"),
)
PROVIDERS = Link("Url", ("AWS::IAM::OIDCProvider", "Custom::AWSCDKOpenIdConnectProvider"))
"""Identity providers that a trust policy may refer to."""
_TRUST_AT = aws.TrustAt(
    name="RoleName",
    document=("AssumeRolePolicyDocument", Fixed(MISSING)),
    path="Path",
    providers=PROVIDERS,
    pools=Link("AllowUnauthenticatedIdentities", ("AWS::Cognito::IdentityPool",)),
)


def _unclaimed(sort: str) -> Reader:
    """The policy of a role, a user or a group that is not known."""
    owner = Link(f"{sort}Name", (f"AWS::IAM::{sort}",))
    spelling = aws.UnclaimedAt(name="PolicyName", policies=_ITS_DOCUMENT, owner=owner)
    return Reader(PermissionSet, (f"AWS::IAM::{sort}Policy",), aws.unclaimed, spelling, always=False)


_PERMISSIONS = (
    *(Reader(PermissionSet, (type_,), aws.permissions, spelling) for type_, spelling in PERMISSIONS.items()),
    *(_unclaimed(sort) for sort in _SORTS),
    Reader(PermissionSet, (_POLICY,), aws.unattached, _POLICY_AT, always=False),
    Reader(PermissionSet, (_MANAGED,), aws.unattached, _MANAGED_AT, always=False),
    Reader(PermissionSet, ("AWS::SSO::PermissionSet",), aws.permissions, _SSO_AT),
)
READERS = (
    *raising.beside(_PERMISSIONS),
    Reader(TrustPolicy, ("AWS::IAM::Role",), aws.trust, _TRUST_AT),
)
