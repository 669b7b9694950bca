"""Alarms of CloudWatch, region by region.

An alarm watches metrics that services emit, that metric filters make of logs, or that programs put:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/working_with_metrics.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.model import Part
from assay.scanner.facts.observe.alerts.aws import AlarmAt, alarm
from assay.scanner.facts.observe.required_alerts.kinds import AlertSet, RaisedAlert
from assay.scanner.facts.spelling import Index, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html: those of services without the prefix.
_OF_SERVICES = ("AWS/", "ECS/ContainerInsights", "ContainerInsights", "CloudWatchSynthetics", "LambdaInsights")
_WAY = "name the metric in the param emitted_metrics for this control if a program puts it, or scan the live account"


class AlertsAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of the alarms of a region. The defaults are the API's names."""

    alarms: Annotated[Index, "*"]
    """All alarms; see `by_region`."""
    alarm: Annotated[AlarmAt, "alerts.effective", "alerts.name", "alerts.roles"]
    composites: tuple[str, ...]
    """Types of composite alarms."""
    namespace: Annotated[str, "alerts.emitted"] = "Namespace"
    metric: Annotated[str, "alerts.emitted", "alerts.metrics"] = "MetricName"
    queries: Annotated[str, "alerts.emitted", "alerts.metrics"] = "Metrics"
    """Metrics that an expression puts together."""
    filters: Annotated[Index | None, "alerts.emitted"] = None
    """What metric filters make; see `filtered`."""
    state: Annotated[str, "alerts.emitted"] = ""
    """Of a live alarm, what it says now."""
    comparison: Annotated[str, "alerts.effective"] = "ComparisonOperator"
    threshold: Annotated[str, "alerts.effective"] = "Threshold"
    missing: Annotated[str, "alerts.effective"] = "TreatMissingData"
    tags: Annotated[str, "alerts.roles"] = ""
    """Of a live alarm, the call that tells its tags."""


def by_region(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """Alarms by their account and region, as far as these are known."""
    yield _place(item), item


def filtered(transformations: str, name: str, namespace: str) -> Any:
    """The metrics that filters of logs make, as their namespace and name; under None why there may be more."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        if isinstance(item, Unlisted):
            yield None, item.why
            return
        blocks, doubt = item.blocks(transformations)
        for block in blocks:
            made = block[namespace].data, block[name].data
            yield made if all(isinstance(part, str) for part in made) else None, item
        if doubt:
            yield None, doubt

    return records


def _place(item: Item) -> tuple[str, ...]:
    return tuple(part if isinstance(part, str) else "" for part in (item.account.data, item.region.data))


def turn(item: Item) -> tuple[bool, str]:
    """The order of alarms: what surely exists comes first, and stands for all of them."""
    return item.template is not None, item.address


def of_code(view: View, at: AlertsAt) -> AlertSet | None:
    """The alarms of a region, under the first of them; None of the others."""
    region = view.item.region.data
    items = view.index(at.alarms).get(_place(view.item), [])
    if any(turn(item) < turn(view.item) for item in items):
        return None
    return _alerts(view, at, items, view.item.region if isinstance(region, str) else view.says(""))


def of_region(view: View, at: AlertsAt) -> AlertSet:
    """A region of a live account."""
    return _alerts(view, at, view.index(at.alarms).get(_place(view.item), []), view.item.region)


def _alerts(view: View, at: AlertsAt, items: list[Item], place: Value[Any]) -> AlertSet:
    doubt = next((item.why for item in items if isinstance(item, Unlisted)), None)
    alerts = [_raised(view.of(item), at) for item in items if not isinstance(item, Unlisted)]
    return AlertSet(
        identity=view.identity(place if isinstance(place.data, str) and place.data else view.says("alarms")),
        sort=view.says("region"),
        place=place,
        alerts=view.says(doubt or alerts),
    )


def _raised(view: View, at: AlertsAt) -> Part:
    raised = alarm(view.surely, at.alarm)
    effective = all_of([raised.enabled, raised.told, _notices_silence(view.surely, at)])
    named = [view.surely[at.metric], *(query[at.metric] for query in view.surely.inner(at.queries)[0])]
    return RaisedAlert(
        identity=raised.identity,
        name=view.surely.says(raised.identity.name),
        effective=view.weighed(effective, absence=False),
        emitted=_emitted(view.surely, at),
        metrics=view.says([name.data for name in named if isinstance(name.data, str)]),
    )


def _notices_silence(view: View, at: AlertsAt) -> Value[bool]:
    """Unknown of an alarm on a heartbeat for which missing data is no breach: whatever is dead emits nothing.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html: where nothing is said it is `missing`.
    """
    below = view[at.comparison].equals("LessThanThreshold", "LessThanOrEqualToThreshold")
    few = view[at.threshold].number().then(lambda number: number is not None and number <= 1)
    kept = view[at.missing].default("missing").equals("breaching").negate()
    heartbeat = all_of([below, few, kept])
    why = "whether its metric is emitted where nothing runs: it watches for too little, and missing data is no breach"
    return heartbeat.then(lambda data: Unknown(why, "treat missing data as breaching", view.location) if data else True)


def _emitted(view: View, at: AlertsAt) -> Value[bool]:
    """Whether there is anything to watch. An alarm that never had data says so in a live account."""
    if view.item.type in at.composites:
        return view.says(True)
    if at.state:
        without = Unknown("whether its metric has ever had data: it says INSUFFICIENT_DATA", "look at its metric", view.location)
        return view[at.state].then(lambda state: without if state == "INSUFFICIENT_DATA" else True)
    metrics, more = view.inner(at.queries)
    watched = [one for one in (view, *metrics) if not (one[at.namespace].absent and one[at.metric].absent)]
    tests = [*(_has_emitter(view, one, at) for one in watched), *([view.says(more)] if more else [])]
    return all_of(tests) if tests else view.says(Unknown("whether anything emits its metrics", _WAY, view.location))


def _has_emitter(view: View, watched: View, at: AlertsAt) -> Value[bool]:
    """Whether something emits a metric that an alarm watches."""
    namespace, metric = watched[at.namespace], watched[at.metric]
    if isinstance(namespace.data, str) and namespace.data.startswith(_OF_SERVICES):
        return view.says(True)
    if namespace.unknown or metric.unknown:
        return view.says(namespace.unknown or metric.unknown)
    told = isinstance(namespace.data, str) and isinstance(metric.data, str)
    metric_filters = view.index(at.filters).get((namespace.data, metric.data), ()) if at.filters and told else ()
    filters = [view.of(item) for item in metric_filters]
    why = Unknown(f"whether anything emits {describe(namespace.data)} {describe(metric.data)}", _WAY, view.location)
    return any_of([*(one.weighed(one.says(True), absence=False) for one in filters), view.says(why)])
