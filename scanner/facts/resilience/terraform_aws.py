"""Records of Route 53 in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route53_record"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.resilience.kinds import Failover
from assay.scanner.facts.resilience.route53 import RecordAt, record
from assay.scanner.facts.spelling import Link

READERS = (
    Reader(
        Failover,
        ("aws_route53_record",),
        record,
        RecordAt(
            name="name",
            identifier="set_identifier",
            policies=(
                "latency_routing_policy",
                "geolocation_routing_policy",
                "geoproximity_routing_policy",
                "failover_routing_policy",
                "weighted_routing_policy",
                "multivalue_answer_routing_policy",
                "cidr_routing_policy",
            ),
            failover="failover_routing_policy.type",
            alias="alias.name",
            evaluates="alias.evaluate_target_health",
            check=Link("health_check_id", ("aws_route53_health_check",)),
            disabled="disabled",
            inverted="invert_healthcheck",
        ),
    ),
)
