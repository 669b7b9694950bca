"""Containers and their logs in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_task_definition"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.retention.terraform_aws import ACCOUNT_POLICIES
from assay.scanner.facts.observe.sources.aws import AWSLOGS, GroupsAt, TaskAt, groups, task
from assay.scanner.facts.observe.sources.kinds import LogSource
from assay.scanner.facts.spelling import Beside, Referrer

GROUPS = GroupsAt(
    groups=groups("aws_cloudwatch_log_group", "name"),
    names=("name", "id"),
    filters=Referrer("aws_cloudwatch_log_subscription_filter", "log_group_name"),
    pattern="filter_pattern",
    destination="destination_arn",
    account=ACCOUNT_POLICIES,
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/oam_link
    links=Beside("aws_oam_link"),
    types="resource_types",
    sink="sink_identifier",
)

READERS = (
    Reader(
        LogSource,
        ("aws_ecs_task_definition",),
        task,
        TaskAt(name="family", sort="task definition", containers="container_definitions", groups=GROUPS),
    ),
    # Of jobs awslogs is the driver that is there by default: https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html
    Reader(
        LogSource,
        ("aws_batch_job_definition",),
        task,
        TaskAt(
            name="name",
            sort="job definition",
            containers="container_properties",
            default=AWSLOGS,
            others=("node_properties", "ecs_properties"),
            pods="eks_properties",
            groups=GROUPS,
        ),
        always=False,
    ),
)
