"""Roles that CI systems assume, in CloudFormation."""

from __future__ import annotations

from assay.scanner.facts.base import Stack, reads
from assay.scanner.facts.supply.federation import federation
from assay.scanner.facts.supply.kinds import Federation
from assay.scanner.sources.interface import Item


# The CDK has a function of its own make the identity provider.
@reads("AWS::IAM::Role", companions=("AWS::IAM::OIDCProvider", "Custom::AWSCDKOpenIdConnectProvider"))
def role(item: Item, stack: Stack) -> Federation | None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-oidcprovider.html"""
    return federation(item, item["AssumeRolePolicyDocument"], stack, item["RoleName"])
