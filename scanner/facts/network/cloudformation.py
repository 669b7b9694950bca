"""Security groups in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, if_there, reads
from assay.scanner.facts.edge.cloudformation import load_balancer
from assay.scanner.facts.network import groups, prefix_lists
from assay.scanner.facts.network.kinds import Ingress
from assay.scanner.facts.network.ranges import closed, openings_from, protocol_name
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.values import Value

_RULE = "AWS::EC2::SecurityGroupIngress"
_BY_NAME = ("GroupName",)
_TASK = "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups"

# Where a resource names the security groups it is in.
_USERS = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("SecurityGroups",), "AWS::ElasticLoadBalancing::LoadBalancer": ("SecurityGroups",),
    "AWS::EC2::Instance": ("SecurityGroupIds", "SecurityGroups", "NetworkInterfaces[].GroupSet"),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateData.SecurityGroupIds", "LaunchTemplateData.NetworkInterfaces[].Groups"),
    "AWS::EC2::SpotFleet": ("SpotFleetRequestConfigData.LaunchSpecifications[].SecurityGroups[].GroupId",),
    "AWS::AutoScaling::LaunchConfiguration": ("SecurityGroups",), "AWS::EC2::NetworkInterface": ("GroupSet",),
    "AWS::ECS::Service": (_TASK,), "AWS::ECS::TaskSet": (_TASK,), "AWS::Lambda::Function": ("VpcConfig.SecurityGroupIds",),
    "AWS::RDS::DBInstance": ("VPCSecurityGroups",), "AWS::RDS::DBCluster": ("VpcSecurityGroupIds",),
    "AWS::RDS::DBProxy": ("VpcSecurityGroupIds",), "AWS::ElastiCache::CacheCluster": ("VpcSecurityGroupIds",),
    "AWS::ElastiCache::ReplicationGroup": ("SecurityGroupIds",), "AWS::ElastiCache::ServerlessCache": ("SecurityGroupIds",),
    "AWS::EC2::VPCEndpoint": ("SecurityGroupIds",), "AWS::EFS::MountTarget": ("SecurityGroups",),
    "AWS::Redshift::Cluster": ("VpcSecurityGroupIds",), "AWS::EC2::ClientVpnEndpoint": ("SecurityGroupIds",),
    "AWS::Scheduler::Schedule": ("Target.EcsParameters." + _TASK,),
    "AWS::Events::Rule": ("Targets[].EcsParameters.NetworkConfiguration.AwsVpcConfiguration.SecurityGroups",),
    "AWS::ApiGatewayV2::VpcLink": ("SecurityGroupIds",), "AWS::EKS::Cluster": ("ResourcesVpcConfig.SecurityGroupIds",),
    "AWS::MSK::Cluster": ("BrokerNodeGroupInfo.SecurityGroups",), "AWS::OpenSearchService::Domain": ("VPCOptions.SecurityGroupIds",),
    "AWS::AmazonMQ::Broker": ("SecurityGroups",), "AWS::DocDB::DBCluster": ("VpcSecurityGroupIds",),
    "AWS::Neptune::DBCluster": ("VpcSecurityGroupIds",),
}  # fmt: skip
_NAMES = groups.Names(
    groups=("AWS::EC2::SecurityGroup",),
    users=_USERS,
    balancers=("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancing::LoadBalancer"),
    application=("AWS::ElasticLoadBalancingV2::LoadBalancer",),
    passed_on=("AWS::CloudFormation::", "AWS::SSM::Parameter", "Custom::"),
)


_LISTS = prefix_lists.Names(lists=("AWS::EC2::PrefixList",), entries="Entries", cidr="Cidr")


@reads("AWS::EC2::SecurityGroup", orphans={_RULE: "GroupId|GroupName"}, names=_BY_NAME, companions=(*_USERS, *_LISTS.lists))
def security_group(item: Item, stack: Stack) -> Ingress:
    held = stack.companions(item, _RULE, "GroupId|GroupName", names=_BY_NAME)
    blocks, more = item.blocks("SecurityGroupIngress")
    openings: list[Any] = [each for block in blocks for each in _openings(block, stack)]
    for each, node in held.pairs:
        for found in _openings(each, stack):
            found.world = if_there(found.world, node, False)  # harmless if it would be harmless
            openings.append(found)
    more = more or held.more
    if more and more is not getattr(item, "why", None):
        openings.append(more)
    return Ingress(
        identity=identity(item, name=item["GroupName"], companions=[held]),
        openings=Value(openings, (item.location(),)),
        guards_load_balancer=groups.guards_load_balancer(item, stack, _NAMES),
        http_only_redirects=groups.http_only_redirects(item, stack, _NAMES, load_balancer),
    )


_SOURCES = ("SourceSecurityGroupId", "SourceSecurityGroupName")


def _openings(rule: Node, stack: Stack) -> list[Any]:
    """What one rule lets in, in the group itself or as a resource of its own: they have the same properties.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupingress.html
    """
    protocol, ports = protocol_name(rule["IpProtocol"]), (rule["FromPort"].number(), rule["ToPort"].number())
    found = [each for path in ("CidrIp", "CidrIpv6") for each in openings_from(rule[path], protocol, ports)]
    for path in _SOURCES:
        held = rule.link(path)
        if not held.absent:
            found.append(closed("a security group", protocol, *ports, held.seen))
    return found + prefix_lists.openings(rule.link("SourcePrefixListId"), stack, _LISTS, (protocol, *ports))
