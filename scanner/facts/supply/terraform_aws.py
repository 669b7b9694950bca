"""Roles that CI systems assume, in Terraform.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_openid_connect_provider
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Link
from assay.scanner.facts.supply import federation
from assay.scanner.facts.supply.kinds import Federation

_PROVIDERS = ("aws_iam_openid_connect_provider", "data.aws_iam_openid_connect_provider")

_AT = federation.FederatedRoleAt(name="name", document="assume_role_policy", providers=Link("url", _PROVIDERS))

READERS = (Reader(Federation, ("aws_iam_role",), federation.federation, _AT, always=False),)
