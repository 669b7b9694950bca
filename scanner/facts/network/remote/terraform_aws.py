"""Security groups, network ACLs and Client VPN as ways in, in Terraform."""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.remote.acls import AclAt, network_acl
from assay.scanner.facts.network.remote.client_vpn import ClientVpnAt, client_vpn
from assay.scanner.facts.network.remote.clusters import ClusterApiAt, cluster_api
from assay.scanner.facts.network.remote.filters import of_group, port_filter, remote_access
from assay.scanner.facts.network.remote.kinds import PortFilter, RemoteAccess
from assay.scanner.facts.network.terraform_aws import GROUP_RULES, GROUPS
from assay.scanner.facts.spelling import Many

_NAME = "tags.Name"

READERS = (
    Reader(PortFilter, GROUPS, of_group(port_filter), GROUP_RULES),
    Reader(RemoteAccess, GROUPS, of_group(remote_access), GROUP_RULES),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/network_acl, …/network_acl_rule
    Reader(
        PortFilter,
        ("aws_network_acl", "aws_default_network_acl"),
        network_acl,
        AclAt(
            name=_NAME,
            rules=("ingress", Many("aws_network_acl_rule", "network_acl_id", generated=(("aws_network_acl", "network_acl_id"),))),
            egress="egress",
            number="rule_no|rule_number",
            action="action|rule_action",
            protocol="protocol",
            ranges=("cidr_block", "ipv6_cidr_block"),
            from_port="from_port",
            to_port="to_port",
        ),
    ),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ec2_client_vpn_endpoint and …_authorization_rule
    Reader(
        RemoteAccess,
        ("aws_ec2_client_vpn_endpoint",),
        client_vpn,
        ClientVpnAt(
            name=_NAME,
            authentication="authentication_options",
            authentication_type="type",
            logged="connection_log_options.enabled",
            rules=Many(
                "aws_ec2_client_vpn_authorization_rule",
                "client_vpn_endpoint_id",
                generated=(("aws_ec2_client_vpn_endpoint", "client_vpn_endpoint_id"),),
            ),
            network="target_network_cidr",
            everyone="authorize_all_groups",
            group="access_group_id",
        ),
    ),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/eks_cluster
    Reader(
        RemoteAccess,
        ("aws_eks_cluster",),
        cluster_api,
        ClusterApiAt(name="name", public="vpc_config.endpoint_public_access", ranges="vpc_config.public_access_cidrs"),
    ),
)
