"""Roles that CI systems assume, in the live account. A principal is the ARN of its provider, which ends in the issuer's URL."""

from __future__ import annotations

from assay.scanner.facts.base import Stack, reads
from assay.scanner.facts.iam.aws_api import ROLES
from assay.scanner.facts.supply.federation import federation
from assay.scanner.facts.supply.kinds import Federation
from assay.scanner.sources.interface import Item


@reads(ROLES.type)
def role(item: Item, stack: Stack) -> Federation | None:
    return federation(item, item["AssumeRolePolicyDocument"], stack, item["RoleName"])
