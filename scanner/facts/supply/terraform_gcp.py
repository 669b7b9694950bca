"""Workload identity federation in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/iam_workload_identity_pool_provider
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.bindings import PARTS, companion_bindings
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Index, Link
from assay.scanner.facts.supply import google, pools
from assay.scanner.facts.supply.kinds import Federation
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown

_POOL = "google_iam_workload_identity_pool"
# Where bindings let identities of a pool act as a service account, or use a resource without one.
_BOUND = (
    "service_account", "project", "folder", "organization", "storage_bucket", "secret_manager_secret", "kms_crypto_key", "kms_key_ring",
    "artifact_registry_repository", "cloud_run_service", "cloud_run_v2_service", "pubsub_topic", "pubsub_subscription",
)  # fmt: skip


def _members(item: Item) -> Iterator[tuple[Hashable, Any]]:
    bindings = companion_bindings(item.type, item)
    if not item.type.startswith("google_service_account_iam_"):
        # Where members of other resources are not known at all, nothing says that they are of a pool.
        bindings = [binding for binding in bindings if not isinstance(binding, Unknown)]
    return pools.members(bindings)


_AT = google.ProviderAt(
    name="workload_identity_pool_provider_id",
    condition="attribute_condition",
    mapping="attribute_mapping",
    issuer="oidc.issuer_uri",
    audiences="oidc.allowed_audiences",
    pool=Link("workload_identity_pool_id", (_POOL, f"data.{_POOL}")),
    pools=Index((_POOL,), pools.by_id),
    members=Index(tuple(f"google_{of}_iam_{part}" for of in _BOUND for part in PARTS), _members),
)

READERS = (Reader(Federation, ("google_iam_workload_identity_pool_provider",), google.federation, _AT, always=False),)
