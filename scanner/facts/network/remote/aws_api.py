"""Security groups, network ACLs and Client VPN as ways in, in the live account."""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.aws_api import EKS_CLUSTERS
from assay.scanner.facts.network import aws_config
from assay.scanner.facts.network.aws_api import GROUP_RULES, GROUPS, of_ec2
from assay.scanner.facts.network.remote.acls import AclAt, network_acl
from assay.scanner.facts.network.remote.client_vpn import ClientVpnAt, client_vpn
from assay.scanner.facts.network.remote.clusters import ClusterApiAt, cluster_api
from assay.scanner.facts.network.remote.filters import of_group, port_filter, remote_access
from assay.scanner.facts.network.remote.kinds import PortFilter, RemoteAccess
from assay.scanner.facts.spelling import Referrer
from assay.scanner.sources.aws.calls import Call, Listing

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html
ACLS = of_ec2("network_acl", "NetworkAcls", "network-acl/{NetworkAclId}", recorded=aws_config.NETWORK_ACL)
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeClientVpnEndpoints.html
ENDPOINTS = of_ec2(
    "client_vpn_endpoint",
    "ClientVpnEndpoints",
    "client-vpn-endpoint/{ClientVpnEndpointId}",
    gone=("InvalidClientVpnEndpointId.NotFound",),
)
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeClientVpnAuthorizationRules.html
AUTHORIZATIONS = Listing(
    "ec2.client_vpn_authorization",
    Call("ec2", "DescribeClientVpnAuthorizationRules", (("ClientVpnEndpointId", "ClientVpnEndpointId"),), page_size=1000),
    entries="AuthorizationRules",
    id="{ClientVpnEndpointId} {DestinationCidr} {GroupId}",
    parent=ENDPOINTS.type,
)
LISTINGS = (ACLS, ENDPOINTS, AUTHORIZATIONS)
_NETWORK = "describe_cluster.cluster.resourcesVpcConfig"

READERS = (
    Reader(PortFilter, (GROUPS.type,), of_group(port_filter), GROUP_RULES),
    Reader(RemoteAccess, (GROUPS.type,), of_group(remote_access), GROUP_RULES),
    Reader(
        PortFilter,
        (ACLS.type,),
        network_acl,
        AclAt(
            name="NetworkAclId",
            rules=("Entries",),
        ),
    ),
    Reader(
        RemoteAccess,
        (ENDPOINTS.type,),
        client_vpn,
        ClientVpnAt(
            name="ClientVpnEndpointId",
            names=("ClientVpnEndpointId",),
            authentication="AuthenticationOptions",
            logged="ConnectionLogOptions.Enabled",
            rules=Referrer(AUTHORIZATIONS.type, "ClientVpnEndpointId"),
            network="DestinationCidr",
            everyone="AccessAll",
            group="GroupId",
        ),
    ),
    # https://docs.aws.amazon.com/eks/latest/APIReference/API_VpcConfigResponse.html
    Reader(
        RemoteAccess,
        (EKS_CLUSTERS.type,),
        cluster_api,
        ClusterApiAt(name="value", public=f"{_NETWORK}.endpointPublicAccess", ranges=f"{_NETWORK}.publicAccessCidrs"),
    ),
)
