"""Which alarms of CloudWatch watch a metric of a resource, and whether somebody hears of them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.observe.alerts.aws import AlarmAt, alarm
from assay.scanner.facts.spelling import Index, Records, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Unknown, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

_ABOVE = ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold")
_BELOW = ("LessThanThreshold", "LessThanOrEqualToThreshold")
API = ("Namespace", "MetricName", "Metrics", "MetricStat.Metric", "Expression")
"""The API's names for `by_metric`."""


class WatchAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what an alarm watches. The defaults are the API's names."""

    watched: Index
    """Alarms by the namespace and the name of what they watch; see `by_metric`."""
    alarm: AlarmAt
    namespace: str = "Namespace"
    metric: str = "MetricName"
    statistic: str = "Statistic|ExtendedStatistic"
    period: str = "Period"
    queries: str = "Metrics"
    expression: str = "Expression"
    """Of a query that computes; any other names a metric."""
    queried: str = "MetricStat.Metric"
    query_statistic: str = "MetricStat.Stat"
    query_period: str = "MetricStat.Period"
    dimensions: str = "Dimensions"
    listed: bool = True
    """Dimensions are a list of names and values."""
    periods: str = "EvaluationPeriods"
    points: str = "DatapointsToAlarm"
    comparison: str = "ComparisonOperator"
    threshold: str = "Threshold"
    missing: str = "TreatMissingData"
    state: str = ""
    """Of a live alarm, what it says now."""


class Watch(msgspec.Struct, frozen=True):
    """An alarm on a metric."""

    view: View
    """The alarm, in doubt where it may not exist."""
    metric: View
    """What names the metric: the alarm itself, or a part of a query."""
    statistic: Value[Any]
    period: Value[Any]
    doubt: Unknown | None
    """Why it may watch something else than that metric alone."""


