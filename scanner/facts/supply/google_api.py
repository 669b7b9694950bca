"""Workload identity federation by its REST resources."""

from __future__ import annotations

from assay.scanner.facts.bindings import OWN, SCOPES, google_policy_bindings
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Contribution
from assay.scanner.facts.supply import google
from assay.scanner.facts.supply.kinds import Federation

MEMBERS = Contribution(
    types=("iam.googleapis.com/ServiceAccount", SCOPES[0]),  # where bindings let identities of a pool act
    records=lambda item: google.members(google_policy_bindings(item[OWN])),
    name="google.federated-members",
)
_AT = google.ProviderAt(condition="attributeCondition", audiences="oidc.allowedAudiences", state="state", pool="name", members=MEMBERS)

READERS = (Reader(Federation, ("iam.googleapis.com/WorkloadIdentityPoolProvider",), google.federation, _AT, always=False),)
