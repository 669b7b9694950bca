"""Alarms of CloudWatch. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.audit.posture.aws import RulesAt, of_same_region, speaks
from assay.scanner.facts.observe.alerts.actions import SubscriptionsAt, is_program, reaches
from assay.scanner.facts.observe.alerts.changes import raises
from assay.scanner.facts.observe.alerts.kinds import Alert
from assay.scanner.facts.spelling import Index, Place, Referrer, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Unlisted
from assay.scanner.sources.raw import Unknown, references_in, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
_NAMED = lazy_re.pattern(r"\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*[\"']?([^\"')]+?)[\"']?\s*\)")


class AlarmAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of an alarm. The defaults are the API's names."""

    name: Annotated[Place, "*"] = "AlarmName"
    sort: Annotated[str, "sort"] = "alarm"
    actions: Annotated[str, "told", "automatic"] = "AlarmActions"
    switch: Annotated[str, "enabled"] = "ActionsEnabled"
    subscriptions: Annotated[SubscriptionsAt, "told"]
    composites: Annotated[Index, "told"]
    rule: Annotated[str, "told"] = "AlarmRule"
    """Of a composite alarm, which alarms it is made of."""
    events: Annotated[RulesAt, "told"]
    guards: Annotated[tuple[Referrer, ...], "automatic"] = ()
    """What looks at the state of an alarm by itself: deployments, health checks."""


def alarm(view: View, at: AlarmAt) -> Alert:
    """Without `ActionsEnabled` actions are on."""
    actions = view.link(at.actions).elements()
    enabled = view[at.switch].default(True).truth()
    told = _told(view, at, {view.item.address})
    return Alert(
        identity=view.identity(view[at.name]),
        sort=view.says(at.sort),
        automatic=_automatic(view, at, actions),
        enabled=any_of([enabled, *_by_others(view, at)]) if enabled.data is False else enabled,
        told=told,
    )


def _automatic(view: View, at: AlarmAt, actions: list[Value[Any]]) -> Value[bool]:
    """Whether it is for programs alone."""
    if actions:
        return all_of([action.then(is_program) for action in actions])
    return any_of([*(view.referrers(guard).exist for guard in at.guards), view.says(False)])


def _told(view: View, at: AlarmAt, seen: set[str]) -> Value[bool]:
    own = view.link(at.actions).then(lambda listed: _reached(view, listed, at).data)
    return own if own.data is True else any_of([own, *_by_others(view, at, seen)])


def _reached(view: View, listed: Any, at: AlarmAt) -> Value[bool]:
    actions = listed if isinstance(listed, list) else [] if listed is None else [listed]
    return any_of([*(reaches(view, action, at.subscriptions) for action in actions), view.says(False)])


def _by_others(view: View, at: AlarmAt, seen: set[str] | None = None) -> list[Value[bool]]:
    """Whether a composite alarm that it is a part of, or a rule for changes of alarms, tells somebody."""
    return [*_by_composites(view, at, seen or {view.item.address}), *_by_rules(view, at)]


def _by_composites(view: View, at: AlarmAt, seen: set[str]) -> list[Value[bool]]:
    told: list[Value[bool]] = []
    for item in view.index(at.composites).get(None, ()):
        if item.address in seen or view.apart(item):
            continue
        if isinstance(item, Unlisted):
            told.append(view.says(item.why))
            continue
        one = view.of(item)
        part = _is_part(view, at, one.surely.link(at.rule).data)
        if part is not False:
            on = one.surely[at.switch].default(True).truth()
            value = all_of([one.says(part), on, _told(one.surely, at, {*seen, item.address})])
            told.append(one.weighed(value, absence=False))
    return told


def _is_part(view: View, at: AlarmAt, rule: Any) -> bool | Unknown:
    """Whether the rule of a composite alarm names an alarm, by its name or its ARN."""
    if any(reference.address == view.item.address for reference in references_in(rule)):
        return True
    name = view[at.name].data
    named = [text.rpartition(":alarm:")[2] for text in _NAMED.findall(spelled(rule))]
    if isinstance(name, str) and name in named:
        return True
    return unknown_inside(rule) or False


def _by_rules(view: View, at: AlarmAt) -> list[Value[bool]]:
    """Rules of EventBridge for the states of alarms of the region."""
    told: list[Value[bool]] = []
    for item in view.index(at.events.rules).get(None, ()):
        if view.apart(item):
            continue
        if isinstance(item, Unlisted):
            told.append(view.says(item.why))
            continue
        rule = view.of(item, at.events.names)
        for_it = speaks(rule.surely, at.events, lambda pattern: raises(pattern, view.item.address, view[at.name].data))
        if for_it is not None:
            told.append(rule.weighed(all_of([of_same_region(view, item), for_it]), absence=False))
    return told
