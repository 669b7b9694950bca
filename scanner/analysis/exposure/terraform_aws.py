"""Subnets, their routes and what stands in them, in Terraform.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route_table
"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.terraform_aws import APP_RUNNER, ON_THE_INTERNET
from assay.scanner.facts.network.looked_up import LOOKED_UP
from assay.scanner.facts.network.terraform_aws import GROUP, GROUPS
from assay.scanner.facts.spelling import Another, Link, Many, Referrer

from .app_runner import AppRunnerAt, app_runner
from .endpoints import EndpointsAt, by_network
from .exits import ExitsAt, standing
from .interfaces import InterfacesAt
from .kinds import Subnet, Workload
from .placed import placed
from .routing import RoutingAt, associations, by_key, entries
from .sources import GroupsAt
from .standings import DEFAULT_SUBNETS
from .subnets import SubnetAt, subnet
from .targets import TARGETS
from .workloads import WorkloadAt, at_edge, workload

_SUBNETS = ("aws_subnet", *DEFAULT_SUBNETS)
_NETWORK = "network_configuration"
_CONNECTOR = "aws_apprunner_vpc_connector"
_MAIN = ("aws_default_route_table", "aws_main_route_table_association")


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


ROUTING = RoutingAt(
    vpc="vpc_id",
    associations=associations({"aws_route_table_association": ("subnet_id", "route_table_id")}),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/main_route_table_association
    mains=associations({_MAIN[0]: ("default_route_table_id", ""), _MAIN[1]: ("vpc_id", "route_table_id")}, ranks=_MAIN),
    routes=entries(
        {"aws_route_table": "route", "aws_default_route_table": "route"},
        {"aws_route": "route_table_id"},
        {name: _snake(name) for name in TARGETS},
        (
            "destination_cidr_block",
            "destination_ipv6_cidr_block",
            "cidr_block",
            "ipv6_cidr_block",
            "destination_prefix_list_id",
        ),
    ),
    tables=by_key("", "aws_route_table", "aws_default_route_table"),
    networks=Link("vpc_id", ("aws_vpc", "aws_default_vpc")),
    fresh=("aws_vpc",),
)
ENDPOINTS = EndpointsAt(
    endpoints=by_network("aws_vpc_endpoint", "vpc_id"),
    service="service_name",
    type="vpc_endpoint_type",
    tables="route_table_ids",
    associations=associations({"aws_vpc_endpoint_route_table_association": ("vpc_endpoint_id", "route_table_id")}),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_endpoint: off unless it says otherwise
    private_names="private_dns_enabled",
)
EXITS = ExitsAt(
    subnets=by_key("", *_SUBNETS),
    gateways=by_key("", "aws_nat_gateway"),
    subnet="subnet_id",
    connectivity="connectivity_type",
    availability="availability_mode",
    firewalls=standing({"aws_networkfirewall_firewall": "subnet_mapping[].subnet_id", "aws_vpc_endpoint": "subnet_ids"}),
)
GROUPED = GroupsAt(
    known=by_key("", *GROUPS),
    types=GROUPS,
    inline=("ingress",),
    peers=(
        "aws_ecs_service",
        "aws_ecs_task_set",
        "aws_scheduler_schedule",
        "aws_cloudwatch_event_target",
        "aws_lambda_function",
        _CONNECTOR,
    ),
)
_INSTANCES = ("aws_instance", "aws_spot_instance_request")
# Where what runs code, or holds what it works with, names subnets.
_PLACED = {
    "aws_ecs_service": (f"{_NETWORK}.subnets",),
    "aws_ecs_task_set": (f"{_NETWORK}.subnets",),
    "aws_scheduler_schedule": (f"target.ecs_parameters.{_NETWORK}.subnets",),
    "aws_cloudwatch_event_target": (f"ecs_target.{_NETWORK}.subnets",),
    "aws_lambda_function": ("vpc_config.subnet_ids",),
    _CONNECTOR: ("subnets",),
    **dict.fromkeys(_INSTANCES, ("subnet_id", "network_interface[].subnet_id")),
    "aws_autoscaling_group": ("vpc_zone_identifier",),
    "aws_elasticache_subnet_group": ("subnet_ids",),
    "aws_db_subnet_group": ("subnet_ids",),
}


_MIXED = "mixed_instances_policy.launch_template.launch_template_specification"
_AT = "attachment.instance"
_MADE = (("aws_network_interface", "network_interface_id"),)
_MACHINE = tuple((machine, "instance_id") for machine in _INSTANCES)
_INTERFACES = InterfacesAt(
    known=by_key("", "aws_network_interface"),
    given=("network_interface[].network_interface_id", "primary_network_interface[].network_interface_id"),
    attached=(
        Referrer(
            "aws_network_interface", "attachment.instance", generated=tuple((machine, "attachment.instance") for machine in _INSTANCES)
        ),
        Referrer("aws_network_interface_attachment", "instance_id", path="network_interface_id", generated=_MACHINE),
    ),
    addresses=(
        Referrer("aws_eip", "network_interface", generated=(("aws_network_interface", "network_interface"),)),
        Referrer("aws_eip_association", "network_interface_id", generated=_MADE),
    ),
    groups=("security_groups",),
    more_groups=(Referrer("aws_network_interface_sg_attachment", "network_interface_id", path="security_group_id", generated=_MADE),),
)
_SUBNETS_THERE = ("subnet_id", "network_interfaces[].subnet_id", "network_interfaces[].network_interface_id")
_TEMPLATE_PUBLIC = ("network_interfaces[].associate_public_ip_address", "associate_public_ip_address")


def _launched_by(*paths: str) -> tuple[Link, ...]:
    return tuple(Link(path, ("aws_launch_template", "aws_launch_configuration"), names=("name",)) for path in paths)


_MEMBERS = {
    "aws_ecs_service": (f"{_NETWORK}.security_groups",),
    "aws_ecs_task_set": (f"{_NETWORK}.security_groups",),
    "aws_scheduler_schedule": (f"target.ecs_parameters.{_NETWORK}.security_groups",),
    "aws_cloudwatch_event_target": (f"ecs_target.{_NETWORK}.security_groups",),
    **dict.fromkeys(_INSTANCES, ("vpc_security_group_ids", "security_groups")),
}
_ASSOCIATED = tuple(
    f"{behaviour}.lambda_function_association[].lambda_arn" for behaviour in ("default_cache_behavior[]", "ordered_cache_behavior[]")
)


def _workload(type_: str, sort: str, **places: Any) -> Reader:
    at = WorkloadAt(
        sort=sort,
        subnets=_PLACED[type_],
        known=by_key("", *_SUBNETS),
        looked_up=LOOKED_UP,
        routing=ROUTING,
        exits=EXITS,
        groups=GROUPED,
        group=Another(GROUP),
        members=_MEMBERS.get(type_, ()),
        gives="map_public_ip_on_launch",
        **places,
    )
    return Reader(Workload, (type_,), workload, at, always=not at.runs)


READERS = (
    Reader(
        Subnet,
        ("aws_subnet",),
        subnet,
        SubnetAt(name="tags.Name", gives="map_public_ip_on_launch", routing=ROUTING, endpoints=ENDPOINTS, workloads=placed(_PLACED)),
    ),
    Reader(
        Subnet,
        DEFAULT_SUBNETS,
        subnet,
        SubnetAt(
            name="tags.Name", gives="map_public_ip_on_launch", routing=ROUTING, endpoints=ENDPOINTS, workloads=placed(_PLACED), default=True
        ),
    ),
    _workload("aws_ecs_service", "service", name="name", network=_NETWORK, public=f"{_NETWORK}.assign_public_ip"),
    _workload("aws_ecs_task_set", "task set", network=_NETWORK, public=f"{_NETWORK}.assign_public_ip"),
    _workload(
        "aws_scheduler_schedule",
        "scheduled task",
        name="name",
        runs="target.ecs_parameters",
        network=f"target.ecs_parameters.{_NETWORK}",
        public=f"target.ecs_parameters.{_NETWORK}.assign_public_ip",
    ),
    _workload(
        "aws_cloudwatch_event_target",
        "scheduled task",
        name="target_id",
        runs="ecs_target",
        network=f"ecs_target.{_NETWORK}",
        public=f"ecs_target.{_NETWORK}.assign_public_ip",
    ),
    _workload(
        "aws_lambda_function",
        "function",
        name="function_name",
        network="vpc_config",
        outside=True,
        at_edge=at_edge("aws_cloudfront_distribution", *_ASSOCIATED),
        urls=(Many("aws_lambda_function_url", "function_name", "authorization_type"),),
        names=("function_name",),
    ),
    Reader(
        Workload,
        (APP_RUNNER,),
        app_runner,
        AppRunnerAt(
            name="service_name",
            public=ON_THE_INTERNET,
            connector=Link(f"{_NETWORK}.egress_configuration.vpc_connector_arn", (_CONNECTOR,)),
            subnets=_PLACED[_CONNECTOR],
            known=by_key("", *_SUBNETS),
            looked_up=LOOKED_UP,
            gives="map_public_ip_on_launch",
            routing=ROUTING,
            exits=EXITS,
        ),
    ),
    *(
        _workload(
            type_,
            "instance",
            name="tags.Name",
            public="associate_public_ip_address",
            subnet_decides=True,
            interfaces=_INTERFACES,
            templates=_launched_by("launch_template.id|launch_template.name"),
            template_public=_TEMPLATE_PUBLIC,
            subnets_there=_SUBNETS_THERE,
            fixed=tuple(
                Referrer(type_, f"{instance}|{interface}", generated=tuple((machine, instance) for machine in _INSTANCES))
                for type_, instance, interface in (
                    ("aws_eip", "instance", "network_interface"),
                    ("aws_eip_association", "instance_id", "network_interface_id"),
                )
            ),
        )
        for type_ in _INSTANCES
    ),
    _workload(
        "aws_autoscaling_group",
        "group of instances",
        name="name",
        subnet_decides=True,
        templates=_launched_by(
            "launch_template.id|launch_template.name",
            f"{_MIXED}.launch_template_id|{_MIXED}.launch_template_name",
            "launch_configuration",
        ),
        template_public=_TEMPLATE_PUBLIC,
        subnets_there=_SUBNETS_THERE,
    ),
    _workload("aws_elasticache_subnet_group", "cache", name="name"),
    _workload("aws_db_subnet_group", "database", name="name"),
)
