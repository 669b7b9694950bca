"""Google's firewall rules and policies as ways in, by their REST resources."""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.google_api import FIREWALL, POLICIES, POLICY
from assay.scanner.facts.network.remote.filters import of_policy, of_rule, port_filter, remote_access
from assay.scanner.facts.network.remote.kinds import PortFilter, RemoteAccess

_KINDS = ((PortFilter, port_filter), (RemoteAccess, remote_access))

READERS = (
    *(Reader(kind, ("compute.googleapis.com/Firewall",), of_rule(told), FIREWALL, always=False) for kind, told in _KINDS),
    *(Reader(kind, POLICIES, of_policy(told), POLICY, always=False) for kind, told in _KINDS),
)
