"""Workload identity federation by its REST resources.

https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers
"""

from __future__ import annotations

import re
from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.google_assets import named, own_bindings
from assay.scanner.facts.supply import google
from assay.scanner.facts.supply.kinds import Federation
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Unknown

# Where bindings let identities of a pool act: as a service account, or directly on the project.
_BOUND = ("iam.googleapis.com/ServiceAccount", "cloudresourcemanager.googleapis.com/Project")
_POOL = re.compile(r"projects/([^/]+)/locations/[^/]+/workloadIdentityPools/([^/]+)/")


@reads("iam.googleapis.com/WorkloadIdentityPoolProvider", companions=_BOUND)
def provider(item: Item, stack: Stack) -> Federation | None:
    gone = item["disabled"].default(False).truth().data is True or item["state"].equals("DELETED").data is True
    if gone or any(not item[other].absent for other in ("aws", "saml", "x509")):
        return None
    return google.federation(
        identity(item, name=named(item)), item["attributeCondition"], item["oidc.allowedAudiences"], _members(item, stack)
    )


def _members(item: Item, stack: Stack) -> list[Any]:
    """For every binding that lets identities of the provider's pool in: whether it names a repository."""
    name = item["name"].data
    pool = _POOL.search(name if isinstance(name, str) else item.address)
    return [
        member if isinstance(member, Unknown) else google.names_repository(member)
        for member in _federated(stack)
        if isinstance(member, Unknown) or (pool and _same(_POOL.search(member), pool))
    ]


def _federated(stack: Stack) -> list[Any]:
    """All members that are identities of a pool, and why there may be more of them."""
    if "federated members" not in stack.shared:
        found: dict[Any, None] = {}
        for holder in stack.everywhere(*_BOUND):
            for binding in own_bindings(holder):
                if isinstance(binding, Unknown):
                    found.setdefault(binding)
                elif isinstance(binding.member, str) and "/workloadIdentityPools/" in binding.member:
                    found.setdefault(binding.member)
        stack.shared["federated members"] = list(found)
    held: list[Any] = stack.shared["federated members"]
    return held


def _same(member: re.Match[str] | None, pool: re.Match[str]) -> bool:
    """Whether two names mean one pool; the project may stand there by its id or by its number."""
    if member is None or member[2] != pool[2]:
        return False
    return member[1] == pool[1] or member[1].isdecimal() != pool[1].isdecimal()
