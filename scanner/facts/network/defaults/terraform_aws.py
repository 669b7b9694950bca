"""Default networks and groups in Terraform for AWS.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/default_vpc
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.defaults.aws import (
    DefaultGroupAt,
    InstanceAt,
    PlacedAt,
    VpcAt,
    default_group,
    instance,
    placed,
    taken_over,
    vpc,
)
from assay.scanner.facts.network.defaults.kinds import NetworkDefaults
from assay.scanner.facts.network.looked_up import LOOKED_UP
from assay.scanner.facts.spelling import Fixed, Referrer, Spelling

_GROUP = "aws_default_security_group"
_GROUPS = (Referrer(_GROUP, "vpc_id"),)
# What runs or keeps something in subnets, by the argument that names it, with where it names these.
_PLACED: dict[str, dict[str, tuple[str, ...]]] = {
    "name": {
        "aws_autoscaling_group": ("vpc_zone_identifier",),
        "aws_db_subnet_group": ("subnet_ids",),
        "aws_docdb_subnet_group": ("subnet_ids",),
        "aws_ecs_service": ("network_configuration.subnets",),
        "aws_eks_cluster": ("vpc_config.subnet_ids",),
        "aws_elasticache_subnet_group": ("subnet_ids",),
        "aws_elb": ("subnets",),
        "aws_lb": ("subnets", "subnet_mapping[].subnet_id"),
        "aws_alb": ("subnets", "subnet_mapping[].subnet_id"),
        "aws_neptune_subnet_group": ("subnet_ids",),
        "aws_redshift_subnet_group": ("subnet_ids",),
        "aws_sagemaker_notebook_instance": ("subnet_id",),
    },
    "function_name": {"aws_lambda_function": ("vpc_config.subnet_ids",)},
    "cluster_name": {"aws_msk_cluster": ("broker_node_group_info.client_subnets",)},
    "node_group_name": {"aws_eks_node_group": ("subnet_ids",)},
    "": {
        "aws_ecs_task_set": ("network_configuration.subnets",),
        "aws_efs_mount_target": ("subnet_id",),
        "aws_network_interface": ("subnet_id",),
    },
}

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
        InstanceAt(
            name="tags.Name",
            looked_up=LOOKED_UP,
            subnets=("subnet_id",),
            placed_by=("subnet_id", "network_interface", "primary_network_interface", "launch_template"),
        ),
        always=False,
    ),
    *(
        Reader(NetworkDefaults, (type_,), placed, PlacedAt(name=name, looked_up=LOOKED_UP, subnets=subnets), always=False)
        for name, types in _PLACED.items()
        for type_, subnets in types.items()
    ),
)
