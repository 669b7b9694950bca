"""Schedules of AWS in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/scheduler_schedule"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.messaging.triggers.called import CalledAt
from assay.scanner.facts.messaging.triggers.kinds import Trigger
from assay.scanner.facts.messaging.triggers.schedules import ScheduleAt, schedule
from assay.scanner.facts.spelling import Link, Referrer

_CALLED = ("aws_lambda_function", "aws_sfn_state_machine")
_TASKS = ("aws_ecs_task_definition",)
_OWN_ROLES = ("role", "role_arn", "task_role_arn", "execution_role_arn")
READERS = (
    Reader(
        Trigger,
        ("aws_scheduler_schedule",),
        schedule,
        ScheduleAt(
            name="name",
            expression="schedule_expression",
            state="state",
            end="end_date",
            targets="target",
            called=CalledAt(
                arn=Link("arn", _CALLED),
                task=Link("ecs_parameters.task_definition_arn", _TASKS),
                role="role_arn",
                always=True,
                own_roles=_OWN_ROLES,
            ),
        ),
        always=False,
    ),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_event_target
    Reader(
        Trigger,
        ("aws_cloudwatch_event_rule",),
        schedule,
        ScheduleAt(
            name="name",
            names=("name",),
            expression="schedule_expression",
            state="state",
            switch="is_enabled",
            pattern="event_pattern",
            targets=Referrer("aws_cloudwatch_event_target", "rule"),
            called=CalledAt(
                arn=Link("arn", _CALLED),
                task=Link("ecs_target.task_definition_arn", _TASKS),
                role="role_arn",
                own_roles=_OWN_ROLES,
            ),
            role="role_arn",
        ),
        always=False,
    ),
)
