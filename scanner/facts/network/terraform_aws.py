"""Security groups in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, if_there, reads
from assay.scanner.facts.edge.terraform_aws import load_balancer
from assay.scanner.facts.network import groups, prefix_lists
from assay.scanner.facts.network.kinds import Ingress
from assay.scanner.facts.network.ranges import closed, openings_from, protocol_name
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.values import Value

_RULES = {"aws_vpc_security_group_ingress_rule": "security_group_id", "aws_security_group_rule": "security_group_id"}

# Where a resource names the security groups it is in.
_USERS = {
    "aws_lb": ("security_groups",), "aws_alb": ("security_groups",), "aws_elb": ("security_groups",),
    "aws_instance": ("vpc_security_group_ids",),
    "aws_launch_template": ("vpc_security_group_ids", "network_interfaces[].security_groups"),
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
    "aws_mq_broker": ("security_groups",),
}  # fmt: skip
_NAMES = groups.Names(
    groups=("aws_security_group", "aws_default_security_group"),
    users=_USERS,
    balancers=("aws_lb", "aws_alb", "aws_elb"),
    application=("aws_lb", "aws_alb"),
)


_LISTS = prefix_lists.Names(
    lists=("aws_ec2_managed_prefix_list",),
    entries="entry",
    cidr="cidr",
    apart=("aws_ec2_managed_prefix_list_entry", "prefix_list_id"),
    looked_up={"data.aws_ec2_managed_prefix_list": "name", "data.aws_prefix_list": "name"},
    of_services=("aws_vpc_endpoint",),
)
_LIST_TYPES = ("aws_ec2_managed_prefix_list", "aws_ec2_managed_prefix_list_entry")


@reads(*_NAMES.groups, orphans=_RULES, companions=(*_USERS, *_LIST_TYPES))
def security_group(item: Item, stack: Stack) -> Ingress:
    held = {type_: stack.companions(item, type_, via) for type_, via in _RULES.items()}
    blocks, more = item.blocks("ingress")
    openings: list[Any] = [each for block in blocks for each in _inline(block, stack)]
    for type_, group in held.items():
        for each, node in group.pairs:
            for found in _separate(type_, each, stack):
                found.world = if_there(found.world, node, False)  # harmless if it would be harmless
                openings.append(found)
        more = more or group.more
    if more and more is not getattr(item, "why", None):
        openings.append(more)
    return Ingress(
        identity=identity(item, name=item["name"], companions=held.values()),
        openings=Value(openings, (item.location(),)),
        guards_load_balancer=groups.guards_load_balancer(item, stack, _NAMES),
        http_only_redirects=groups.http_only_redirects(item, stack, _NAMES, load_balancer),
    )


def _inline(block: Node, stack: Stack) -> list[Any]:
    protocol = protocol_name(block["protocol"])
    ports = (block["from_port"].number(), block["to_port"].number())
    found: list[Any] = []
    for path in ("cidr_blocks", "ipv6_cidr_blocks"):
        found += openings_from(block[path], protocol, ports)
    held = block.link("security_groups")
    if held.data:
        found.append(closed("security groups", protocol, *ports, held.seen))
    found += prefix_lists.openings(block.link("prefix_list_ids"), stack, _LISTS, (protocol, *ports))
    if block["self"].data is True:
        found.append(closed("the group itself", protocol, *ports, block["self"].seen))
    return found


def _separate(type_: str, item: Item, stack: Stack) -> list[Any]:
    if type_ == "aws_vpc_security_group_ingress_rule":
        protocol, ports = protocol_name(item["ip_protocol"]), (item["from_port"].number(), item["to_port"].number())
        found = [each for path in ("cidr_ipv4", "cidr_ipv6") for each in openings_from(item[path], protocol, ports)]
        found += prefix_lists.openings(item.link("prefix_list_id"), stack, _LISTS, (protocol, *ports))
        return found or [closed("a security group", protocol, *ports, item.link("referenced_security_group_id").seen)]
    if item["type"].equals("ingress").data is False:
        return []
    return _inline(item, stack)
