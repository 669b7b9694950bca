"""Users in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-user.html"""

from __future__ import annotations

from assay.scanner.facts.accounts.users.aws import UserAt, user
from assay.scanner.facts.accounts.users.kinds import UserAccess
from assay.scanner.facts.catalogue import Reader

READERS = (Reader(UserAccess, ("AWS::IAM::User",), user, UserAt(name="UserName", profile="LoginProfile")),)
