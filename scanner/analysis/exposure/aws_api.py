"""Subnets, their routes and what stands in them, in the live account.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html
"""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.aws_api import APP_RUNNER_REGIONS, FUNCTIONS, ON_THE_INTERNET, RUNNER, RUNNERS, SERVICES, URLS
from assay.scanner.facts.messaging.aws_api import EVENT_TARGETS, SCHEDULES
from assay.scanner.facts.network import aws_config
from assay.scanner.facts.network.aws_api import GROUP, GROUPS, INTERFACES, of_ec2
from assay.scanner.facts.network.networks.aws_api import SUBNETS
from assay.scanner.facts.spelling import Another, Index, Link, Referrer
from assay.scanner.facts.view import View
from assay.scanner.sources.aws.calls import Call, Listing
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown

from .app_runner import AppRunnerAt, app_runner
from .endpoints import EndpointsAt, by_network
from .exits import ExitsAt, standing
from .kinds import Subnet, Workload
from .placed import placed
from .routing import Association, RoutingAt, by_key, entries
from .sources import GroupsAt
from .subnets import SubnetAt, subnet
from .targets import TARGETS
from .workloads import WorkloadAt, workload

TABLES = of_ec2("route_table", "RouteTables", "route-table/{RouteTableId}", page_size=100, recorded=aws_config.ROUTE_TABLE)
GATEWAYS = of_ec2("nat_gateway", "NatGateways", "natgateway/{NatGatewayId}", recorded=aws_config.NAT_GATEWAY)
ENDPOINTS = of_ec2("vpc_endpoint", "VpcEndpoints", "vpc-endpoint/{VpcEndpointId}", recorded=aws_config.ENDPOINT, of_whole_account=True)
CACHES = Listing(
    "elasticache.subnet_group",
    Call("elasticache", "DescribeCacheSubnetGroups", page_size=100),
    entries="CacheSubnetGroups",
    id="ARN",
)
DATABASES = Listing(
    "rds.subnet_group", Call("rds", "DescribeDBSubnetGroups", page_size=100), entries="DBSubnetGroups", id="DBSubnetGroupArn"
)
CONNECTORS = Listing(
    "apprunner.connector",
    Call("apprunner", "ListVpcConnectors", marker=("NextToken", "NextToken")),
    entries="VpcConnectors",
    id="VpcConnectorArn",
    regions=APP_RUNNER_REGIONS,
)
LISTINGS = (TABLES, GATEWAYS, ENDPOINTS, CACHES, DATABASES, CONNECTORS)


def _associated(of: str, table: Item) -> Iterator[tuple[Hashable, Any]]:
    """The subnets of a table, or the network that it is the main table of: its entry without a subnet says `Main`.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTableAssociation.html
    """
    blocks, more = table.blocks("Associations")
    for block in blocks:
        if of == "SubnetId" and isinstance(name := block["SubnetId"].data, str):
            yield name, Association(table, table["RouteTableId"])
        elif of == "VpcId" and block["Main"].data is True:
            yield table["VpcId"].data, Association(table, table["RouteTableId"])
    if more:
        yield None, Unknown(f"which subnets {table.address} is of: {more.reason}", more.settles_it, more.location)


def _index(of: str) -> Index:
    return Index((TABLES.type,), functools.partial(_associated, of))


ROUTING = RoutingAt(
    vpc="VpcId",
    id="SubnetId",
    associations=_index("SubnetId"),
    mains=_index("VpcId"),
    routes=entries(
        {TABLES.type: "Routes"},
        {},
        {name: name for name in TARGETS},
        ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"),
        id_="RouteTableId",
    ),
    tables=by_key("RouteTableId", TABLES.type),
)
ENDPOINTS_AT = EndpointsAt(
    endpoints=by_network(ENDPOINTS.type, "VpcId"),
    service="ServiceName",
    type="VpcEndpointType",
    tables="RouteTableIds",
    private_names="PrivateDnsEnabled",
    state="State",
    id="VpcEndpointId",
)
EXITS = ExitsAt(
    subnets=by_key("SubnetId", SUBNETS.type),
    gateways=by_key("NatGatewayId", GATEWAYS.type),
    subnet="SubnetId",
    connectivity="ConnectivityType",
    availability="AvailabilityMode",
    state="State",
    firewalls=standing({ENDPOINTS.type: "SubnetIds"}, "VpcEndpointId"),
)
GROUPED = GroupsAt(
    known=by_key("GroupId", GROUPS.type),
    peers=(INTERFACES.type,),
)
_SERVICE = "describe_services.services.networkConfiguration.awsvpcConfiguration"
_TASK = "get_schedule.Target.EcsParameters.NetworkConfiguration.awsvpcConfiguration"
_TARGET = "EcsParameters.NetworkConfiguration.awsvpcConfiguration"
_PLACED = {
    FUNCTIONS.type: ("VpcConfig.SubnetIds",),
    SERVICES.type: (f"{_SERVICE}.subnets",),
    SCHEDULES.type: (f"{_TASK}.Subnets",),
    EVENT_TARGETS.type: (f"{_TARGET}.Subnets",),
    CACHES.type: ("Subnets[].SubnetIdentifier",),
    DATABASES.type: ("Subnets[].SubnetIdentifier",),
    CONNECTORS.type: ("Subnets",),
}
_MEMBERS = {
    INTERFACES.type: ("Groups[].GroupId",),
    SERVICES.type: (f"{_SERVICE}.securityGroups",),
    SCHEDULES.type: (f"{_TASK}.SecurityGroups",),
    EVENT_TARGETS.type: (f"{_TARGET}.SecurityGroups",),
}
# Of what is no workload of the customer's: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html
_COMPUTE_TYPES = ("interface", "lambda", "branch", "trunk", "efa", "efa-only")
_SERVICES_OF_AWS = (
    "ELB ", "Interface for NAT Gateway", "VPC Endpoint Interface", "Network Interface for Transit Gateway", "ClientVPN Endpoint",
    "AWS Network Firewall",
)  # fmt: skip


