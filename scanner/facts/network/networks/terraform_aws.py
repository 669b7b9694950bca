"""Flow logs and query logs of VPCs in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/flow_log"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.networks.kinds import TrafficRecord
from assay.scanner.facts.network.networks.vpc import VpcAt, vpc
from assay.scanner.facts.spelling import Referrer

READERS = (
    Reader(
        TrafficRecord,
        ("aws_vpc", "aws_default_vpc"),
        vpc,
        VpcAt(
            name="tags.Name",
            flow_logs=(Referrer("aws_flow_log", "vpc_id", generated=(("aws_vpc", "vpc_id"),)),),
            subnets=(Referrer("aws_subnet", "vpc_id", generated=(("aws_vpc", "vpc_id"),)),),
            subnet_logs=(Referrer("aws_flow_log", "subnet_id", generated=(("aws_subnet", "subnet_id"),)),),
            traffic="traffic_type",
            resolves="enable_dns_support",
            query_logs=(
                Referrer("aws_route53_resolver_query_log_config_association", "resource_id", generated=(("aws_vpc", "resource_id"),)),
            ),
        ),
    ),
)
