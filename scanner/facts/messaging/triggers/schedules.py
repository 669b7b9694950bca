"""Schedules of AWS: those of EventBridge Scheduler, and rules of EventBridge that have one.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/what-is-scheduler.html,
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.messaging.parties import called
from assay.scanner.facts.messaging.triggers.called import CalledAt, closed, target
from assay.scanner.facts.messaging.triggers.kinds import Trigger
from assay.scanner.facts.messaging.triggers.recurrence import rest_of_aws, rest_of_end, running
from assay.scanner.facts.moments import moment
from assay.scanner.facts.spelling import Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, any_of

DISABLED = "is disabled"
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Rule.html#eventbridge-Type-Rule-State
_ON = ("ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")


class ScheduleAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a schedule, or of a rule that may have one."""

    expression: Annotated[str, "runs", "resting", "rest"]
    state: Annotated[str, "runs", "resting", "rest"]
    switch: Annotated[str, "runs", "resting", "rest"] = ""
    """A flag in place of the state, of older code."""
    end: Annotated[str, "runs", "resting", "rest"] = ""
    pattern: Annotated[Place, "sort"] = ""
    """Of a rule, the events that it is for, beside or in place of a schedule."""
    managed: Annotated[Place, "sort"] = ""
    """Of a live rule, the service of AWS that has made it for itself."""
    targets: Annotated[str | Referrer, "targets", "targeted"]
    called: Annotated[CalledAt, "targets"]
    role: Annotated[str, "targets"] = ""
    """Of a rule, the role of all targets."""


def schedule(view: View, at: ScheduleAt) -> Trigger | None:
    """None for a rule that is for events alone, or that a service of AWS has made for itself.

    Without a state it is enabled: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html,
    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
    """
    expression = view[at.expression]
    if expression.data in (None, "") or view[at.managed].is_set().data is True:
        return None
    blocks, more = view.inner(at.targets)
    role = view.link(at.role)
    targets: list[Any] = [target(block, at.called, role) for block in blocks] + closed(more)
    now = moment((view.location,))
    name = called(view, at.name)
    companions = [block.item for block in blocks if block.item is not view.item]
    identity = view.identity(name, *companions)
    if expression.unknown and at.pattern and (None in expression.options or not view[at.pattern].absent):
        why = f"whether {view.item.address} has a schedule: {expression.unknown.reason}"
        identity.perhaps = Unknown(why, expression.unknown.settles_it, view.location)
    return Trigger(
        identity=identity,
        sort=view.says("schedule"),
        **running(view, _rest_of_state(view, at), expression.then(lambda text: rest_of_aws(text, now)), rest_of_end(view[at.end], now)),
        targets=view.says(targets),
        targeted=any_of([view.says(bool(blocks)), *(view.says(why) for why in closed(more))]),
        failing=view.says(False),
    )


def _rest_of_state(view: View, at: ScheduleAt) -> Value[str]:
    switch = view[at.switch]
    on: Value[bool] = view[at.state].default("ENABLED").equals(*_ON) if switch.absent else switch.truth()
    return on.then(lambda enabled: "" if enabled else DISABLED)
