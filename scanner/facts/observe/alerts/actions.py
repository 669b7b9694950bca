"""What an alarm of CloudWatch does, and whom it reaches by that.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts.spelling import Index, Link, Records
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

_TOPICS = ("aws_sns_topic", "AWS::SNS::Topic")
_PROGRAMS = ("autoscaling", "automate", "swf")
"""Services of ARNs of actions that change something: scaling policies, machines that are stopped, rebooted or recovered."""
_POLICIES = (
    "aws_autoscaling_policy", "aws_appautoscaling_policy",
    "AWS::AutoScaling::ScalingPolicy", "AWS::ApplicationAutoScaling::ScalingPolicy",
)  # fmt: skip
_FUNCTIONS = (
    "aws_lambda_function", "aws_lambda_alias", "aws_ssmincidents_response_plan",
    "AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::Serverless::Function", "AWS::SSMIncidents::ResponsePlan",
)  # fmt: skip
_PART = lazy_re.pattern(r"\$\{[^}]*\}")
"""A reference in the text of an ARN."""
_REACHING = ("lambda", "ssm", "ssm-incidents")
"""Services of ARNs of actions that somebody made for it: functions, items of OpsCenter, incidents."""


class SubscriptionsAt(msgspec.Struct, frozen=True):
    """Where an input tells who is subscribed to a topic."""

    subscriptions: Index
    """By the topic; see `by_topic`."""
    topics: Link
    """The actions, as names of topics."""
    filter: str
    """What lets messages through by their attributes or their content."""
    confirmed: str = ""
    """The ARN of a subscription, which says where it is not confirmed."""
    inline: str = ""
    """Subscriptions that a topic itself lists."""


def by_topic(path: str) -> Records:
    """Subscriptions by the address or the ARN of their topic; under None why there may be more of any."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        if isinstance(item, Unlisted):
            yield None, item.why
            return
        data = item.link(path).data
        key = _key(data)
        if key:
            yield key, item
        elif data is not None:
            yield None, unknown_inside(data) or Unknown(f"which topic {item.address} names", "scan the plan", item.location())

    return records


def _key(data: Any) -> str:
    """The address of a resource, or an ARN."""
    return data.address if isinstance(data, Reference) else spelled(data)


def is_program(action: Any) -> bool | Unknown:
    """Whether an action changes something and tells nobody."""
    if isinstance(action, Reference) and action.type in _POLICIES:
        return True
    service = _service(action)
    return service in _PROGRAMS if service else unknown_inside(action) or False


def reaches(view: View, action: Any, at: SubscriptionsAt) -> Value[bool]:
    """Whether anybody hears of an alarm by an action."""
    if isinstance(action, Unknown):
        return view.says(action)
    if isinstance(action, Reference) and action.type in _TOPICS:
        return _subscribed(view, action, at)
    if isinstance(action, Reference) and action.type in _FUNCTIONS:
        return view.says(True)
    service = _service(action)
    if service == "sns":
        return _subscribed(view, action, at)
    if service or (isinstance(action, Reference) and action.type in _POLICIES):
        return view.says(service in _REACHING)
    why = unknown_inside(action) or Unknown(
        f"what the action {_key(action) or 'with an empty ARN'} is", "scan what declares it together with this", view.location
    )
    return view.says(why)


def _service(action: Any) -> str:
    """The service of an ARN, if it is one; empty where that part of it is not known."""
    parts = _PART.sub("*", _key(action)).split(":")
    service = parts[2] if len(parts) > 4 and parts[0] == "arn" else ""
    return "" if "*" in service or "\0" in service else service  # the name of an open value, which may be any


def _subscribed(view: View, action: Any, at: SubscriptionsAt) -> Value[bool]:
    known = view.index(at.subscriptions)
    topic = view.named(action, at.topics) if isinstance(action, (Reference, str)) else None
    keys = [_key(action), *([topic.item.address] if topic else [])]
    subscriptions = [view.of(item) for key in dict.fromkeys(keys) for item in known.get(key, ())]
    heard = [one.weighed(_confirmed(one.surely, at), absence=False) for one in subscriptions]
    if topic is not None and at.inline:
        blocks, more = topic.inner(at.inline)
        heard.append(topic.says(True if blocks else more or False))
    doubts = [view.says(doubt) for doubt in known.get(None, ())]
    here = topic is not None or (isinstance(action, Reference) and action.type in _TOPICS and not action.is_data)
    if not here and not _of_account(view, _key(action)):
        name = describe(action) if isinstance(action, Text) else _key(action)
        why = f"whether anybody is subscribed to {name}, which is declared elsewhere"
        doubts.append(view.says(Unknown(why, "scan it together with this, or the account that it is in", view.location)))
    return any_of([*heard, *doubts, view.says(False)])


def _of_account(view: View, arn: str) -> bool:
    """Whether a topic is of the live account and region that is looked at, whose subscriptions are all known."""
    parts = arn.split(":")
    live = view.item.address.startswith("arn:")
    return live and len(parts) > 5 and (parts[3], parts[4]) == (view.item.region.data, view.account)


def _confirmed(one: View, at: SubscriptionsAt) -> Value[bool]:
    """Whether a subscription gets what alarms send, which has no attributes:
    https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
    """
    there = one[at.confirmed].equals("PendingConfirmation", "Deleted").negate() if at.confirmed else one.says(True)
    narrowed = Unknown("whether the filter of the subscription lets alarms through", "remove the filter policy", one.location)
    passed = one[at.filter].then(lambda data: True if data in (None, "", "{}") else data if isinstance(data, Unknown) else narrowed)
    return all_of([there, passed])