def by_metric(namespace: str, metric: str, queries: str, queried: str, expression: str) -> Records:
    """Alarms by the namespace and the name of each metric that they look at; under None those of which it is not known."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        if isinstance(item, Unlisted):
            yield None, item
            return
        blocks, doubt = item.blocks(queries)
        places = [(item[namespace].data, item[metric].data)]
        places += [(block[f"{queried}.{namespace}"].data, block[f"{queried}.{metric}"].data) for block in blocks]
        known = {place for place in places if all(isinstance(part, str) for part in place)}
        yield from ((place, item) for place in sorted(known))
        searches = not known and any(block[expression].is_set().data is not False for block in blocks)
        if doubt or searches or any(unknown_inside(part) for place in places for part in place):
            yield None, item

    return records


def watches_of(view: View, at: WatchAt, namespace: str, metric: str) -> list[Watch]:
    """The alarms that look at a metric of any resource, in any region."""
    items: dict[str, Item] = {item.address: item for item in view.index(at.watched).get((namespace, metric), ())}
    return [watch for item in items.values() for watch in _watches(view.of(item, at.alarm.names), at, namespace, metric)]


def watches(view: View, at: WatchAt, namespace: str, metric: str) -> list[Watch]:
    """Those in no region that is known to be another than that of the resource: a metric is of the region that emits it."""
    return [watch for watch in watches_of(view, at, namespace, metric) if not view.apart(watch.view.item)]


def unseen(view: View, at: WatchAt) -> Unknown | None:
    """Why there may be more alarms on a metric: they could not be listed, or it is not known what one of them watches."""
    for item in view.index(at.watched).get(None, ()):
        if isinstance(item, Unlisted):
            return item.why
        if not view.apart(item):
            return Unknown(f"what {item.address} watches", "scan the plan, or the live account", item.location())
    return None


def _watches(view: View, at: WatchAt, namespace: str, metric: str) -> Iterator[Watch]:
    own = view.surely
    if (own[at.namespace].data, own[at.metric].data) == (namespace, metric):
        yield Watch(view, own, own[at.statistic], own[at.period], None)
    queries, _ = own.inner(at.queries)
    computes = any(query[at.expression].is_set().data is not False for query in queries)
    why = Unknown(f"when {view.item.address} is raised: it computes", "watch the metric itself", view.location) if computes else None
    for query in queries:
        for named in query.inner(at.queried)[0]:
            if (named[at.namespace].data, named[at.metric].data) == (namespace, metric):
                yield Watch(view, named, query[at.query_statistic], query[at.query_period], why)


def dimension(watch: Watch, at: WatchAt, name: str) -> Value[Any]:
    """What a dimension is; absent where the alarm has none of that name."""
    if not at.listed:
        return watch.metric.link(f"{at.dimensions}.{name}")
    blocks, doubt = watch.metric.inner(at.dimensions)
    named = next((block for block in blocks if block["Name"].data == name), None)
    return named.link("Value") if named is not None else watch.metric.says(doubt)


def is_of(view: View, value: Value[Any], name: Value[Any]) -> Value[bool]:
    """Whether a dimension is the name of the resource that is looked at: by reference, or by its text."""
    data = value.data
    if isinstance(data, Reference) and data.address == view.item.address:
        return value.then(lambda _: data.attribute in ("", "name", "id"))
    if isinstance(data, Unknown) or unknown_inside(data):
        return view.says(unknown_inside(data))
    if isinstance(data, Reference) or not isinstance(name.data, str):
        other = isinstance(data, Reference) and data.type == view.item.type
        why = Unknown(f"whether {spelled(data)} is {view.item.address}", "scan the plan, or the live account", view.location)
        return view.says(data is not None and not other and why)
    return view.says(spelled(data) == name.data)


def heard(watch: Watch, at: WatchAt) -> Value[bool]:
    """Whether it is switched on, and somebody hears of it."""
    raised = alarm(watch.view.surely, at.alarm)
    return watch.view.weighed(all_of([raised.enabled, raised.told]), absence=False)


def above(watch: Watch, at: WatchAt) -> Value[float | None]:
    """The number that it is raised above; None of an alarm without one."""
    own = watch.view.surely
    return own[at.comparison].equals(*_ABOVE).then(lambda is_: own[at.threshold].number().data if is_ else None)


def below(watch: Watch, at: WatchAt, least: float) -> Value[bool]:
    """Whether it is raised where a measure is no more than the least that there is."""
    own = watch.view.surely
    number = own[at.threshold].number().then(lambda number: None if number is None else number - least)
    lower = all_of([own[at.comparison].equals(*_BELOW), number.then(lambda above: above is not None and above > 0)])
    equal = all_of([own[at.comparison].equals("LessThanOrEqualToThreshold"), number.then(lambda above: above == 0)])
    counts = watch.statistic.equals("SampleCount").negate()
    return all_of([any_of([lower, equal]), counts])


def measured(watch: Watch, at: WatchAt) -> Value[bool]:
    """Whether what it watches has data; True in code. A live alarm that never had any says so."""
    own = watch.view.surely
    why = Unknown("whether its metric has ever had data: it says INSUFFICIENT_DATA", "look at its metric", own.location)
    return own[at.state].then(lambda state: why if state == "INSUFFICIENT_DATA" else True)


def raised(watch: Watch, at: WatchAt) -> Value[bool]:
    """Whether a live alarm is raised; False in code."""
    return watch.view.surely[at.state].equals("ALARM")


def can_fire(watch: Watch, at: WatchAt, seconds: Value[Any]) -> Value[bool]:
    """Whether an alarm on what is measured every so many seconds is raised when that is bad, and only then.

    Where periods are shorter than the time between two points, most of them are empty. Filled with what is no breach, they may outnumber
    the points that are bad; filled with breaches, they raise it for good. CloudWatch looks at one point more where some are missing:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    own = watch.view.surely
    missing = own[at.missing].default("missing")
    if missing.data in ("missing", "ignore"):
        return own.says(True)
    periods = own[at.periods].default(1).number()
    points = own[at.points].default(periods.data).number()
    known = [missing.data, seconds.data, watch.period.default(60).number().data, periods.data, points.data]
    why = next((value for value in known if isinstance(value, Unknown)), None)
    if why:
        return own.says(why)
    filled, between, period, looked_at, needed = known
    if period >= between:
        return own.says(True)
    fewest, most = looked_at * period // between, -(-looked_at * period // between)
    if filled == "notBreaching":
        sure, never = most >= needed, most + 1 < needed
    else:
        sure, never = looked_at - fewest < needed, looked_at - most - 1 >= needed
    doubt = Unknown("whether the alarm can be raised: its periods are shorter than what it watches is apart", "lengthen them", own.location)
    return own.says(True if sure else False if never else doubt)
