"""Policies of users in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-user.html, .../aws-resource-iam-userpolicy.html,
.../aws-resource-iam-policy.html, .../aws-resource-iam-managedpolicy.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam import aws
from assay.scanner.facts.iam.entitlements import ITSELF
from assay.scanner.facts.iam.own_policies.aws import Given, SharedAt, UnclaimedAt, UserAt, shared, unclaimed, user
from assay.scanner.facts.iam.own_policies.kinds import UserPolicies
from assay.scanner.facts.spelling import Link, Many, Referrer

_USER, _USER_POLICY = "AWS::IAM::User", "AWS::IAM::UserPolicy"
_SHARED = {"AWS::IAM::Policy": "PolicyName", "AWS::IAM::ManagedPolicy": "ManagedPolicyName"}
"""Policies that list whom they are for, with the path of their name."""
_GIVEN = (
    Given("Policies", "PolicyName"),
    Given(ITSELF, "ManagedPolicyArns", listed=True),
    Given(Many(_USER_POLICY, "UserName"), "PolicyName"),
    *(Given(Referrer(type_, "Users"), name) for type_, name in _SHARED.items()),
)

READERS = (
    Reader(UserPolicies, (_USER,), user, UserAt(name="UserName", names=("UserName",), given=_GIVEN)),
    Reader(
        UserPolicies,
        (_USER_POLICY,),
        unclaimed,
        UnclaimedAt(name="PolicyName", policies=(), owner=Link("UserName", (_USER,)), given=Given(ITSELF, "PolicyName")),
        always=False,
    ),
    *(
        Reader(
            UserPolicies,
            (type_,),
            shared,
            SharedAt(
                name=name,
                policies=(),
                owners=(Link("Users", (_USER,)),),
                identities=aws.identities({_USER: "UserName"}),
                given=Given(ITSELF, name),
            ),
            always=False,
        )
        for type_, name in _SHARED.items()
    ),
)
