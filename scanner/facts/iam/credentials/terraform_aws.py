"""Access keys in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_access_key"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.credentials.aws import AccessKeyAt, access_key
from assay.scanner.facts.iam.credentials.kinds import StaticCredential

READERS = (Reader(StaticCredential, ("aws_iam_access_key",), access_key, AccessKeyAt(name="user", status="status")),)
