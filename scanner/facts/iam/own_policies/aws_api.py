"""Policies of users in the live account. https://docs.aws.amazon.com/IAM/latest/APIReference/API_UserDetail.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.aws_api import USERS
from assay.scanner.facts.iam.own_policies.aws import Given, UserAt, user
from assay.scanner.facts.iam.own_policies.kinds import UserPolicies

_GIVEN = (Given("UserPolicyList", "PolicyName"), Given("AttachedManagedPolicies", "PolicyArn"))

READERS = (Reader(UserPolicies, (USERS.type,), user, UserAt(name="UserName", names=("UserName",), given=_GIVEN)),)
