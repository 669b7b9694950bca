"""Security groups in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html"""

from __future__ import annotations

import msgspec

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.cloudformation import BALANCER, CLASSIC
from assay.scanner.facts.network.kinds import Ingress
from assay.scanner.facts.network.members import holders, members
from assay.scanner.facts.network.prefix_lists import DeclaredLists
from assay.scanner.facts.network.security_groups import GroupRulesAt, SecurityGroupAt, security_group
from assay.scanner.facts.spelling import Another, Many

GROUPS = ("AWS::EC2::SecurityGroup",)
_BALANCERS = ("AWS::ElasticLoadBalancingV2::LoadBalancer",)
_CLASSIC = ("AWS::ElasticLoadBalancing::LoadBalancer",)
_TASK = "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups"
# Services and schedules spell it `Awsvpc`, task sets and rules `AwsVpc`:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-taskset-networkconfiguration.html
_TASK_SET = "NetworkConfiguration.AwsVpcConfiguration.SecurityGroups"
_LAUNCHED = "SpotFleetRequestConfigData.LaunchSpecifications[]"
# Where a resource names the security groups it is in.
_MEMBERS = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("SecurityGroups",), "AWS::ElasticLoadBalancing::LoadBalancer": ("SecurityGroups",),
    "AWS::EC2::Instance": ("SecurityGroupIds", "SecurityGroups", "NetworkInterfaces[].GroupSet"),
    "AWS::EC2::LaunchTemplate": (
        "LaunchTemplateData.SecurityGroupIds", "LaunchTemplateData.SecurityGroups", "LaunchTemplateData.NetworkInterfaces[].Groups",
    ),
    "AWS::EC2::SpotFleet": (f"{_LAUNCHED}.SecurityGroups[].GroupId", f"{_LAUNCHED}.NetworkInterfaces[].Groups"),
    "AWS::AutoScaling::LaunchConfiguration": ("SecurityGroups",), "AWS::EC2::NetworkInterface": ("GroupSet",),
    "AWS::ECS::Service": (_TASK,), "AWS::ECS::TaskSet": (_TASK_SET,), "AWS::Lambda::Function": ("VpcConfig.SecurityGroupIds",),
    "AWS::RDS::DBInstance": ("VPCSecurityGroups",), "AWS::RDS::DBCluster": ("VpcSecurityGroupIds",),
    "AWS::RDS::DBProxy": ("VpcSecurityGroupIds",), "AWS::ElastiCache::CacheCluster": ("VpcSecurityGroupIds",),
    "AWS::ElastiCache::ReplicationGroup": ("SecurityGroupIds",), "AWS::ElastiCache::ServerlessCache": ("SecurityGroupIds",),
    "AWS::EC2::VPCEndpoint": ("SecurityGroupIds",), "AWS::EFS::MountTarget": ("SecurityGroups",),
    "AWS::Redshift::Cluster": ("VpcSecurityGroupIds",), "AWS::EC2::ClientVpnEndpoint": ("SecurityGroupIds",),
    "AWS::Scheduler::Schedule": ("Target.EcsParameters." + _TASK,),
    "AWS::Events::Rule": ("Targets[].EcsParameters." + _TASK_SET,),
    "AWS::ApiGatewayV2::VpcLink": ("SecurityGroupIds",), "AWS::EKS::Cluster": ("ResourcesVpcConfig.SecurityGroupIds",),
    "AWS::MSK::Cluster": ("BrokerNodeGroupInfo.SecurityGroups",), "AWS::OpenSearchService::Domain": ("VPCOptions.SecurityGroupIds",),
    "AWS::AmazonMQ::Broker": ("SecurityGroups",), "AWS::DocDB::DBCluster": ("VpcSecurityGroupIds",),
    "AWS::Neptune::DBCluster": ("VpcSecurityGroupIds",), "AWS::AppRunner::VpcConnector": ("SecurityGroups",),
}  # fmt: skip

GENERATED = (("AWS::EC2::SecurityGroup", "GroupId"),)
GROUP_RULES = GroupRulesAt(
    name="GroupName",
    names=("GroupName",),
    # Rules in the group and as resources of their own have the same properties:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupingress.html
    rules=("SecurityGroupIngress", Many("AWS::EC2::SecurityGroupIngress", "GroupId|GroupName", generated=GENERATED)),
    sources=("SourceSecurityGroupId", "SourceSecurityGroupName"),
    prefix_lists=DeclaredLists("SourcePrefixListId", ("AWS::EC2::PrefixList",), cidr="Cidr", entries="Entries"),
)
GROUP = SecurityGroupAt(
    **msgspec.structs.asdict(GROUP_RULES),
    members=members(_MEMBERS, _BALANCERS, _CLASSIC),
    holders=holders(GROUPS, (*_BALANCERS, *_CLASSIC), ("AWS::CloudFormation::", "AWS::SSM::Parameter", "Custom::")),
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
