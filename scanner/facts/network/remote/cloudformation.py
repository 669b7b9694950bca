"""Security groups, network ACLs and Client VPN as ways in, in CloudFormation."""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.cloudformation import GROUP_RULES, GROUPS
from assay.scanner.facts.network.remote.acls import AclAt, network_acl
from assay.scanner.facts.network.remote.client_vpn import ClientVpnAt, client_vpn
from assay.scanner.facts.network.remote.clusters import ClusterApiAt, cluster_api
from assay.scanner.facts.network.remote.filters import of_group, port_filter, remote_access
from assay.scanner.facts.network.remote.kinds import PortFilter, RemoteAccess
from assay.scanner.facts.spelling import Many

READERS = (
    Reader(PortFilter, GROUPS, of_group(port_filter), GROUP_RULES),
    Reader(RemoteAccess, GROUPS, of_group(remote_access), GROUP_RULES),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-networkaclentry.html
    Reader(
        PortFilter,
        ("AWS::EC2::NetworkAcl",),
        network_acl,
        AclAt(
            rules=(Many("AWS::EC2::NetworkAclEntry", "NetworkAclId", generated=(("AWS::EC2::NetworkAcl", "NetworkAclId"),)),),
        ),
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-clientvpnendpoint.html
    Reader(
        RemoteAccess,
        ("AWS::EC2::ClientVpnEndpoint",),
        client_vpn,
        ClientVpnAt(
            name="Description",
            authentication="AuthenticationOptions",
            logged="ConnectionLogOptions.Enabled",
            rules=Many(
                "AWS::EC2::ClientVpnAuthorizationRule",
                "ClientVpnEndpointId",
                generated=(("AWS::EC2::ClientVpnEndpoint", "ClientVpnEndpointId"),),
            ),
            network="TargetNetworkCidr",
            everyone="AuthorizeAllGroups",
            group="AccessGroupId",
        ),
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-eks-cluster.html
    Reader(
        RemoteAccess,
        ("AWS::EKS::Cluster",),
        cluster_api,
        ClusterApiAt(name="Name", public="ResourcesVpcConfig.EndpointPublicAccess", ranges="ResourcesVpcConfig.PublicAccessCidrs"),
    ),
)
