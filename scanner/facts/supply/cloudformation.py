"""Roles that CI systems assume, in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-oidcprovider.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Link
from assay.scanner.facts.supply import federation
from assay.scanner.facts.supply.kinds import Federation

# The CDK has a function of its own make the identity provider.
_PROVIDERS = ("AWS::IAM::OIDCProvider", "Custom::AWSCDKOpenIdConnectProvider")

_AT = federation.FederatedRoleAt(name="RoleName", document="AssumeRolePolicyDocument", providers=Link("Url", _PROVIDERS))

READERS = (Reader(Federation, ("AWS::IAM::Role",), federation.federation, _AT, always=False),)
