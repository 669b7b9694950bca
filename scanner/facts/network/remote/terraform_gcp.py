"""Google's firewall rules and policies as ways in, in Terraform."""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.remote.clusters import ControlPlaneAt, control_plane
from assay.scanner.facts.network.remote.filters import of_policy, of_rule, port_filter, remote_access
from assay.scanner.facts.network.remote.kinds import PortFilter, RemoteAccess
from assay.scanner.facts.network.terraform_gcp import FIREWALL, POLICIES_WITH_RULES, POLICY, POLICY_WITH_RULES

_KINDS = ((PortFilter, port_filter), (RemoteAccess, remote_access))

# https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/container_cluster
CONTROL_PLANE = ControlPlaneAt(
    name="name",
    by_address="control_plane_endpoints_config.ip_endpoints_config.enabled",
    private="private_cluster_config.enable_private_endpoint",
    written="master_authorized_networks_config",
    ranges=("master_authorized_networks_config.cidr_blocks[].cidr_block",),
    google="master_authorized_networks_config.gcp_public_cidrs_access_enabled",
    nodes="private_cluster_config.enable_private_nodes",
    by_name="control_plane_endpoints_config.dns_endpoint_config.allow_external_traffic",
)

READERS = (
    Reader(RemoteAccess, ("google_container_cluster",), control_plane, CONTROL_PLANE),
    *(Reader(kind, ("google_compute_firewall",), of_rule(told), FIREWALL, always=False) for kind, told in _KINDS),
    *(Reader(kind, (type_,), of_policy(told), policy) for kind, told in _KINDS for type_, policy in POLICY.items()),
    *(Reader(kind, POLICIES_WITH_RULES, of_policy(told), POLICY_WITH_RULES) for kind, told in _KINDS),
)
