"""Names of Route 53 in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route53_record"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.cdn.terraform_aws import ORIGINS, TARGETS
from assay.scanner.facts.resilience.names.kinds import PublicName
from assay.scanner.facts.resilience.names.records import CdnAt, NameAt, RecordsAt, by_name, certificates, steered_to
from assay.scanner.facts.resilience.names.route53 import public_name
from assay.scanner.facts.spelling import Link

_DISTRIBUTION = "aws_cloudfront_distribution"
_BALANCERS = ("aws_lb", "aws_alb", "aws_elb")
_STEERING = ("latency_routing_policy", "geolocation_routing_policy", "geoproximity_routing_policy", "cidr_routing_policy")
_RECORDS = RecordsAt(
    types=("aws_route53_record",),
    name="name",
    policies=(*_STEERING, "failover_routing_policy", "weighted_routing_policy", "multivalue_answer_routing_policy"),
    alias="alias.name",
    values="records",
)

READERS = (
    Reader(
        PublicName,
        _RECORDS.types,
        public_name,
        NameAt(
            name="name",
            sort="type",
            zone=Link("zone_id", ("aws_route53_zone", "data.aws_route53_zone")),
            zone_name="name",
            private="vpc",
            relative=True,
            steering=_STEERING,
            places=("latency_routing_policy.region", "geoproximity_routing_policy.aws_region"),
            records=_RECORDS,
            targets=Link("alias.name", (*_BALANCERS, _DISTRIBUTION, *_RECORDS.types)),
            scheme="internal",
            cdn=CdnAt(
                types=(_DISTRIBUTION,),
                origins=ORIGINS,
                targets=TARGETS,
                functions=("function_association", "lambda_function_association"),
                event="event_type",
            ),
            certificates=certificates("aws_acm_certificate"),
            by_name=by_name(_RECORDS),
            steered=steered_to(_RECORDS, _STEERING),
        ),
    ),
)
