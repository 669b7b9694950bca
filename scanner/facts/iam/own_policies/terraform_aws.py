"""Policies of users in Terraform.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_user_policy, .../iam_user_policy_attachment,
.../iam_policy_attachment, .../iam_user_policies_exclusive, .../iam_user_policy_attachments_exclusive
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam import aws
from assay.scanner.facts.iam.entitlements import ITSELF
from assay.scanner.facts.iam.own_policies.aws import Given, SharedAt, UnclaimedAt, UserAt, shared, unclaimed, user
from assay.scanner.facts.iam.own_policies.kinds import UserPolicies
from assay.scanner.facts.spelling import Link, Many, Referrer

_USER, _ATTACH_ALL = "aws_iam_user", "aws_iam_policy_attachment"
# Type, where it names the user, and what it gives. A list of all that a user may have stands for what is there, too.
_OF_USERS = (
    ("aws_iam_user_policy", "user", Given(ITSELF, "name")),
    ("aws_iam_user_policy_attachment", "user", Given(ITSELF, "policy_arn")),
    ("aws_iam_user_policies_exclusive", "user_name", Given(ITSELF, "policy_names", listed=True)),
    ("aws_iam_user_policy_attachments_exclusive", "user_name", Given(ITSELF, "policy_arns", listed=True)),
)
_GIVEN = (
    *(Given(Many(type_, owner), given.named, given.listed) for type_, owner, given in _OF_USERS),
    Given(Referrer(_ATTACH_ALL, "users"), "policy_arn"),
)

READERS = (
    Reader(UserPolicies, (_USER,), user, UserAt(name="name", names=("name",), given=_GIVEN)),
    *(
        Reader(
            UserPolicies,
            (type_,),
            unclaimed,
            UnclaimedAt(name=owner, policies=(), owner=Link(owner, (_USER,)), given=given),
            always=False,
        )
        for type_, owner, given in _OF_USERS
    ),
    Reader(
        UserPolicies,
        (_ATTACH_ALL,),
        shared,
        SharedAt(
            name="name",
            policies=(),
            owners=(Link("users", (_USER,)),),
            identities=aws.identities({_USER: "name"}),
            given=Given(ITSELF, "policy_arn"),
        ),
        always=False,
    ),
)
