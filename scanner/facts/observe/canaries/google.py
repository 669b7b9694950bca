"""Synthetic monitors and uptime checks of a project.

https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.uptimeCheckConfigs,
https://cloud.google.com/monitoring/synthetic-monitors/create
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.google_assets import is_live, missing
from assay.scanner.facts.observe.alerts.google import PolicyAt, policy
from assay.scanner.facts.observe.canaries.aws import exists, unshown
from assay.scanner.facts.observe.canaries.kinds import Canary, CanarySet
from assay.scanner.facts.observe.required_alerts.aws import turn
from assay.scanner.facts.spelling import Index, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Unknown, references_in, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

CHECK = "monitoring.googleapis.com/UptimeCheckConfig"
_METRIC = lazy_re.pattern(r'metric\.type\s*=\s*"monitoring\.googleapis\.com/uptime_check/check_passed"')
_CHECK_ID = lazy_re.pattern(r"metric\.labels?\.\"?check_id\"?")
_IS = lazy_re.pattern(r'metric\.labels?\."?check_id"?\s*=\s*(?:"([^"]*)"|one_of\(([^)]*)\))')
_NOT = lazy_re.pattern(r"\bNOT\b|(?:^|[\s(])-(?=metric)|!=")


class ChecksAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of the uptime checks of a project. The defaults are the API's names."""

    checks: Annotated[Index, "*"]
    """All checks, by their project; see `by_project`."""
    title: Annotated[str, "canaries.name"] = "displayName"
    monitor: Annotated[str, "canaries.scripted", "canaries.covers", "canaries.sort"] = "syntheticMonitor.cloudFunctionV2.name"
    disabled: Annotated[str, "canaries.runs"] = "disabled"
    """Terraform has no such setting."""
    id: Annotated[str, "canaries.alarmed"] = "name"
    """Of a live check, what ends with the id that filters name."""
    policies: Annotated[Index, "canaries.alarmed"]
    """All alert policies, by their project."""
    policy: Annotated[PolicyAt, "canaries.alarmed"]
    conditions: Annotated[str, "canaries.alarmed"] = "conditions"
    filter: Annotated[str, "canaries.alarmed"] = "conditionThreshold.filter"
    query: Annotated[str, "canaries.alarmed"] = "conditionMonitoringQueryLanguage.query|conditionPrometheusQueryLanguage.query"
    """Of a condition in a language of its own."""
    combiner: Annotated[str, "canaries.alarmed"] = "combiner"


