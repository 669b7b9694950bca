"""Schedules of AWS in CloudFormation, and those that AWS SAM makes of events of a function.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.messaging.triggers.called import CalledAt
from assay.scanner.facts.messaging.triggers.kinds import Trigger
from assay.scanner.facts.messaging.triggers.schedules import ScheduleAt, schedule
from assay.scanner.facts.spelling import Link

_CALLED = ("AWS::Lambda::Function", "AWS::StepFunctions::StateMachine")
_OWN_ROLES = ("Role", "RoleArn", "TaskRoleArn", "ExecutionRoleArn")
_ARN, _TASK = Link("Arn", _CALLED), Link("EcsParameters.TaskDefinitionArn", ("AWS::ECS::TaskDefinition",))
READERS = (
    Reader(
        Trigger,
        ("AWS::Scheduler::Schedule",),
        schedule,
        ScheduleAt(
            name="Name",
            expression="ScheduleExpression",
            state="State",
            end="EndDate",
            targets="Target",
            called=CalledAt(arn=_ARN, task=_TASK, role="RoleArn", always=True, own_roles=_OWN_ROLES),
        ),
        always=False,
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
    Reader(
        Trigger,
        ("AWS::Events::Rule",),
        schedule,
        ScheduleAt(
            name="Name",
            expression="ScheduleExpression",
            state="State",
            pattern="EventPattern",
            targets="Targets",
            called=CalledAt(arn=_ARN, task=_TASK, role="RoleArn", own_roles=_OWN_ROLES),
            role="RoleArn",
        ),
        always=False,
    ),
)
