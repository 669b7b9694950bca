"""Whom entry points of AWS admit, in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-wafv2-ipset.html
"""

from __future__ import annotations

from assay.scanner.facts.access.admission.acl import AdmittingAclAt
from assay.scanner.facts.access.admission.entries import AdmissionAt, admission, stage_of_deployment
from assay.scanner.facts.access.admission.kinds import Admission
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.entry_points import by_arn
from assay.scanner.facts.network.cloudformation import GROUP_RULES, GROUPS
from assay.scanner.facts.spelling import Another, Fixed, Link

_ACLS = ("AWS::WAFv2::WebACL",)
_ASSOCIATIONS = by_arn("ResourceArn", "AWS::WAFv2::WebACLAssociation", "AWS::WAFRegional::WebACLAssociation")
_ASSOCIATION = Link("WebACLArn|WebACLId", _ACLS)
_ACL = AdmittingAclAt(group=Link("Arn", ("AWS::WAFv2::RuleGroup",)), ip_set=Link("Arn", ("AWS::WAFv2::IPSet",)))
_STAGE = AdmissionAt(
    name="StageName",
    internal="EndpointConfiguration.Types",
    api=Link("RestApiId", ("AWS::ApiGateway::RestApi",)),
    policy="Policy",
    associations=_ASSOCIATIONS,
    association=_ASSOCIATION,
    acl=_ACL,
)

READERS = (
    Reader(
        Admission,
        ("AWS::ElasticLoadBalancingV2::LoadBalancer",),
        admission,
        AdmissionAt(
            name="Name",
            internal="Scheme",
            type="Type",
            associations=_ASSOCIATIONS,
            association=_ASSOCIATION,
            acl=_ACL,
            groups=Link("SecurityGroups", GROUPS),
            rules=Another(GROUP_RULES),
        ),
    ),
    Reader(Admission, ("AWS::ApiGateway::Stage",), admission, _STAGE),
    Reader(Admission, ("AWS::ApiGateway::Deployment",), stage_of_deployment, _STAGE, always=False),
    Reader(
        Admission,
        ("AWS::CloudFront::Distribution",),
        admission,
        AdmissionAt(name="DistributionConfig.Comment", internal=Fixed(False), web_acl=Link("DistributionConfig.WebACLId", _ACLS), acl=_ACL),
    ),
)
