"""Workload identity federation by its REST resources."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.bindings import OWN, SCOPES, google_policy_bindings
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Contribution
from assay.scanner.facts.supply import google, pools
from assay.scanner.facts.supply.kinds import Federation
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown

_ACTING = ("iam.googleapis.com/ServiceAccount", SCOPES[0])
"""Where bindings let identities of a pool act as a service account: what is not known of them matters."""
_USED = (*SCOPES[1:], "storage.googleapis.com/Bucket", "secretmanager.googleapis.com/Secret", "cloudkms.googleapis.com/CryptoKey")
"""Where they let them use a resource without one."""


def _members(item: Item) -> Iterator[tuple[Hashable, Any]]:
    bindings = google_policy_bindings(item[OWN])
    if item.type in _USED:
        bindings = [binding for binding in bindings if not isinstance(binding, Unknown)]
    return pools.members(bindings)


MEMBERS = Contribution(types=(*_ACTING, *_USED), records=_members, name="google.federated-members")
_AT = google.ProviderAt(
    condition="attributeCondition",
    mapping="attributeMapping",
    issuer="oidc.issuerUri",
    audiences="oidc.allowedAudiences",
    state="state",
    pool="name",
    members=MEMBERS,
)

READERS = (Reader(Federation, ("iam.googleapis.com/WorkloadIdentityPoolProvider",), google.federation, _AT, always=False),)