def _is_workload(interface: Item) -> bool:
    described = str(interface["Description"].data or "")
    return interface["InterfaceType"].data in (None, *_COMPUTE_TYPES) and not described.startswith(_SERVICES_OF_AWS)


def _inside() -> Index:
    by_attribute = placed({**_PLACED, INTERFACES.type: ("SubnetId",)})
    return Index(
        by_attribute.types,
        lambda item: by_attribute.records(item) if item.type != INTERFACES.type or _is_workload(item) else (),
        calls=("describe_services", "get_schedule"),
    )


def _workload(listing: Listing, sort: str, meaning: Any = workload, **places: Any) -> Reader:
    at = WorkloadAt(
        sort=sort,
        subnets=_PLACED.get(listing.type, ("SubnetId",)),
        known=by_key("SubnetId", SUBNETS.type),
        routing=ROUTING,
        exits=EXITS,
        groups=GROUPED,
        group=Another(GROUP),
        members=_MEMBERS.get(listing.type, ()),
        gives="MapPublicIpOnLaunch",
        **places,
    )
    return Reader(Workload, (listing.type,), meaning, at, always=not at.runs and meaning is workload)


def interface(view: View, at: WorkloadAt) -> Workload | None:
    """An instance, by each of its network interfaces; and a task that runs with a public address, whatever its service says.

    Who starts a task may give another network than the schedule or service has, which shows in its interface alone:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
    """
    is_task = str(view["Description"].data or "").startswith("arn:aws") and not view["Association.PublicIp"].absent
    return workload(view, at) if is_task or not view["Attachment.InstanceId"].absent else None


_BY_URL = (Referrer(URLS.type, "FunctionArn", "AuthType"),)

READERS = (
    Reader(
        Subnet,
        (SUBNETS.type,),
        subnet,
        SubnetAt(name="SubnetId", gives="MapPublicIpOnLaunch", routing=ROUTING, endpoints=ENDPOINTS_AT, workloads=_inside()),
    ),
    _workload(INTERFACES, "interface", interface, name="NetworkInterfaceId", address="Association.PublicIp"),
    # https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
    _workload(FUNCTIONS, "function", name="FunctionName", network="VpcConfig.VpcId", outside=True, urls=_BY_URL),
    _workload(
        SERVICES, "service", name="describe_services.services.serviceName|value", network=_SERVICE, public=f"{_SERVICE}.assignPublicIp"
    ),
    _workload(
        SCHEDULES,
        "scheduled task",
        name="Name",
        runs="get_schedule.Target.EcsParameters",
        network=_TASK,
        public=f"{_TASK}.AssignPublicIp",
    ),
    _workload(EVENT_TARGETS, "scheduled task", name="Id", runs="EcsParameters", network=_TARGET, public=f"{_TARGET}.AssignPublicIp"),
    Reader(
        Workload,
        (RUNNERS.type,),
        app_runner,
        AppRunnerAt(
            name="ServiceName",
            public=ON_THE_INTERNET,
            state="Status",
            connector=Link(f"{RUNNER}.NetworkConfiguration.EgressConfiguration.VpcConnectorArn", (CONNECTORS.type,)),
            subnets=_PLACED[CONNECTORS.type],
            known=by_key("SubnetId", SUBNETS.type),
            gives="MapPublicIpOnLaunch",
            routing=ROUTING,
            exits=EXITS,
        ),
        always=False,
    ),
    _workload(CACHES, "cache", name="CacheSubnetGroupName"),
    _workload(DATABASES, "database", name="DBSubnetGroupName"),
)
