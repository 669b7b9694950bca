"""Containers and their logs in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-taskdefinition-logconfiguration.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.retention.cloudformation import ACCOUNT_POLICIES
from assay.scanner.facts.observe.sources.aws import AWSLOGS, GroupsAt, TaskAt, groups, task
from assay.scanner.facts.observe.sources.kinds import LogSource
from assay.scanner.facts.spelling import Beside, Referrer

GROUPS = GroupsAt(
    groups=groups("AWS::Logs::LogGroup", "LogGroupName"),
    names=("LogGroupName",),
    filters=Referrer("AWS::Logs::SubscriptionFilter", "LogGroupName"),
    pattern="FilterPattern",
    destination="DestinationArn",
    account=ACCOUNT_POLICIES,
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-oam-link.html
    links=Beside("AWS::Oam::Link"),
    types="ResourceTypes",
    sink="SinkIdentifier",
)

READERS = (
    Reader(
        LogSource,
        ("AWS::ECS::TaskDefinition",),
        task,
        TaskAt(name="Family", sort="task definition", containers="ContainerDefinitions", groups=GROUPS),
    ),
    # Of jobs awslogs is the driver that is there by default: https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html
    Reader(
        LogSource,
        ("AWS::Batch::JobDefinition",),
        task,
        TaskAt(
            name="JobDefinitionName",
            sort="job definition",
            containers="ContainerProperties",
            default=AWSLOGS,
            others=("NodeProperties", "EcsProperties"),
            pods="EksProperties",
            groups=GROUPS,
        ),
        always=False,
    ),
)
