"""Workload identity federation in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/iam_workload_identity_pool_provider
"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.google_iam import node_bindings
from assay.scanner.facts.supply import google
from assay.scanner.facts.supply.kinds import Federation
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Reference, Text, Unknown

_BINDINGS = tuple(f"google_service_account_iam_{part}" for part in ("member", "binding", "policy"))


@reads("google_iam_workload_identity_pool_provider", companions=_BINDINGS)
def provider(item: Item, stack: Stack) -> Federation | None:
    if item["disabled"].default(False).truth().data is True or any(item.blocks(other)[0] for other in ("aws", "saml", "x509")):
        return None
    who = identity(item, name=item["workload_identity_pool_provider_id"])
    return google.federation(who, item["attribute_condition"], item["oidc.allowed_audiences"], _members(item, stack))


def _members(item: Item, stack: Stack) -> list[Any]:
    """For every binding in the code that lets identities of the provider's pool act: whether it names a repository."""
    pool = item.link("workload_identity_pool_id").data
    return [
        google.names_repository(binding.member)
        for type_ in _BINDINGS
        for node in stack.of(type_)
        for binding in node_bindings(type_, node)
        if not isinstance(binding, Unknown) and _names_pool(binding.member, pool)
    ]


def _names_pool(member: Any, pool: Any) -> bool:
    if isinstance(member, Text) and isinstance(pool, Reference):
        return any(isinstance(part, Reference) and part.address == pool.address for part in member.parts)
    return isinstance(pool, str) and f"/workloadIdentityPools/{pool}/" in google.flat(member)
