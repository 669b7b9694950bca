"""Whom entry points of AWS admit, in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/wafv2_ip_set"""

from __future__ import annotations

import msgspec

from assay.scanner.facts.access.admission.acl import AdmittingAclAt
from assay.scanner.facts.access.admission.entries import AdmissionAt, admission
from assay.scanner.facts.access.admission.kinds import Admission
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.entry_points import by_arn
from assay.scanner.facts.edge.terraform_aws import WEB_ACL
from assay.scanner.facts.network.terraform_aws import GROUP_RULES, GROUPS
from assay.scanner.facts.spelling import Another, Fixed, Link, Referrer

_ACLS = ("aws_wafv2_web_acl",)
_ASSOCIATIONS = by_arn("resource_arn", "aws_wafv2_web_acl_association", "aws_wafregional_web_acl_association")
_ASSOCIATION = Link("web_acl_arn|web_acl_id", _ACLS)
_ACL = AdmittingAclAt(
    **msgspec.structs.asdict(WEB_ACL),
    by_set="ip_set_reference_statement",
    forwarded="ip_set_forwarded_ip_config",
    ip_set=Link("arn", ("aws_wafv2_ip_set",)),
    addresses="addresses",
    statements="statement",
    text_set=Link("ARN", ("aws_wafv2_ip_set",)),
)

READERS = (
    Reader(
        Admission,
        ("aws_lb", "aws_alb"),
        admission,
        AdmissionAt(
            name="name",
            internal="internal",
            type="load_balancer_type",
            associations=_ASSOCIATIONS,
            association=_ASSOCIATION,
            acl=_ACL,
            groups=Link("security_groups", GROUPS),
            rules=Another(GROUP_RULES),
        ),
    ),
    Reader(
        Admission,
        ("aws_api_gateway_stage",),
        admission,
        AdmissionAt(
            name="stage_name",
            internal="endpoint_configuration.types",
            api=Link("rest_api_id", ("aws_api_gateway_rest_api",)),
            policy="policy",
            policies=(Referrer("aws_api_gateway_rest_api_policy", "rest_api_id"),),
            associations=_ASSOCIATIONS,
            association=_ASSOCIATION,
            acl=_ACL,
        ),
    ),
    Reader(
        Admission,
        ("aws_cloudfront_distribution",),
        admission,
        AdmissionAt(name="comment", internal=Fixed(False), web_acl=Link("web_acl_id", _ACLS), acl=_ACL),
    ),
)
