"""What the policies of Application Auto Scaling follow.

Below https://docs.aws.amazon.com/autoscaling/application/userguide/: target tracking (application-auto-scaling-target-tracking.html); step
scaling, by the alarms that name the policy (application-auto-scaling-step-scaling-policies.html). A queue is to be tracked by the messages
that each task has, which metric math tells (application-auto-scaling-target-tracking-metric-math.html). Predictive scaling follows a
forecast, not what there is, and is no signal (application-auto-scaling-predictive-scaling.html).
"""

from __future__ import annotations

from typing import Any

from assay.scanner import lazy_re
from assay.scanner.facts.compute.scaling.claims import Names
from assay.scanner.facts.compute.scaling.kinds import Signal
from assay.scanner.facts.compute.scaling.metric_math import divides
from assay.scanner.facts.spelling import Referrer, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

# https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
_PREDEFINED = lazy_re.pattern(r"ECSServiceAverage(CPU|Memory)Utilization(HighResolution)?")
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html,
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
_OF_ECS = ("AWS/ECS", "ECS/ContainerInsights")
_USED = ("CPUUtilization", "MemoryUtilization", "CpuUtilized", "MemoryUtilized", "TaskCpuUtilization", "TaskMemoryUtilization")
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
_QUEUES, _WAITING = "AWS/SQS", "ApproximateNumberOfMessagesVisible"


class MetricAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where a policy or an alarm says which metric it follows: one by its name, or several in queries."""

    metric: str
    namespace: str
    queries: str
    id: str
    expression: str
    of_query: str
    namespace_of_query: str
    returned: str
    """Of a query, whether it is the one that is followed."""
    dimensions: tuple[str, str, str] = ("", "", "")
    """Blocks of dimensions, with their names and values."""
    dimension_map: str = ""


class PolicyAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a policy follows. The last four are places in what stands before them."""

    tracking: str
    predefined: str
    custom: str
    customized: MetricAt
    steps: str
    adjustments: str
    adjustment: str
    names: tuple[str, ...] = ()
    """By what text alarms name it."""
    alarms: Referrer
    enabled: str
    """Of an alarm, whether it acts at all."""
    alarmed: MetricAt
    whole: bool = False
    """Every alarm that there is has been listed: a policy that none names is never called."""


def signals(policy: View, at: PolicyAt, service: Names) -> list[Signal | Unknown]:
    """What a policy follows when it adds tasks. `service`: that which it scales, whose own use counts."""
    if policy.doubt is not None:
        return [policy.doubt]
    tracked, more = policy.inner(at.tracking)
    steps, more_steps = policy.inner(at.steps)
    followed: list[Signal | Unknown] = [doubt for doubt in (more, more_steps) if doubt is not None]
    for block in tracked:
        predefined = block[at.predefined]
        followed += [] if predefined.data in (None, "") else [_predefined(predefined)]
        customs, doubt = block.inner(at.custom)
        followed += [signal for custom in customs for signal in _followed(custom, at.customized, service, stepped=False)]
        followed += [doubt] if doubt else []
    for block in steps:
        followed += _stepped(policy, block, at, service)
    return followed


def _predefined(metric: Value[Any]) -> Signal:
    return Signal(
        name=Value(describe(metric.raw), metric.seen),
        metrics=metric.text().then(lambda name: [name]),
        utilization=metric.text().then(lambda name: _PREDEFINED.fullmatch(name) is not None),
        backlog=Value(False, metric.seen),
        per_task=Value(False, metric.seen),
    )


def _stepped(policy: View, block: View, at: PolicyAt, service: Names) -> list[Signal | Unknown]:
    """By the alarms that name the policy, where one of its steps adds something."""
    adjustments, more = block.inner(at.adjustments)
    adds = any_of(
        [*(adjustment[at.adjustment].number().then(_is_more) for adjustment in adjustments), *([block.says(more)] if more else [])]
    )
    if adds.data is False:
        return []
    if adds.unknown:
        return [adds.unknown]
    alarms = policy.of(policy.item, at.names).referrers(at.alarms)
    followed: list[Signal | Unknown] = [alarms.more] if alarms.more else []
    for alarm in alarms.views:
        acts = alarm[at.enabled].default(True).truth()
        if acts.unknown:
            followed.append(acts.unknown)
        elif acts.data:
            followed += _followed(alarm, at.alarmed, service, stepped=True)
    if not alarms.views and not followed and not at.whole:
        reason = f"no alarm here names {policy.item.address}, so that it is not known what calls it"
        followed.append(Unknown(reason, "scan the alarm together with this, or the live account", policy.location))
    return followed


