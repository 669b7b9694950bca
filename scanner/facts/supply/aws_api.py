"""Roles that CI systems assume, in the live account."""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.aws_api import ROLES
from assay.scanner.facts.supply import federation
from assay.scanner.facts.supply.kinds import Federation

LISTINGS = ()

_AT = federation.FederatedRoleAt(name="RoleName", document="AssumeRolePolicyDocument")

READERS = (Reader(Federation, (ROLES.type,), federation.federation, _AT, always=False),)
