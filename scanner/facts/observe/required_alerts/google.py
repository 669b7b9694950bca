"""Alert policies of a project, together. https://cloud.google.com/monitoring/api/v3/filters"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.google_assets import missing
from assay.scanner.facts.model import Part
from assay.scanner.facts.observe.alerts.google import PolicyAt, policy
from assay.scanner.facts.observe.required_alerts.aws import turn
from assay.scanner.facts.observe.required_alerts.kinds import AlertSet, RaisedAlert
from assay.scanner.facts.spelling import Index, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Unknown, references_in, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

_METRIC = lazy_re.pattern(r'metric\.type\s*=\s*"([^"]+)"')
_USER, _CUSTOM = "logging.googleapis.com/user/", ("custom.googleapis.com/", "external.googleapis.com/", "workload.googleapis.com/")


class AlertsAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of the alert policies of a project. The defaults are the API's names."""

    policies: Annotated[Index, "*"]
    """All policies, by their project; see `by_project`."""
    policy: Annotated[PolicyAt, "alerts.effective", "alerts.name", "alerts.roles"]
    conditions: Annotated[str, "alerts.emitted", "alerts.metrics"] = "conditions"
    filters: Annotated[tuple[str, ...], "alerts.emitted", "alerts.metrics"] = ("conditionThreshold.filter", "conditionAbsent.filter")
    """Of a condition, what says which metric it watches; one without is of logs, or a query."""
    metrics: Annotated[Index, "alerts.emitted"]
    """Metrics that are counted in logs; see `by_name`."""


def by_project(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """Policies by their project; under an empty text those of which it is not known."""
    yield _project(item), item


def by_name(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """Metrics of logs by their name; under None why there may be more."""
    if isinstance(item, Unlisted):
        yield None, item.why
        return
    name = item["name"].data
    yield (name.rpartition("/metrics/")[2] if isinstance(name, str) else None), item


def _project(item: Item) -> str:
    account = item.account.data
    named = item["project"].data
    return named if isinstance(named, str) else account if isinstance(account, str) else ""


def project(view: View, at: AlertsAt) -> AlertSet | None:
    """The policies of a project, under the first of them; None of the others."""
    place = _project(view.item)
    items = view.index(at.policies).get(place, [])
    if any(turn(item) < turn(view.item) for item in items):
        return None
    doubt = next((item.why for item in items if isinstance(item, Unlisted)), None)
    alerts = [_raised(view.of(item), at) for item in items if not isinstance(item, Unlisted)]
    return AlertSet(
        identity=view.identity(view.says(place or "alert policies")),
        sort=view.says("project"),
        place=view.says(place),
        alerts=view.says(doubt or alerts),
    )


def _raised(view: View, at: AlertsAt) -> Part:
    surely = view.surely
    raised = policy(surely, at.policy)
    conditions, doubt = surely.inner(at.conditions)
    filters = [one[path] for one in conditions for path in at.filters if not one[path].absent]
    watched = [name for one in filters for name in _METRIC.findall(spelled(one.data))]
    return RaisedAlert(
        identity=raised.identity,
        name=surely.says(raised.identity.name),
        effective=view.weighed(all_of([raised.enabled, raised.told]), absence=False),
        emitted=all_of([*(_emitted(surely, one, at) for one in filters), *([surely.says(doubt)] if doubt else [])]),
        metrics=surely.says([name.removeprefix(_USER) for name in watched]),
    )


def _emitted(view: View, filter_: Value[Any], at: AlertsAt) -> Value[bool]:
    """Whether there is anything to watch: metrics that are counted in logs are declared for it, others are programs' own."""
    known = view.index(at.metrics)
    data = filter_.data
    named = {item.address for items in known.values() for item in items if isinstance(item, Item)}
    if any(reference.address in named for reference in references_in(data)):
        return view.says(True)
    watched = _METRIC.findall(spelled(data))
    if not watched:
        return view.says(unknown_inside(data) or True)
    values: list[Value[bool]] = []
    for name in watched:
        if name.startswith(_USER):
            log_metrics = [view.of(item) for item in known.get(name.removeprefix(_USER), ())]
            there = [one.weighed(one.says(True), absence=False) for one in log_metrics]
            values.append(any_of([*there, view.says(missing(view.item, f"the metric {name.removeprefix(_USER)}", "LogMetric"))]))
        elif name.startswith(_CUSTOM):
            way = "name the metric in the param emitted_metrics for this control if a program writes it"
            values.append(view.says(Unknown(f"whether anything writes {name}", way, view.location)))
    return all_of(values) if values else view.says(True)
