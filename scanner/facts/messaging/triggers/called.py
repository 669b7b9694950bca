"""What schedules of AWS call: whether it exists, and as whom it is called."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.messaging.triggers.kinds import Target
from assay.scanner.facts.same import same_name
from assay.scanner.facts.spelling import Index, Link, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown, because, describe, unknown_inside
from assay.scanner.sources.values import Value, all_of

NO_ROLE, SAME_ROLE = "without a role", "with the role that it runs with itself"
_NO_RESOURCE = ":scheduler:::"
"""Of a universal target, which names an operation of an API: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html"""
_PLACES = ("aws_caller_identity", "aws_region", "aws_partition")
# What is called by its own policy where the target names no role, as services in ARNs and as types. Everything else takes a role.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
_BY_POLICY = ("lambda", "sqs", "sns", "logs", "execute-api", "events")
_TYPES_BY_POLICY = (
    "aws_lambda_", "aws_sqs_queue", "aws_sns_topic", "aws_cloudwatch_log_group", "aws_api_gateway_", "aws_apigatewayv2_",
    "aws_cloudwatch_event_bus",
    "AWS::Lambda::", "AWS::SQS::", "AWS::SNS::", "AWS::Logs::", "AWS::ApiGateway", "AWS::Events::EventBus",
)  # fmt: skip
_CALLED = (*_TYPES_BY_POLICY, "aws_ecs_", "aws_kinesis_", "aws_sfn_", "aws_batch_", "aws_codebuild_", "aws_codepipeline", "aws_sagemaker_")


class CalledAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what is called, below a target."""

    arn: Link
    task: Link
    """Of a task of ECS, what is run; the ARN is that of the cluster then."""
    role: str
    always: bool = False
    """Whether every target has a role: those of the Scheduler, https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Target.html"""
    own_roles: tuple[str, ...] = ()
    """Of what is called, where it tells as whom it runs."""
    listed: Index | None = None
    """Of a live account, what is there: addresses, and under None with the type why there may be more of it (see `there`)."""
    types: tuple[tuple[str, str], ...] = ()
    """The same: what an ARN has after its service, to the type that is listed: `sqs:`, `ecs:cluster/`."""


def target(one: View, at: CalledAt, role_of_all: Value[Any]) -> Target:
    """One target. `role_of_all`: the role of the rule, which counts where the target has none."""
    arn, task = one.link(at.arn), one.link(at.task)
    there = [arn.then(lambda data: _there(one, at, data))]
    if not task.absent:
        there.append(task.then(lambda data: _there(one, at, data)))
    role = one.link(at.role).otherwise(role_of_all)
    named = role.then(lambda data: data not in (None, ""))
    how = NO_ROLE
    if named.data is True and _is_its_own(one, at, (arn, task), role.data):
        named, how = Value(False, role.seen), SAME_ROLE
    elif named.data is False and not at.always:
        named = arn.then(lambda data: _by_policy(one, data))
    return Target(name=one.says(_shown(arn)), there=all_of(there), identified=named, how=one.says(None if named.data is True else how))


def _shown(arn: Value[Any]) -> str:
    data = arn.data
    return data.address if _is_arn(data) else "something that is not known" if isinstance(data, Unknown) else describe(data)


def _is_arn(data: Any) -> bool:
    """In a live account an ARN refers to what has it."""
    return isinstance(data, Reference) and data.address.startswith("arn:")


def _there(one: View, at: CalledAt, data: Any) -> bool | Unknown:
    """A reference to a resource of the same code is one to something that is there, since it could not be applied otherwise."""
    if data in (None, ""):
        return False
    if isinstance(data, Reference) and not _is_arn(data):
        return not data.is_data or data.type.startswith(_CALLED) or _elsewhere(one, str(data))
    text = data.address if isinstance(data, Reference) else str(data)
    if _NO_RESOURCE in text:
        return True
    if at.listed is not None:
        return _listed(one, at, at.listed, text)
    if isinstance(data, Text) and _names_a_resource(data):
        return True
    return unknown_inside(data) or _elsewhere(one, text)


def _elsewhere(one: View, name: str) -> Unknown:
    return Unknown(
        f"whether {name} exists, which is not declared here", "refer to the resource itself, or scan the live account", one.location
    )


def _names_a_resource(text: Text) -> bool:
    """`${aws_lambda_function.scan.arn}:live`, `arn:aws:sqs:us-east-1:123456789012:${aws_sqs_queue.scans.name}`"""
    ends = (text.parts[0], text.parts[-1])
    return any(isinstance(end, Reference) and not end.is_data and end.type not in _PLACES for end in ends)


def _listed(one: View, at: CalledAt, index: Index, arn: str) -> bool | Unknown:
    """Whether what has an ARN is among what was listed, as far as it is of this account and region, and of a type that is asked for."""
    known, home = one.index(index), _home(arn)
    if known.get(home):
        return True
    fields = arn.split(":", 5)
    type_ = next((type_ for start, type_ in at.types if len(fields) == 6 and f"{fields[2]}:{fields[5]}".startswith(start)), None)
    if type_ is None:
        return Unknown(f"whether {arn} exists, which is not asked for", "look at it in the account", one.location)
    if fields[3] != one.item.region.data or fields[4] != one.account:
        return Unknown(f"whether {arn} exists, which is of another account or region", "audit that too", one.location)
    doubt = next(iter(known.get((None, type_), ())), None)
    return doubt if isinstance(doubt, Unknown) else False


def _home(arn: str) -> str:
    """The ARN of what is listed: of a function or a state machine without its version, of a task definition without its revision."""
    fields = arn.split(":")
    if len(fields) > 7 and fields[2] in ("lambda", "states"):
        return ":".join(fields[:7])
    return ":".join(fields[:6]) if len(fields) > 6 and fields[2] == "ecs" else arn


def _by_policy(one: View, data: Any) -> bool | Unknown:
    """Whether what is called without a role admits the caller by its own policy."""
    if isinstance(data, Text) and isinstance(data.parts[0], Reference) and data.parts[0].type.startswith(_CALLED):
        data = data.parts[0]  # `${aws_lambda_function.scan.arn}:live`
    if isinstance(data, Reference) and not _is_arn(data):
        if data.is_data and not data.type.startswith(_CALLED):
            return Unknown(f"whether {data} takes a role", "give the target one", one.location)
        return data.type.startswith(_TYPES_BY_POLICY)
    text = data.address if isinstance(data, Reference) else str(data) if isinstance(data, (str, Text)) else ""
    fields = text.split(":")
    if len(fields) < 3 or "$" in fields[2]:
        return unknown_inside(data) or Unknown(f"whether {describe(data)} takes a role", "give the target one", one.location)
    return fields[2] in _BY_POLICY


def _is_its_own(one: View, at: CalledAt, called: tuple[Value[Any], ...], role: Any) -> bool:
    """Whether a role is the one that what is called runs with: whoever takes on that one can then start it, too."""
    for value, link in zip(called, (at.arn, at.task), strict=True):
        data = value.data.parts[0] if isinstance(value.data, Text) else value.data
        address = data.address if isinstance(data, Reference) else data
        callee = one.named(_home(address), link) if isinstance(address, str) else None
        for path in at.own_roles if callee is not None else ():
            own = callee.link(path).data if callee is not None else None
            if own is not None and not isinstance(own, Unknown) and same_name(own, role) is True:
                return True
    return False


def closed(why: Unknown | None) -> list[Any]:
    """Of a list, why there may be more in it."""
    return [because(why)] if why is not None else []
