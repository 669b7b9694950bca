"""Security groups in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group"""

from __future__ import annotations

import msgspec

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.terraform_aws import BALANCER, CLASSIC
from assay.scanner.facts.network.kinds import Ingress
from assay.scanner.facts.network.members import holders, members
from assay.scanner.facts.network.prefix_lists import DeclaredLists
from assay.scanner.facts.network.security_groups import GroupRulesAt, SecurityGroupAt, security_group
from assay.scanner.facts.spelling import Another, Many, Referrer

GROUPS = ("aws_security_group", "aws_default_security_group")
_BALANCERS = ("aws_lb", "aws_alb")
_CLASSIC = ("aws_elb",)
# Where a resource names the security groups it is in.
_MEMBERS = {
    "aws_lb": ("security_groups",), "aws_alb": ("security_groups",), "aws_elb": ("security_groups",),
    "aws_instance": ("vpc_security_group_ids", "security_groups"),
    "aws_spot_instance_request": ("vpc_security_group_ids", "security_groups"),
    "aws_launch_template": ("vpc_security_group_ids", "security_group_names", "network_interfaces[].security_groups"),
    "aws_network_interface_sg_attachment": ("security_group_id",),
    "aws_vpc_endpoint_security_group_association": ("security_group_id",),
    "aws_launch_configuration": ("security_groups",), "aws_network_interface": ("security_groups",),
    "aws_ecs_service": ("network_configuration.security_groups",), "aws_lambda_function": ("vpc_config.security_group_ids",),
    "aws_db_instance": ("vpc_security_group_ids",), "aws_rds_cluster": ("vpc_security_group_ids",),
    "aws_elasticache_cluster": ("security_group_ids",), "aws_elasticache_replication_group": ("security_group_ids",),
    "aws_vpc_endpoint": ("security_group_ids",), "aws_efs_mount_target": ("security_groups",),
    "aws_redshift_cluster": ("vpc_security_group_ids",), "aws_ec2_client_vpn_endpoint": ("security_group_ids",),
    "aws_scheduler_schedule": ("target.ecs_parameters.network_configuration.security_groups",),
    "aws_cloudwatch_event_target": ("ecs_target.network_configuration.security_groups",),
    "aws_apigatewayv2_vpc_link": ("security_group_ids",), "aws_eks_cluster": ("vpc_config.security_group_ids",),
    "aws_msk_cluster": ("broker_node_group_info.security_groups",), "aws_opensearch_domain": ("vpc_options.security_group_ids",),
    "aws_mq_broker": ("security_groups",), "aws_docdb_cluster": ("vpc_security_group_ids",),
    "aws_neptune_cluster": ("vpc_security_group_ids",), "aws_db_proxy": ("vpc_security_group_ids",),
    "aws_elasticache_serverless_cache": ("security_group_ids",), "aws_ecs_task_set": ("network_configuration.security_groups",),
    "aws_apprunner_vpc_connector": ("security_groups",),
    "aws_spot_fleet_request": ("launch_specification[].vpc_security_group_ids",),
}  # fmt: skip

GENERATED = (("aws_security_group", "security_group_id"),)
GROUP_RULES = GroupRulesAt(
    name="name",
    rules=(
        "ingress",
        Many("aws_vpc_security_group_ingress_rule", "security_group_id", generated=GENERATED),
        Many("aws_security_group_rule", "security_group_id", generated=GENERATED),
    ),
    direction="type",
    protocol="protocol|ip_protocol",
    from_port="from_port",
    to_port="to_port",
    ranges=("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"),
    sources=("security_groups", "self", "source_security_group_id", "referenced_security_group_id"),
    prefix_lists=DeclaredLists(
        "prefix_list_ids|prefix_list_id",
        ("aws_ec2_managed_prefix_list", "data.aws_ec2_managed_prefix_list", "data.aws_prefix_list"),
        cidr="cidr",
        entries="entry",
        separate=Referrer(
            "aws_ec2_managed_prefix_list_entry", "prefix_list_id", generated=(("aws_ec2_managed_prefix_list", "prefix_list_id"),)
        ),
        looked_up=(("data.aws_ec2_managed_prefix_list", "name"), ("data.aws_prefix_list", "name")),
        of_services=("aws_vpc_endpoint",),
    ),
)
GROUP = SecurityGroupAt(
    **msgspec.structs.asdict(GROUP_RULES),
    members=members(_MEMBERS, _BALANCERS, _CLASSIC),
    holders=holders(GROUPS, (*_BALANCERS, *_CLASSIC)),
    balancer=Another(BALANCER),
    classic=Another(CLASSIC),
)

READERS = (
    Reader(
        Ingress,
        GROUPS,
        security_group,
        GROUP,
    ),
)
