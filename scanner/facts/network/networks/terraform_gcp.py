"""Flow logs and DNS policies of networks in Terraform for Google Cloud.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_subnetwork
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.networks.google import NetworkAt, SubnetworkAt, network, of_networks, subnetwork
from assay.scanner.facts.network.networks.kinds import TrafficRecord
from assay.scanner.facts.spelling import Fixed, Link, Referrer

_CONFIG = "google_network_management_vpc_flow_logs_config"
_OF_NETWORK = Referrer(_CONFIG, "network")
_NAMES = ("name", "id", "self_link")

READERS = (
    Reader(
        TrafficRecord,
        ("google_compute_subnetwork",),
        subnetwork,
        SubnetworkAt(
            names=_NAMES,
            block="log_config",
            flow_sampling="log_config.flow_sampling",
            filter="log_config.filter_expr",
            network=Link("network", ("google_compute_network",)),
            of_subnet=Referrer(_CONFIG, "subnet"),
            of_network=_OF_NETWORK,
            sampling="flow_sampling",
        ),
    ),
    Reader(
        TrafficRecord,
        ("google_compute_network",),
        network,
        NetworkAt(
            names=_NAMES,
            # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_network#auto_create_subnetworks-1
            automatic=("auto_create_subnetworks", Fixed(True)),
            policies=of_networks("network_url", "google_dns_policy"),
            logs="enable_logging",
            of_network=_OF_NETWORK,
            sampling="flow_sampling",
        ),
    ),
)
