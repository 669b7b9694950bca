"""Roles that CI systems assume, in Terraform."""

from __future__ import annotations

from assay.scanner.facts.base import Stack, reads
from assay.scanner.facts.supply.federation import federation
from assay.scanner.facts.supply.kinds import Federation
from assay.scanner.sources.interface import Item


@reads("aws_iam_role", companions=("aws_iam_openid_connect_provider",))
def role(item: Item, stack: Stack) -> Federation | None:
    return federation(item, item["assume_role_policy"], stack, item["name"])
