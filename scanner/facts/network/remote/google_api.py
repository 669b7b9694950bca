"""Google's firewall rules and policies as ways in, by their REST resources."""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.google_api import FIREWALL, POLICIES, POLICY
from assay.scanner.facts.network.remote.clusters import ControlPlaneAt, control_plane
from assay.scanner.facts.network.remote.filters import of_policy, of_rule, port_filter, remote_access
from assay.scanner.facts.network.remote.kinds import PortFilter, RemoteAccess

_KINDS = ((PortFilter, port_filter), (RemoteAccess, remote_access))

_IP, _DNS = "controlPlaneEndpointsConfig.ipEndpointsConfig", "controlPlaneEndpointsConfig.dnsEndpointConfig"
_NETWORKS = ("masterAuthorizedNetworksConfig", f"{_IP}.authorizedNetworksConfig")


def _either(*paths: str) -> str:
    """Some paths of a cluster, which Deployment Manager has inside of the request."""
    return "|".join((*paths, *(f"cluster.{path}" for path in paths)))


# https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters. In Config Connector, as in Terraform, the
# object alone means that it is enabled: https://cloud.google.com/config-connector/docs/reference/resource-docs/container/containercluster
CONTROL_PLANE = ControlPlaneAt(
    name="name",
    by_address=_either(f"{_IP}.enabled"),
    public=_either(f"{_IP}.enablePublicEndpoint"),
    private=_either("privateClusterConfig.enablePrivateEndpoint"),
    limited=(_either(*(f"{path}.enabled" for path in _NETWORKS)), "#has:masterAuthorizedNetworksConfig"),
    ranges=tuple(f"{below}{path}.cidrBlocks[].cidrBlock" for below in ("", "cluster.") for path in _NETWORKS),
    google=_either(*(f"{path}.gcpPublicCidrsAccessEnabled" for path in _NETWORKS)),
    nodes=_either("privateClusterConfig.enablePrivateNodes", "networkConfig.defaultEnablePrivateNodes"),
    by_name=_either(f"{_DNS}.allowExternalTraffic"),
)

READERS = (
    Reader(RemoteAccess, ("container.googleapis.com/Cluster",), control_plane, CONTROL_PLANE),
    *(Reader(kind, ("compute.googleapis.com/Firewall",), of_rule(told), FIREWALL, always=False) for kind, told in _KINDS),
    *(Reader(kind, POLICIES, of_policy(told), POLICY, always=False) for kind, told in _KINDS),
)
