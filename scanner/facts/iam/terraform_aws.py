"""IAM in Terraform: roles, users and groups with their policies. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role"""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam import aws, raising
from assay.scanner.facts.iam.entitlements import ITSELF, Part, PermissionsAt, PolicyLink, bounding
from assay.scanner.facts.iam.kinds import PermissionSet, TrustPolicy
from assay.scanner.facts.spelling import Link, Many, Referrer

_ATTACH_ALL = "aws_iam_policy_attachment"
_SORTS = ("role", "user", "group")
_POLICY = itemgetter("policy")


def _policy(path: str) -> PolicyLink:
    return PolicyLink(path, ("aws_iam_policy", "data.aws_iam_policy"), document=_POLICY)


_ARN, _ARNS, _BOUNDARY = _policy("policy_arn"), _policy("policy_arns"), _policy("permissions_boundary")


_NAMES = {"aws_iam_policy": "name"}


def _identity(sort: str, *policies: tuple[Part, Any], boundary: PolicyLink | None = None) -> PermissionsAt:
    """A role, a user or a group. An attachment of a policy to many identities at once names them in `roles`, `users`, `groups`."""
    separate = (
        (Many(f"aws_iam_{sort}_policy", sort), _POLICY),
        (Many(f"aws_iam_{sort}_policy_attachment", sort), _ARN),
        # It attaches what is missing: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy_attachments_exclusive
        (Many(f"aws_iam_{sort}_policy_attachments_exclusive", f"{sort}_name"), _ARNS),
        (Referrer(_ATTACH_ALL, f"{sort}s"), _ARN),
    )
    return PermissionsAt(name="name", names=("name",), policies=(*separate, *policies), boundary=boundary, path="path", managed=_NAMES)


PERMISSIONS = {
    "aws_iam_role": _identity("role", ("inline_policy", _POLICY), (ITSELF, _policy("managed_policy_arns")), boundary=_BOUNDARY),
    "aws_iam_user": _identity("user", boundary=_BOUNDARY),
    "aws_iam_group": _identity("group"),
}
"""Where roles, users and groups have their policies."""


def _unclaimed(sort: str) -> Iterator[Reader]:
    """What is for a role, a user or a group that is not known."""
    owner, owned = f"aws_iam_{sort}", ((f"aws_iam_{sort}_policy", sort, _POLICY), (f"aws_iam_{sort}_policy_attachment", sort, _ARN))
    for type_, path, told in (*owned, (f"aws_iam_{sort}_policy_attachments_exclusive", f"{sort}_name", _ARNS)):
        spelling = aws.UnclaimedAt(name="name", policies=((ITSELF, told),), owner=Link(path, (owner,)))
        yield Reader(PermissionSet, (type_,), aws.unclaimed, spelling, always=False)


_ITS_USERS = (
    *(Referrer(f"aws_iam_{sort}_policy_attachment", "policy_arn") for sort in _SORTS),
    *(Referrer(f"aws_iam_{sort}_policy_attachments_exclusive", "policy_arns") for sort in _SORTS),
    Referrer(_ATTACH_ALL, "policy_arn"),
    *(Referrer("aws_iam_role", path) for path in ("managed_policy_arns", "permissions_boundary")),
    Referrer("aws_iam_user", "permissions_boundary"),
)
_POLICY_AT = aws.PolicyAt(name="name", policies=((ITSELF, _POLICY),), users=_ITS_USERS, managed=_NAMES)
_ATTACHMENT_AT = aws.PolicyAt(
    name="name",
    policies=((ITSELF, _ARN),),
    owners=tuple(Link(f"{sort}s", (f"aws_iam_{sort}",)) for sort in _SORTS),
    identities=aws.identities({f"aws_iam_{sort}": "name" for sort in _SORTS}),
)
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ssoadmin_permission_set
# and, for the permissions boundary of one, …/resources/ssoadmin_permissions_boundary_attachment
_SSO_BOUNDARY = (
    bounding("aws_ssoadmin_permissions_boundary_attachment", "permission_set_arn"),
    _policy("permissions_boundary.managed_policy_arn"),
)
_SSO_INLINE_AT = PermissionsAt(
    name="permission_set_arn", policies=((ITSELF, itemgetter("inline_policy")),), attached_boundary=_SSO_BOUNDARY
)
_SSO_MANAGED_AT = PermissionsAt(
    name="permission_set_arn", policies=((ITSELF, _policy("managed_policy_arn")),), attached_boundary=_SSO_BOUNDARY
)
OTHERS = Link("", ("aws_iam_role", "aws_iam_user", "data.aws_iam_role", "data.aws_iam_user", "data.aws_caller_identity"))
"""The types of those whom a policy may name."""
PROVIDERS = Link("url", ("aws_iam_openid_connect_provider", "data.aws_iam_openid_connect_provider"))
"""Identity providers that a trust policy may refer to."""
_TRUST_AT = aws.TrustAt(
    name="name",
    document="assume_role_policy",
    path="path",
    providers=PROVIDERS,
    pools=Link("allow_unauthenticated_identities", ("aws_cognito_identity_pool",)),
    identities=OTHERS,
)

_PERMISSIONS = (
    *(Reader(PermissionSet, (type_,), aws.permissions, spelling) for type_, spelling in PERMISSIONS.items()),
    Reader(PermissionSet, ("aws_iam_policy",), aws.unattached, _POLICY_AT, always=False),
    *(reader for sort in _SORTS for reader in _unclaimed(sort)),
    Reader(PermissionSet, (_ATTACH_ALL,), aws.attached, _ATTACHMENT_AT, always=False),
    Reader(PermissionSet, ("aws_ssoadmin_permission_set_inline_policy",), aws.permissions, _SSO_INLINE_AT),
    Reader(PermissionSet, ("aws_ssoadmin_managed_policy_attachment",), aws.permissions, _SSO_MANAGED_AT),
)
READERS = (
    *raising.beside(_PERMISSIONS),
    Reader(TrustPolicy, ("aws_iam_role",), aws.trust, _TRUST_AT),
)
