"""Flow logs and query logs of VPCs in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-flowlog.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.networks.kinds import TrafficRecord
from assay.scanner.facts.network.networks.vpc import VpcAt, vpc
from assay.scanner.facts.spelling import Referrer

_GENERATED = (("AWS::EC2::VPC", "ResourceId"), ("AWS::EC2::Subnet", "ResourceId"))
_LOGS = (Referrer("AWS::EC2::FlowLog", "ResourceId", generated=_GENERATED),)

READERS = (
    Reader(
        TrafficRecord,
        ("AWS::EC2::VPC",),
        vpc,
        VpcAt(
            flow_logs=_LOGS,
            subnets=(Referrer("AWS::EC2::Subnet", "VpcId", generated=(("AWS::EC2::VPC", "VpcId"),)),),
            subnet_logs=_LOGS,
            resolves="EnableDnsSupport",
            query_logs=(Referrer("AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation", "ResourceId", generated=_GENERATED),),
        ),
    ),
)
