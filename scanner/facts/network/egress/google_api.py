"""What the firewall of a network lets out, by its REST resource. https://cloud.google.com/compute/docs/reference/rest/v1/networks"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network import address_groups
from assay.scanner.facts.network.egress.kinds import Egress
from assay.scanner.facts.network.egress.networks import EgressNetworkAt, associated, by_network, network
from assay.scanner.facts.network.google_api import FIREWALL
from assay.scanner.facts.spelling import Many

_COMPUTE = "compute.googleapis.com"

READERS = (
    Reader(
        Egress,
        (f"{_COMPUTE}/Network",),
        network,
        EgressNetworkAt(
            firewalls=Many(f"{_COMPUTE}/Firewall", "network"),
            firewall=FIREWALL,
            policies=associated(f"{_COMPUTE}/NetworkFirewallPolicy"),
            rules="rules",
            groups=address_groups.ASSETS,
            subnets=by_network("network", "stackType", f"{_COMPUTE}/Subnetwork"),
        ),
        always=False,
    ),
)
