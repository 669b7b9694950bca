"""Canaries of CloudWatch Synthetics, region by region.

https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_Canary.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.model import attestable
from assay.scanner.facts.observe.alerts import watching
from assay.scanner.facts.observe.alerts.watching import Watch, WatchAt
from assay.scanner.facts.observe.canaries.kinds import Canary, CanarySet
from assay.scanner.facts.observe.canaries.schedules import seconds_apart
from assay.scanner.facts.observe.required_alerts.aws import turn
from assay.scanner.facts.spelling import Index, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

_METRICS = "CloudWatchSynthetics"
_SUCCESS = "SuccessPercent"
"""The metric that tells that a check failed; `Failed` counts runs that did not come so far, and others time and requests:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_metrics.html"""
_COMING = ("CREATING", "STARTING", "UPDATING")


class CanariesAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of the canaries of a region. The defaults are the API's names."""

    canaries: Annotated[Index, "*"]
    """All canaries; see `by_region` of required_alerts."""
    title: Annotated[str, "canaries.name"] = "Name"
    schedule: Annotated[str, "canaries.runs", "canaries.alarmed"] = "Schedule.Expression"
    duration: Annotated[str, "canaries.runs"] = "Schedule.DurationInSeconds"
    start: Annotated[str, "canaries.runs"] = ""
    """Of code, whether it is started after it is made, which it is not where nothing is said."""
    state: Annotated[str, "canaries.runs"] = ""
    """Of a live canary, what it does now."""
    last_runs: Annotated[Index | None, "canaries.passed"] = None
    """Of live canaries, how the last run ended; see `by_canary`."""
    watch: Annotated[WatchAt, "canaries.alarmed"]


def by_region(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """Canaries by their account and region, as far as these are known."""
    yield _place(item), item


def by_canary(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """How the last run of a canary ended, by its name and region; under None why it is not known."""
    if isinstance(item, Unlisted):
        yield None, item.why
    else:
        yield (item["CanaryName"].data, item.region.data), item["LastRun.Status.State"]


def _place(item: Item) -> tuple[str, ...]:
    return tuple(part if isinstance(part, str) else "" for part in (item.account.data, item.region.data))


def of_code(view: View, at: CanariesAt) -> CanarySet | None:
    """The canaries of a region, under the first of them; None of the others."""
    region = view.item.region.data
    items = view.index(at.canaries).get(_place(view.item), [])
    if any(turn(item) < turn(view.item) for item in items):
        return None
    return _set(view, at, items, view.item.region if isinstance(region, str) else view.says(""))


def of_region(view: View, at: CanariesAt) -> CanarySet:
    """A region of a live account."""
    return _set(view, at, view.index(at.canaries).get(_place(view.item), []), view.item.region)


def _set(view: View, at: CanariesAt, items: list[Item], place: Value[Any]) -> CanarySet:
    doubt = next((item.why for item in items if isinstance(item, Unlisted)), None)
    canaries = [_canary(view.of(item), at) for item in items if not isinstance(item, Unlisted)]
    return CanarySet(
        identity=view.identity(place if isinstance(place.data, str) and place.data else view.says("canaries")),
        sort=view.says("region"),
        place=place,
        canaries=view.says(canaries),
        unseen=view.says(doubt or False),
    )


def _canary(view: View, at: CanariesAt) -> Canary:
    own = view.surely
    name = own[at.title]
    return Canary(
        identity=own.identity(name),
        name=name if isinstance(name.data, str) else own.says(own.item.label),
        sort=own.says("canary"),
        scripted=exists(view, own.says(True)),
        covers=exists(view, own.says(unshown(own))),
        runs=_runs(own, at),
        passed=_passed(own, at, name),
        alarmed=_alarmed(own, at, name),
    )


def exists(view: View, value: Value[Any]) -> Value[Any]:
    """What holds of a canary that is there, be it the one under which all of them are judged."""
    doubt = view.item.template
    return view.surely.says(doubt) if doubt and value.data is not False else view.weighed(value, absence=False)


def unshown(view: View) -> Unknown:
    """What a script does shows in no input: a role says it, or a statement."""
    return attestable(f"whether {view.item.address} walks from the user interface to an order, which no role says", view.location)


def _runs(view: View, at: CanariesAt) -> Value[bool]:
    """`rate(0 minute)` runs once; a duration that is not 0 ends it:
    https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryScheduleInput.html
    """
    again = view[at.schedule].then(seconds_apart).then(lambda seconds: seconds > 0)
    lasting = view[at.duration].default(0).number().then(lambda seconds: not seconds)
    return all_of([_started(view, at), again, lasting])


def _started(view: View, at: CanariesAt) -> Value[bool]:
    if not at.state:
        return view[at.start].default(False).truth()
    coming = Unknown(f"whether {view.item.address} runs: it is about to change", "audit again later", view.location)
    return view[at.state].then(lambda state: coming if state in _COMING else state == "RUNNING")


def _passed(view: View, at: CanariesAt, name: Value[Any]) -> Value[bool]:
    if at.last_runs is None:
        return view.says(True)
    known = view.index(at.last_runs)
    last_run = next(iter(known.get((name.data, view.item.region.data), ())), None)
    never = Unknown(f"whether {view.item.address} passes: no run of it has ended yet", "audit again after a run", view.location)
    if last_run is None:
        return view.says(next(iter(known.get(None, ())), None) or never)
    state: Value[bool] = last_run.default("RUNNING").then(lambda state: never if state == "RUNNING" else state == "PASSED")
    return state


def _alarmed(view: View, at: CanariesAt, name: Value[Any]) -> Value[bool]:
    seconds = view[at.schedule].then(seconds_apart)
    alarms = [_fails(view, watch, at, name, seconds) for watch in watching.watches(view, at.watch, _METRICS, _SUCCESS)]
    return any_of([*alarms, view.says(watching.unseen(view, at.watch) or False)])


def _fails(view: View, watch: Watch, at: CanariesAt, name: Value[Any], seconds: Value[Any]) -> Value[bool]:
    """Whether somebody hears by an alarm that the canary failed: it is raised below a percentage of runs that passed."""
    mine = watching.is_of(view, watching.dimension(watch, at.watch, "CanaryName"), name)
    if mine.data is False:
        return mine
    raised = watching.below(watch, at.watch, 0)
    can_fire = watching.can_fire(watch, at.watch, seconds)
    sure = view.says(watch.doubt or True)
    return all_of([mine, sure, raised, can_fire, watching.heard(watch, at.watch)])
