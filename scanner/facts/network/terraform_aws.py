"""Security groups in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group"""

from __future__ import annotations

from typing import Any

from scanner.facts.base import Stack, identity, if_there, reads
from scanner.facts.edge.terraform_aws import load_balancer
from scanner.facts.network.kinds import Ingress
from scanner.facts.network.ranges import closed, opening, protocol_name
from scanner.sources.interface import Item, Node
from scanner.sources.values import Reference, Unknown, Value, all_of, any_of, references_in

_RULES = {"aws_vpc_security_group_ingress_rule": "security_group_id", "aws_security_group_rule": "security_group_id"}

# Where a resource names the security groups it is in.
GUARDED = {
    "aws_lb": "security_groups", "aws_alb": "security_groups", "aws_elb": "security_groups",
    "aws_instance": "vpc_security_group_ids", "aws_launch_template": "vpc_security_group_ids",
    "aws_launch_configuration": "security_groups",
    "aws_network_interface": "security_groups", "aws_ecs_service": "network_configuration.security_groups",
    "aws_lambda_function": "vpc_config.security_group_ids", "aws_db_instance": "vpc_security_group_ids",
    "aws_rds_cluster": "vpc_security_group_ids", "aws_elasticache_cluster": "security_group_ids",
    "aws_elasticache_replication_group": "security_group_ids", "aws_vpc_endpoint": "security_group_ids",
    "aws_efs_mount_target": "security_groups", "aws_redshift_cluster": "vpc_security_group_ids",
    "aws_ec2_client_vpn_endpoint": "security_group_ids",
    "aws_scheduler_schedule": "target.ecs_parameters.network_configuration.security_groups",
    "aws_cloudwatch_event_target": "ecs_target.network_configuration.security_groups", "aws_apigatewayv2_vpc_link": "security_group_ids",
    "aws_eks_cluster": "vpc_config.security_group_ids", "aws_msk_cluster": "broker_node_group_info.security_groups",
    "aws_opensearch_domain": "vpc_options.security_group_ids", "aws_mq_broker": "security_groups",
}  # fmt: skip
_GROUPS = ("aws_security_group", "aws_default_security_group")
_LOAD_BALANCERS = ("aws_lb", "aws_alb", "aws_elb")


@reads(*_GROUPS, orphans=_RULES, companions=tuple(GUARDED))
def security_group(item: Item, stack: Stack) -> Ingress:
    held = {type_: stack.companions(item, type_, via) for type_, via in _RULES.items()}
    blocks, more = item.blocks("ingress")
    openings: list[Any] = [each for block in blocks for each in _inline(block)]
    for type_, group in held.items():
        for each, node in group.pairs:
            for found in _separate(type_, each):
                found.world = if_there(found.world, node, False)  # harmless if it would be harmless
                openings.append(found)
        more = more or group.more
    if more and more is not getattr(item, "why", None):
        openings.append(more)
    return Ingress(
        identity=identity(item, name=item["name"], companions=held.values()),
        openings=Value(openings, (item.location(),)),
        guards_load_balancer=_guards(item, stack),
        http_only_redirects=_http_only_redirects(item, stack),
    )


def _inline(block: Node) -> list[Any]:
    protocol = protocol_name(block["protocol"])
    ports = (block["from_port"].number(), block["to_port"].number())
    found: list[Any] = []
    for path in ("cidr_blocks", "ipv6_cidr_blocks"):
        found += _ranges(block[path], protocol, ports)
    for path in ("security_groups", "prefix_list_ids"):
        held = block.link(path)
        if held.data:
            found.append(closed(path.replace("_", " "), protocol, *ports, held.seen))
    if block["self"].data is True:
        found.append(closed("the group itself", protocol, *ports, block["self"].seen))
    return found


def _ranges(held: Value[Any], protocol: Value[Any], ports: tuple[Value[Any], Value[Any]]) -> list[Any]:
    if held.absent:
        return []
    sources = held.data if isinstance(held.data, list) else [held.data]
    return [opening(source, protocol, *ports, held.seen) for source in sources]


