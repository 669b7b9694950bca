"""Workload identity federation in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/iam_workload_identity_pool_provider
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.bindings import PARTS, companion_bindings
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Index, Link
from assay.scanner.facts.supply import google
from assay.scanner.facts.supply.kinds import Federation
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Unknown


def _members(item: Item) -> Iterator[tuple[Hashable, Any]]:
    # Where members are not known, nothing says that they are of a pool.
    return google.members(binding for binding in companion_bindings(item.type, item) if not isinstance(binding, Unknown))


_AT = google.ProviderAt(
    name="workload_identity_pool_provider_id",
    condition="attribute_condition",
    audiences="oidc.allowed_audiences",
    pool=Link("workload_identity_pool_id", ("google_iam_workload_identity_pool",)),
    members=Index(tuple(f"google_service_account_iam_{part}" for part in PARTS), _members),
)

READERS = (Reader(Federation, ("google_iam_workload_identity_pool_provider",), google.federation, _AT, always=False),)
