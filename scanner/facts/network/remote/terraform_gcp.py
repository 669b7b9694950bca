"""Google's firewall rules and policies as ways in, in Terraform."""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.remote.filters import of_policy, of_rule, port_filter, remote_access
from assay.scanner.facts.network.remote.kinds import PortFilter, RemoteAccess
from assay.scanner.facts.network.terraform_gcp import FIREWALL, POLICIES_WITH_RULES, POLICY, POLICY_WITH_RULES

_KINDS = ((PortFilter, port_filter), (RemoteAccess, remote_access))

READERS = (
    *(Reader(kind, ("google_compute_firewall",), of_rule(told), FIREWALL, always=False) for kind, told in _KINDS),
    *(Reader(kind, (type_,), of_policy(told), policy) for kind, told in _KINDS for type_, policy in POLICY.items()),
    *(Reader(kind, POLICIES_WITH_RULES, of_policy(told), POLICY_WITH_RULES) for kind, told in _KINDS),
)