def _separate(type_: str, item: Item) -> list[Any]:
    if type_ == "aws_vpc_security_group_ingress_rule":
        protocol, ports = protocol_name(item["ip_protocol"]), (item["from_port"].number(), item["to_port"].number())
        found = [each for path in ("cidr_ipv4", "cidr_ipv6") for each in _ranges(item[path], protocol, ports)]
        group = item.link("referenced_security_group_id")
        return found or [closed("a security group or prefix list", protocol, *ports, group.seen)]
    if item["type"].equals("ingress").data is False:
        return []
    return _inline(item)


def _guards(item: Item, stack: Stack) -> Value[bool]:
    """Whether everything in this code that is in the group is a load balancer; without anything in it, that is not known."""
    users = _users(stack).get(item.address, [])
    others = [user for user in users if user.type not in _LOAD_BALANCERS]
    if others:
        return Value(False, [user.location() for user in others])
    if users and (unresolved := stack.cache["unresolved security group users"]):
        return Value(unresolved, (item.location(),))
    if users:
        unlisted = _unlisted_users(stack).get(item.address, [])
        return Value(not unlisted, [user.location() for user in unlisted or users])
    why = Unknown(
        f"what {item.address} is attached to is not in this code", "scan the code that uses it together with this, or the live account"
    )
    return Value(why, (item.location(),))


def _unlisted_users(stack: Stack) -> dict[str, list[Item]]:
    """Security group address to the resources of types that GUARDED does not list and that have the group among theirs. Built once."""
    if "unlisted security group users" not in stack.cache:
        users: dict[str, list[Item]] = {}
        for user in stack.items():
            if user.type not in GUARDED and "security_group" not in user.type and not user.type.startswith("data."):
                for reference in _groups_named(user.attributes().data):
                    users.setdefault(reference.address, []).append(user)
        stack.cache["unlisted security group users"] = users
    found: dict[str, list[Item]] = stack.cache["unlisted security group users"]
    return found


def _groups_named(data: Any) -> list[Reference]:
    """The security groups in attributes that are named for them, at any depth."""
    if isinstance(data, list):
        return [found for each in data for found in _groups_named(each)]
    if not isinstance(data, dict):
        return []
    found: list[Reference] = []
    for name, held in data.items():
        named = references_in(held) if "security_group" in name else _groups_named(held)
        found += [reference for reference in named if reference.type in _GROUPS]
    return found


def _http_only_redirects(item: Item, stack: Stack) -> Value[bool]:
    """Whether the load balancers in the group redirect whatever reaches them without TLS."""
    balancers = [load_balancer(user, stack) for user in _users(stack).get(item.address, []) if user.type in ("aws_lb", "aws_alb")]
    listeners: list[Any] = [listener for each in balancers for listener in each.listeners.data]
    return all_of([Value(each) if isinstance(each, Unknown) else any_of([each.encrypted, each.only_redirects]) for each in listeners])


def _users(stack: Stack) -> dict[str, list[Item]]:
    """Security group address to the resources that are in it. Built once for a stack."""
    if "security group users" not in stack.cache:
        users: dict[str, list[Item]] = {}
        unresolved: Unknown | None = None
        for type_, path in GUARDED.items():
            for user in stack.of(type_):
                data = user.link(path).data
                for each in data if isinstance(data, list) else [data]:
                    if isinstance(each, Reference):
                        users.setdefault(each.address, []).append(user)
                    elif isinstance(each, Unknown) and unresolved is None:
                        reason = f"whether {user.address} is in the group too: {each.reason}"
                        unresolved = Unknown(reason, each.settles_it, user.location())
        stack.cache["security group users"] = users
        stack.cache["unresolved security group users"] = unresolved
    found: dict[str, list[Item]] = stack.cache["security group users"]
    return found
