"""Flow logs and DNS policies of networks by their REST resources.

https://cloud.google.com/compute/docs/reference/rest/v1/subnetworks, https://cloud.google.com/dns/docs/reference/rest/v1/policies
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.networks.google import NetworkAt, SubnetworkAt, network, of_networks, subnetwork
from assay.scanner.facts.network.networks.kinds import TrafficRecord
from assay.scanner.facts.spelling import Link, Referrer

_NETWORK = "compute.googleapis.com/Network"
_CONFIG = "networkmanagement.googleapis.com/VpcFlowLogsConfig"
_OF_NETWORK = Referrer(_CONFIG, "network")

READERS = (
    Reader(
        TrafficRecord,
        ("compute.googleapis.com/Subnetwork",),
        subnetwork,
        SubnetworkAt(network=Link("network", (_NETWORK,)), of_subnet=Referrer(_CONFIG, "subnet"), of_network=_OF_NETWORK),
    ),
    Reader(
        TrafficRecord,
        (_NETWORK,),
        network,
        # Config Connector names a network by `networkRef`.
        NetworkAt(policies=of_networks("networkUrl|network", "dns.googleapis.com/Policy"), of_network=_OF_NETWORK),
    ),
)
