"""Default networks and groups in CloudFormation, which can take neither over.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpc.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.defaults.aws import InstanceAt, VpcAt, instance, of_default_group, vpc
from assay.scanner.facts.network.defaults.kinds import NetworkDefaults

READERS = (
    Reader(
        NetworkDefaults,
        ("AWS::EC2::VPC",),
        vpc,
        VpcAt(
            # https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk.aws_ec2/Vpc.html: restrict_default_security_group
            emptied=of_default_group("DefaultSecurityGroupId", "Custom::VpcRestrictDefaultSG"),
            filled=of_default_group("GroupId", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"),
        ),
    ),
    Reader(
        NetworkDefaults,
        ("AWS::EC2::Instance",),
        instance,
        InstanceAt(placed_by=("SubnetId", "NetworkInterfaces", "LaunchTemplate")),
        always=False,
    ),
)
