"""Default networks and groups in Terraform for AWS.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/default_vpc
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.defaults.aws import DefaultGroupAt, InstanceAt, VpcAt, default_group, instance, taken_over, vpc
from assay.scanner.facts.network.defaults.kinds import NetworkDefaults
from assay.scanner.facts.spelling import Fixed, Referrer, Spelling

_GROUP = "aws_default_security_group"
_GROUPS = (Referrer(_GROUP, "vpc_id"),)

READERS = (
    Reader(NetworkDefaults, ("aws_vpc",), vpc, VpcAt(name="tags.Name", groups=_GROUPS)),
    Reader(NetworkDefaults, ("aws_default_vpc",), vpc, VpcAt(name="tags.Name", default=Fixed(True), groups=_GROUPS)),
    Reader(NetworkDefaults, ("aws_default_subnet",), taken_over, Spelling(name="tags.Name")),
    Reader(
        NetworkDefaults,
        (_GROUP,),
        default_group,
        DefaultGroupAt(
            name="name",
            rules=(
                "ingress",
                "egress",
                *(
                    Referrer(type_, "security_group_id")
                    for type_ in ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule", "aws_security_group_rule")
                ),
            ),
        ),
    ),
    Reader(
        NetworkDefaults,
        ("aws_instance", "aws_spot_instance_request"),
        instance,
        InstanceAt(name="tags.Name", subnets=("subnet_id", "network_interface", "primary_network_interface", "launch_template")),
        always=False,
    ),
)