def by_project(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """Items by their project; under an empty text those of which it is not known."""
    yield _project(item), item


def _project(item: Item) -> str:
    account = item.account.data
    named = item["project"].data
    return named.rpartition("/")[2] if isinstance(named, str) else account if isinstance(account, str) else ""


def checks(view: View, at: ChecksAt) -> CanarySet | None:
    """The checks of a project, under the first of them; None of the others, and of a live project, which is judged itself."""
    place = _project(view.item)
    items = view.index(at.checks).get(place, [])
    if any(turn(item) < turn(view.item) for item in items):
        return None
    doubt = next((item.why for item in items if isinstance(item, Unlisted)), None)
    return _set(view, place, [_canary(view.of(item), at, place) for item in items if not isinstance(item, Unlisted)], doubt)


def project(view: View, at: ChecksAt) -> CanarySet | None:
    """A live project without a check among the assets that were read: there is none, or the export has none of their type."""
    place = _project(view.item)
    if not is_live(view.item) or any(not isinstance(item, Unlisted) for item in view.index(at.checks).get(place, [])):
        return None
    return _set(view, place, [], missing(view.item, "a synthetic monitor", CHECK))


def _set(view: View, place: str, canaries: list[Canary], doubt: Unknown | None) -> CanarySet:
    return CanarySet(
        identity=view.identity(view.says(place or "uptime checks")),
        sort=view.says("project"),
        place=view.says(place),
        canaries=view.says(canaries),
        unseen=view.says(doubt or False),
    )


def _canary(view: View, at: ChecksAt, place: str) -> Canary:
    own = view.surely
    scripted = own[at.monitor].is_set()
    return Canary(
        identity=own.identity(own[at.title]),
        name=own[at.title].default(own.item.label),
        sort=scripted.then(lambda is_: "synthetic monitor" if is_ else "uptime check"),
        scripted=exists(view, scripted),
        covers=exists(view, scripted.then(lambda is_: unshown(own) if is_ else False)),
        runs=own[at.disabled].default(False).truth().negate(),
        passed=own.says(True),
        alarmed=_alarmed(own, at, place),
    )


def _alarmed(view: View, at: ChecksAt, place: str) -> Value[bool]:
    """By a policy of the same project; one of which the project is not known, or of any where that of the check is not, may be of it."""
    known = view.index(at.policies)
    told: list[Value[bool]] = []
    for project_, items in known.items():
        if project_ not in (place, "") and place:
            continue
        for item in items:
            if isinstance(item, Unlisted):
                told.append(view.says(item.why))
                continue
            why = Unknown(
                f"whether {item.address} is of the project of {view.item.address}", "say of which project each is", item.location()
            )
            heard = _fails(view, view.of(item), at)
            told.append(heard if project_ == place or heard.data is False else view.says(why))
    return any_of([*told, view.says(False)])


def _fails(check: View, view: View, at: ChecksAt) -> Value[bool]:
    """Whether somebody hears by a policy that the check failed.

    Conditions of a policy that combines them by AND have to hold together: https://cloud.google.com/monitoring/alerts/concepts-indepth
    """
    own = view.surely
    conditions, doubt = own.inner(at.conditions)
    mine = any_of([*(_watches(check, condition, at) for condition in conditions), own.says(doubt or False)])
    if mine.data is False:
        return mine
    together = own[at.combiner].default("OR").equals("OR").truth()
    why = Unknown(f"whether {own.item.address} is raised whenever the check fails: all its conditions have to hold", "use OR", own.location)
    alone = own.says(True) if len(conditions) == 1 else together.then(lambda is_: True if is_ else why)
    raised = policy(own, at.policy)
    return view.weighed(all_of([mine, alone, raised.enabled, raised.told]), absence=False)


def _watches(check: View, condition: View, at: ChecksAt) -> Value[bool]:
    if not condition[at.filter].absent:
        return _is_of(check, condition[at.filter], at)
    why = Unknown(f"whether a query of {condition.item.address} is of {check.item.address}", "use a filter", condition.location)
    return condition[at.query].default("").then(lambda text: why if "check_passed" in spelled(text) else False)


def _is_of(check: View, filter_: Value[Any], at: ChecksAt) -> Value[bool]:
    """Whether a filter lets through what a check measures. Without an id it is for all checks of the project.

    https://cloud.google.com/monitoring/api/v3/filters
    """
    data, text = filter_.data, spelled(filter_.data)
    if not _METRIC.search(text):
        return filter_.then(lambda _: (unknown_inside(data) if not text else None) or False)
    if not _CHECK_ID.search(text) and not unknown_inside(data):
        return check.says(True)
    if any(reference.address == check.item.address for reference in references_in(data)):
        return check.says(True)
    named = [one for comparison in _IS.findall(text) for one in (comparison[0], *re.findall(r'"([^"]*)"', comparison[1])) if one]
    why = Unknown(f"whether {text} is of {check.item.address}", "name its check_id", check.location)
    if not named or _NOT.search(text) or unknown_inside(data):
        return check.says(unknown_inside(data) or why)
    if any(reference.address for reference in references_in(data)):
        return check.says(False)
    own = check[at.id].data if is_live(check.item) else None  # code does not know the id, which is made with the check
    return check.says(own.rpartition("/")[2] in named if isinstance(own, str) else why)
