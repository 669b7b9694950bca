"""Subnets, their routes and what stands in them, in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-route.html
"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.cloudformation import APP_RUNNER, ON_THE_INTERNET
from assay.scanner.facts.network.cloudformation import GROUP, GROUPS
from assay.scanner.facts.spelling import Another, Index, Link, Many, Referrer

from .app_runner import AppRunnerAt, app_runner
from .endpoints import EndpointsAt, by_network
from .exits import ExitsAt, standing
from .interfaces import InterfacesAt
from .kinds import Subnet, Workload
from .placed import placed
from .routing import RoutingAt, associations, by_key, entries
from .sources import GroupsAt
from .subnets import SubnetAt, subnet
from .targets import TARGETS
from .workloads import WorkloadAt, at_edge, workload

_SUBNET = "AWS::EC2::Subnet"
_CONNECTOR = "AWS::AppRunner::VpcConnector"
# Services and schedules spell it `Awsvpc`, task sets and rules `AwsVpc`:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-taskset-networkconfiguration.html
_SERVICE = "NetworkConfiguration.AwsvpcConfiguration"
_TASK_SET = "NetworkConfiguration.AwsVpcConfiguration"
_SCHEDULE = f"Target.EcsParameters.{_SERVICE}"
_RULE = f"EcsParameters.{_TASK_SET}"

ROUTING = RoutingAt(
    vpc="VpcId",
    associations=associations({"AWS::EC2::SubnetRouteTableAssociation": ("SubnetId", "RouteTableId")}),
    # A template cannot name the main table of a network, so that nothing but its local route is in that.
    mains=Index((), lambda item: []),
    routes=entries(
        {},
        {"AWS::EC2::Route": "RouteTableId"},
        {name: name for name in TARGETS},
        ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"),
    ),
    tables=by_key("", "AWS::EC2::RouteTable"),
    networks=Link("VpcId", ("AWS::EC2::VPC",)),
    fresh=("AWS::EC2::VPC",),
)
ENDPOINTS = EndpointsAt(
    endpoints=by_network("AWS::EC2::VPCEndpoint", "VpcId"),
    service="ServiceName",
    type="VpcEndpointType",
    tables="RouteTableIds",
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html
    private_names="PrivateDnsEnabled",
)
EXITS = ExitsAt(
    subnets=by_key("", _SUBNET),
    gateways=by_key("", "AWS::EC2::NatGateway"),
    subnet="SubnetId",
    connectivity="ConnectivityType",
    availability="AvailabilityMode",
    firewalls=standing({"AWS::NetworkFirewall::Firewall": "SubnetMappings[].SubnetId", "AWS::EC2::VPCEndpoint": "SubnetIds"}),
)
GROUPED = GroupsAt(
    known=by_key("", *GROUPS),
    peers=("AWS::ECS::Service", "AWS::ECS::TaskSet", "AWS::Scheduler::Schedule", "AWS::Events::Rule", "AWS::Lambda::Function", _CONNECTOR),
)
# Where what runs code, or holds what it works with, names subnets.
_PLACED = {
    "AWS::ECS::Service": (f"{_SERVICE}.Subnets",),
    "AWS::ECS::TaskSet": (f"{_TASK_SET}.Subnets",),
    "AWS::Scheduler::Schedule": (f"{_SCHEDULE}.Subnets",),
    "AWS::Events::Rule": (f"Targets[].{_RULE}.Subnets",),
    "AWS::Lambda::Function": ("VpcConfig.SubnetIds",),
    _CONNECTOR: ("Subnets",),
    "AWS::EC2::Instance": ("SubnetId", "NetworkInterfaces[].SubnetId"),
    "AWS::AutoScaling::AutoScalingGroup": ("VPCZoneIdentifier",),
    "AWS::ElastiCache::SubnetGroup": ("SubnetIds",),
    "AWS::RDS::DBSubnetGroup": ("SubnetIds",),
}
_INSIDE = {"AWS::Events::Rule": (f"{_RULE}.Subnets",)}
"""The same from the blocks that a workload is read by."""


_MEMBERS = {
    "AWS::ECS::Service": (f"{_SERVICE}.SecurityGroups",),
    "AWS::ECS::TaskSet": (f"{_TASK_SET}.SecurityGroups",),
    "AWS::Scheduler::Schedule": (f"{_SCHEDULE}.SecurityGroups",),
    "AWS::Events::Rule": (f"{_RULE}.SecurityGroups",),
    "AWS::EC2::Instance": ("SecurityGroupIds", "SecurityGroups", "NetworkInterfaces[].GroupSet"),
}
_ASSOCIATED = tuple(
    f"DistributionConfig.{behaviour}.LambdaFunctionAssociations[].LambdaFunctionARN"
    for behaviour in ("DefaultCacheBehavior", "CacheBehaviors[]")
)


def _workload(type_: str, sort: str, **places: Any) -> Reader:
    subnets = _INSIDE.get(type_, _PLACED[type_])
    at = WorkloadAt(
        sort=sort,
        subnets=subnets,
        known=by_key("", _SUBNET),
        routing=ROUTING,
        exits=EXITS,
        groups=GROUPED,
        group=Another(GROUP),
        members=_MEMBERS.get(type_, ()),
        gives="MapPublicIpOnLaunch",
        **places,
    )
    return Reader(Workload, (type_,), workload, at, always=not at.runs)


_MIXED = "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification"
_INTERFACES = "LaunchTemplateData.NetworkInterfaces[]"
_SUBNETS_THERE = ("SubnetId", f"{_INTERFACES}.SubnetId", f"{_INTERFACES}.NetworkInterfaceId")
_TEMPLATE_PUBLIC = ("LaunchTemplateData.NetworkInterfaces[].AssociatePublicIpAddress", "AssociatePublicIpAddress")


_OWN_INTERFACES = InterfacesAt(
    known=by_key("", "AWS::EC2::NetworkInterface"),
    given=("NetworkInterfaces[].NetworkInterfaceId",),
    attached=(
        Referrer(
            "AWS::EC2::NetworkInterfaceAttachment",
            "InstanceId",
            path="NetworkInterfaceId",
            generated=(("AWS::EC2::Instance", "InstanceId"),),
        ),
    ),
    addresses=(
        Referrer("AWS::EC2::EIPAssociation", "NetworkInterfaceId", generated=(("AWS::EC2::NetworkInterface", "NetworkInterfaceId"),)),
    ),
    groups=("GroupSet",),
)


def _launched_by(*paths: str) -> tuple[Link, ...]:
    types, names = ("AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration"), ("LaunchTemplateName", "LaunchConfigurationName")
    return tuple(Link(path, types, names=names) for path in paths)


def _specified(at: str) -> str:
    return f"{at}.LaunchTemplateId|{at}.LaunchTemplateName"


READERS = (
    Reader(
        Subnet,
        (_SUBNET,),
        subnet,
        SubnetAt(gives="MapPublicIpOnLaunch", routing=ROUTING, endpoints=ENDPOINTS, workloads=placed(_PLACED)),
    ),
    _workload("AWS::ECS::Service", "service", name="ServiceName", network=_SERVICE, public=f"{_SERVICE}.AssignPublicIp"),
    _workload("AWS::ECS::TaskSet", "task set", network=_TASK_SET, public=f"{_TASK_SET}.AssignPublicIp"),
    _workload(
        "AWS::Scheduler::Schedule",
        "scheduled task",
        name="Name",
        runs="Target.EcsParameters",
        network=_SCHEDULE,
        public=f"{_SCHEDULE}.AssignPublicIp",
    ),
    _workload(
        "AWS::Events::Rule",
        "scheduled task",
        name="Name",
        blocks="Targets",
        runs="EcsParameters",
        network=_RULE,
        public=f"{_RULE}.AssignPublicIp",
    ),
    _workload(
        "AWS::Lambda::Function",
        "function",
        name="FunctionName",
        network="VpcConfig",
        outside=True,
        at_edge=at_edge("AWS::CloudFront::Distribution", *_ASSOCIATED),
        urls=(Many("AWS::Lambda::Url", "TargetFunctionArn", "AuthType"),),
        names=("FunctionName",),
        versions=(Referrer("AWS::Lambda::Version", "FunctionName"),),
    ),
    Reader(
        Workload,
        (APP_RUNNER,),
        app_runner,
        AppRunnerAt(
            name="ServiceName",
            public=ON_THE_INTERNET,
            connector=Link("NetworkConfiguration.EgressConfiguration.VpcConnectorArn", (_CONNECTOR,)),
            subnets=_PLACED[_CONNECTOR],
            known=by_key("", _SUBNET),
            gives="MapPublicIpOnLaunch",
            routing=ROUTING,
            exits=EXITS,
        ),
    ),
    _workload(
        "AWS::EC2::Instance",
        "instance",
        public="NetworkInterfaces.AssociatePublicIpAddress",
        subnet_decides=True,
        interfaces=_OWN_INTERFACES,
        templates=_launched_by(_specified("LaunchTemplate")),
        template_public=_TEMPLATE_PUBLIC,
        subnets_there=_SUBNETS_THERE,
        fixed=tuple(
            Referrer(type_, "InstanceId", generated=(("AWS::EC2::Instance", "InstanceId"),))
            for type_ in ("AWS::EC2::EIP", "AWS::EC2::EIPAssociation")
        ),
    ),
    _workload(
        "AWS::AutoScaling::AutoScalingGroup",
        "group of instances",
        name="AutoScalingGroupName",
        subnet_decides=True,
        templates=_launched_by(_specified("LaunchTemplate"), _specified(_MIXED), "LaunchConfigurationName"),
        template_public=_TEMPLATE_PUBLIC,
        subnets_there=_SUBNETS_THERE,
    ),
    _workload("AWS::ElastiCache::SubnetGroup", "cache", name="CacheSubnetGroupName"),
    _workload("AWS::RDS::DBSubnetGroup", "database", name="DBSubnetGroupName"),
)