def _is_more(adjustment: Any) -> bool | Unknown:
    return adjustment > 0 if adjustment is not None else Unknown("how many tasks a step adds is not said", "correct the step")


def _followed(view: View, at: MetricAt, service: Names, *, stepped: bool) -> list[Signal | Unknown]:
    """The metric at some places, or what queries make of several."""
    metric = view[at.metric]
    if metric.data not in (None, ""):
        return [_signal(view, [(metric, view[at.namespace])], view.says(stepped), _of_service(view, at, service))]
    queries, more = view.inner(at.queries)
    if not queries or more:
        return [more] if more else []
    followed = [query for query in queries if query[at.returned].default(True).truth().data is not False]
    if followed and all(query[at.of_query].data not in (None, "") for query in followed):
        queries = followed  # expressions beside it are not looked at
    metrics = {
        str(query[at.id].data): (query[at.of_query], query[at.namespace_of_query])
        for query in queries
        if query[at.of_query].data not in (None, "")
    }
    expressions = {str(query[at.id].data): query[at.expression] for query in queries if query[at.expression].data not in (None, "")}
    waiting = {id_ for id_, (name, namespace) in metrics.items() if _is_backlog(name, namespace).data is not False}
    open_ = next((query[at.id].unknown for query in queries if query[at.id].unknown), None) if expressions else None
    shared = stepped or open_ or _shared(expressions, waiting, set(metrics))
    return [_signal(view, list(metrics.values()), view.says(shared), view.says(True))]


def _shared(expressions: dict[str, Value[Any]], waiting: set[str], metrics: set[str]) -> bool | Unknown:
    """Whether what waits is divided by another metric, such as the number of tasks."""
    texts: dict[str, str] = {}
    for id_, expression in expressions.items():
        text = expression.text()
        if text.unknown:
            return text.unknown
        texts[id_] = text.data
    return divides(texts, waiting, metrics - waiting)


def _of_service(view: View, at: MetricAt, service: Names) -> Value[bool]:
    """Whether the dimensions of a metric of ECS name a service: without one it is that of the whole cluster."""
    path, name, value = at.dimensions
    if at.dimension_map:
        pairs = view[at.dimension_map]
        if pairs.unknown or not isinstance(pairs.data, dict):
            return view.says(pairs.unknown or False)
        said, more = [pairs.data["ServiceName"]] if "ServiceName" in pairs.data else [], None
    else:
        blocks, more = view.inner(path)
        said = [block.link(value).data for block in blocks if block[name].data == "ServiceName"]
    if not said:
        return view.says(more or False)
    named = said[0]
    if isinstance(named, Reference) and named.address in service.addresses:
        return view.says(True)
    text = spelled(named)
    if service.known and isinstance(named, str):
        return view.says(text == service.text)
    same = bool(text) and text == service.text
    way = "scan the plan, or the live account"
    return view.says(same or Unknown("whether a metric is that of the service which it scales", way, view.location))


def _signal(view: View, metrics: list[tuple[Value[Any], Value[Any]]], per_task: Value[bool], own: Value[bool]) -> Signal:
    used = any_of([all_of([name.equals(*_USED), namespace.equals(*_OF_ECS)]) for name, namespace in metrics])
    backlog = any_of([_is_backlog(name, namespace) for name, namespace in metrics])
    names = [name.text() for name, _ in metrics]
    unknown = next((name.unknown for name in names if name.unknown), None)
    return Signal(
        name=view.says(" with ".join(_words(name, namespace) for name, namespace in metrics) or "an expression"),
        metrics=view.says(unknown or [name.data for name in names]),
        # What is counted against the tasks of a service, whose number may be a count of its CPU's samples, is not its use.
        utilization=all_of([used, *(namespace.equals(*_OF_ECS) for _, namespace in metrics), own]),
        backlog=backlog,
        per_task=per_task,
    )


def _words(name: Value[Any], namespace: Value[Any]) -> str:
    return " ".join(describe(value.raw) for value in (namespace, name) if value.data not in (None, "") and not value.unknown) or "a metric"


def _is_backlog(name: Value[Any], namespace: Value[Any]) -> Value[bool]:
    return all_of([name.equals(_WAITING), namespace.equals(_QUEUES)])
