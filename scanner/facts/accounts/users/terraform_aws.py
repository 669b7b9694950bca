"""Users in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_user_login_profile"""

from __future__ import annotations

from assay.scanner.facts.accounts.users.aws import UserAt, user
from assay.scanner.facts.accounts.users.kinds import UserAccess
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import One

READERS = (
    Reader(UserAccess, ("aws_iam_user",), user, UserAt(name="name", names=("name",), profile=One("aws_iam_user_login_profile", "user"))),
)
