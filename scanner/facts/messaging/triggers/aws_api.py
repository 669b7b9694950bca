"""Schedules of the live account. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.aws_api import CLUSTERS, DESCRIBE_TASK, FUNCTIONS, TASKS
from assay.scanner.facts.messaging.aws_api import BUSES, EVENT_TARGETS, QUEUES, RULES, SCHEDULES, STREAMS, TOPICS
from assay.scanner.facts.messaging.triggers.called import CalledAt
from assay.scanner.facts.messaging.triggers.kinds import Trigger
from assay.scanner.facts.messaging.triggers.schedules import ScheduleAt, schedule
from assay.scanner.facts.spelling import Index, Link, Referrer
from assay.scanner.sources.aws.calls import Call, Listing
from assay.scanner.sources.interface import Item, Unlisted

# https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachines.html
MACHINES = Listing(
    "stepfunctions.machine",
    Call("stepfunctions", "ListStateMachines", page_size=1000, action="states:ListStateMachines"),
    entries="stateMachines",
    id="stateMachineArn",
)
LISTINGS = (MACHINES,)
_TYPES = (
    ("lambda:function:", FUNCTIONS.type),
    ("sqs:", QUEUES.type),
    ("sns:", TOPICS.type),
    ("kinesis:stream/", STREAMS.type),
    ("events:event-bus/", BUSES.type),
    ("states:stateMachine:", MACHINES.type),
    ("ecs:cluster/", CLUSTERS.type),
    ("ecs:task-definition/", TASKS.type),
)


def _there(item: Item) -> Iterator[tuple[Hashable, Any]]:
    if isinstance(item, Unlisted):
        yield (None, item.type), item.why
    else:
        yield item.address, item


_TASK = "describe_task_definition.taskDefinition"
_CALLED = CalledAt(
    arn=Link("Arn", (FUNCTIONS.type,)),
    task=Link("EcsParameters.TaskDefinitionArn", (TASKS.type,), calls=(DESCRIBE_TASK.name,)),
    role="RoleArn",
    own_roles=("Role", f"{_TASK}.taskRoleArn", f"{_TASK}.executionRoleArn"),
    listed=Index(tuple(type_ for _, type_ in _TYPES), _there),
    types=_TYPES,
)
READERS = (
    Reader(
        Trigger,
        (SCHEDULES.type,),
        schedule,
        ScheduleAt(
            name="Name",
            expression="get_schedule.ScheduleExpression",
            state="State",
            end="get_schedule.EndDate",
            targets="get_schedule.Target",
            called=_CALLED,
        ),
        always=False,
    ),
    Reader(
        Trigger,
        (RULES.type,),
        schedule,
        ScheduleAt(
            name="Name",
            expression="ScheduleExpression",
            state="State",
            pattern="EventPattern",
            managed="ManagedBy",
            targets=Referrer(EVENT_TARGETS.type, "RuleArn"),
            called=_CALLED,
            role="RoleArn",
        ),
        always=False,
    ),
)
