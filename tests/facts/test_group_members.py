"""Where resources name the security groups that they are in: what is in a group beside a load balancer may be reached past it.

A group in which a load balancer is lets the internet in on port 443. That is right as long as nothing else is in it, and nobody can tell
where something names groups that are not known.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.scans import verdicts, write

CONTROL = "network.ingress-https-only"

# Terraform's registry has a page for each, such as https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/instance
TERRAFORM = (
    "aws_instance vpc_security_group_ids", "aws_instance security_groups", "aws_spot_instance_request vpc_security_group_ids",
    "aws_spot_instance_request security_groups", "aws_launch_template vpc_security_group_ids", "aws_launch_template security_group_names",
    "aws_launch_template network_interfaces[].security_groups", "aws_network_interface_sg_attachment security_group_id",
    "aws_vpc_endpoint_security_group_association security_group_id", "aws_launch_configuration security_groups",
    "aws_network_interface security_groups", "aws_ecs_service network_configuration.security_groups",
    "aws_lambda_function vpc_config.security_group_ids", "aws_db_instance vpc_security_group_ids", "aws_rds_cluster vpc_security_group_ids",
    "aws_elasticache_cluster security_group_ids", "aws_elasticache_replication_group security_group_ids",
    "aws_vpc_endpoint security_group_ids", "aws_efs_mount_target security_groups", "aws_redshift_cluster vpc_security_group_ids",
    "aws_ec2_client_vpn_endpoint security_group_ids", "aws_scheduler_schedule target.ecs_parameters.network_configuration.security_groups",
    "aws_cloudwatch_event_target ecs_target.network_configuration.security_groups", "aws_apigatewayv2_vpc_link security_group_ids",
    "aws_eks_cluster vpc_config.security_group_ids", "aws_msk_cluster broker_node_group_info.security_groups",
    "aws_opensearch_domain vpc_options.security_group_ids", "aws_mq_broker security_groups", "aws_docdb_cluster vpc_security_group_ids",
    "aws_neptune_cluster vpc_security_group_ids", "aws_db_proxy vpc_security_group_ids",
    "aws_elasticache_serverless_cache security_group_ids", "aws_ecs_task_set network_configuration.security_groups",
    "aws_spot_fleet_request launch_specification[].vpc_security_group_ids",
)  # fmt: skip

# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
CLOUDFORMATION = (
    "AWS::EC2::Instance SecurityGroupIds", "AWS::EC2::Instance SecurityGroups", "AWS::EC2::Instance NetworkInterfaces[].GroupSet",
    "AWS::EC2::LaunchTemplate LaunchTemplateData.SecurityGroupIds", "AWS::EC2::LaunchTemplate LaunchTemplateData.SecurityGroups",
    "AWS::EC2::LaunchTemplate LaunchTemplateData.NetworkInterfaces[].Groups",
    "AWS::EC2::SpotFleet SpotFleetRequestConfigData.LaunchSpecifications[].SecurityGroups[].GroupId",
    "AWS::EC2::SpotFleet SpotFleetRequestConfigData.LaunchSpecifications[].NetworkInterfaces[].Groups",
    "AWS::AutoScaling::LaunchConfiguration SecurityGroups", "AWS::EC2::NetworkInterface GroupSet",
    "AWS::ECS::Service NetworkConfiguration.AwsvpcConfiguration.SecurityGroups",
    "AWS::ECS::TaskSet NetworkConfiguration.AwsVpcConfiguration.SecurityGroups", "AWS::Lambda::Function VpcConfig.SecurityGroupIds",
    "AWS::RDS::DBInstance VPCSecurityGroups", "AWS::RDS::DBCluster VpcSecurityGroupIds", "AWS::RDS::DBProxy VpcSecurityGroupIds",
    "AWS::ElastiCache::CacheCluster VpcSecurityGroupIds", "AWS::ElastiCache::ReplicationGroup SecurityGroupIds",
    "AWS::ElastiCache::ServerlessCache SecurityGroupIds", "AWS::EC2::VPCEndpoint SecurityGroupIds", "AWS::EFS::MountTarget SecurityGroups",
    "AWS::Redshift::Cluster VpcSecurityGroupIds", "AWS::EC2::ClientVpnEndpoint SecurityGroupIds",
    "AWS::Scheduler::Schedule Target.EcsParameters.NetworkConfiguration.AwsvpcConfiguration.SecurityGroups",
    "AWS::Events::Rule Targets[].EcsParameters.NetworkConfiguration.AwsVpcConfiguration.SecurityGroups",
    "AWS::ApiGatewayV2::VpcLink SecurityGroupIds", "AWS::EKS::Cluster ResourcesVpcConfig.SecurityGroupIds",
    "AWS::MSK::Cluster BrokerNodeGroupInfo.SecurityGroups", "AWS::OpenSearchService::Domain VPCOptions.SecurityGroupIds",
    "AWS::AmazonMQ::Broker SecurityGroups", "AWS::DocDB::DBCluster VpcSecurityGroupIds", "AWS::Neptune::DBCluster VpcSecurityGroupIds",
)  # fmt: skip


def nested(path: str, value: Any) -> dict[str, Any]:
    """`{"a": [{"b": value}]}` of `a[].b`."""
    step, dot, rest = path.partition(".")
    inner = nested(rest, value) if dot else value
    return {step.removesuffix("[]"): [inner] if step.endswith("[]") else inner}


def in_terraform(folder: Path, type_: str, path: str, groups: str) -> str:
    """The verdict on a group of a load balancer, beside a resource that names groups at a path."""
    value = groups if path.endswith("group_id") else [groups]
    document = {
        "variable": {"group": {"type": "string"}},
        "resource": {
            "aws_security_group": {
                "web": {"ingress": {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}},
            },
            "aws_lb": {"web": {"security_groups": ["${aws_security_group.web.id}"]}},
            type_: {"member": nested(path, value)},
        },
    }
    write(folder, {"main.tf.json": json.dumps(document)})
    return verdicts(folder, CONTROL)["aws_security_group.web"]


def in_cloudformation(folder: Path, type_: str, path: str, groups: Any) -> str:
    """The same of a template."""
    value = groups if path.endswith("GroupId") else [groups]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
    document = {
        "Parameters": {"Group": {"Type": "String"}},
        "Resources": {
            "Web": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "web", "SecurityGroupIngress": [rule]}},
            "Balancer": {
                "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
                "Properties": {"SecurityGroups": [{"Fn::GetAtt": ["Web", "GroupId"]}]},
            },
            "Member": {"Type": type_, "Properties": nested(path, value)},
        },
    }
    write(folder, {"template.json": json.dumps(document)})
    return verdicts(folder, CONTROL)["AWS::EC2::SecurityGroup.Web"]


@pytest.mark.parametrize("member", TERRAFORM)
def test_members_in_terraform(member: str, tmp_path: Path) -> None:
    type_, path = member.split()
    assert in_terraform(tmp_path, type_, path, "${aws_security_group.web.id}") == "fail"
    assert in_terraform(tmp_path, type_, path, "${var.group}") == "unknown"
    assert in_terraform(tmp_path, type_, path, "sg-0a1b2c3d4e5f60718") == "pass"


@pytest.mark.parametrize("member", CLOUDFORMATION)
def test_members_in_cloudformation(member: str, tmp_path: Path) -> None:
    type_, path = member.split()
    assert in_cloudformation(tmp_path, type_, path, {"Fn::GetAtt": ["Web", "GroupId"]}) == "fail"
    assert in_cloudformation(tmp_path, type_, path, {"Ref": "Group"}) == "unknown"
    assert in_cloudformation(tmp_path, type_, path, "sg-0a1b2c3d4e5f60718") == "pass"
