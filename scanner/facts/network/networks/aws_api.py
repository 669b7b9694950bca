"""Flow logs and query logs of VPCs in the live account. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network import aws_config
from assay.scanner.facts.network.aws_api import of_ec2
from assay.scanner.facts.network.networks.kinds import TrafficRecord
from assay.scanner.facts.network.networks.vpc import VpcAt, vpc
from assay.scanner.facts.spelling import Referrer
from assay.scanner.sources.aws.calls import Call, Listing

VPCS = of_ec2(
    "vpc",
    "Vpcs",
    "vpc/{VpcId}",
    gone=("InvalidVpcID.NotFound",),
    recorded=aws_config.VPC,
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html
    details=(Call("ec2", "DescribeVpcAttribute", (("VpcId", "VpcId"), ("Attribute", "=enableDnsSupport"))),),
)
SUBNETS = of_ec2("subnet", "Subnets", "subnet/{SubnetId}", recorded=aws_config.SUBNET)
FLOW_LOGS = of_ec2("flow_log", "FlowLogs", "vpc-flow-log/{FlowLogId}", recorded=aws_config.FLOW_LOG)
# https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ListResolverQueryLogConfigAssociations.html
QUERY_LOGS = Listing(
    "route53resolver.query_log_association",
    Call("route53resolver", "ListResolverQueryLogConfigAssociations", page_size=100),
    entries="ResolverQueryLogConfigAssociations",
    id="arn:{partition}:route53resolver:{region}:{account}:resolver-query-log-config-association/{Id}",
)
LISTINGS = (VPCS, SUBNETS, FLOW_LOGS, QUERY_LOGS)
_LOGS = (Referrer(FLOW_LOGS.type, "ResourceId"),)

READERS = (
    Reader(
        TrafficRecord,
        (VPCS.type,),
        vpc,
        VpcAt(
            name="VpcId",
            names=("VpcId",),
            flow_logs=_LOGS,
            subnets=(Referrer(SUBNETS.type, "VpcId"),),
            subnet_logs=_LOGS,
            subnet_names=("SubnetId",),
            delivery="DeliverLogsStatus",
            resolves="describe_vpc_attribute.EnableDnsSupport.Value",
            query_logs=(Referrer(QUERY_LOGS.type, "ResourceId"),),
            owner="OwnerId",
        ),
    ),
)
