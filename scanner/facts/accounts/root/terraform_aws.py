"""Access keys in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_access_key"""

from __future__ import annotations

from assay.scanner.facts.accounts.root.aws import AccessKeyAt, access_key
from assay.scanner.facts.accounts.root.kinds import RootKeys
from assay.scanner.facts.catalogue import Reader

READERS = (Reader(RootKeys, ("aws_iam_access_key",), access_key, AccessKeyAt(user="user")),)
