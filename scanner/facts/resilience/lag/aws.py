"""Global tables of DynamoDB, and the alarms on how late their replicas are.

`ReplicationLatency` is emitted in the region where something is written, for each region that receives it, in milliseconds:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_monitoring.html. Replicas that are strongly consistent have
every change before the write is answered: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.data.dynamodb import COMING, NO_COPY
from assay.scanner.facts.observe.alerts import watching
from assay.scanner.facts.observe.alerts.watching import Watch, WatchAt
from assay.scanner.facts.resilience.lag.kinds import Lag, LagAlarm, ReplicatedTable
from assay.scanner.facts.spelling import Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.values import Value, all_of

_METRIC = ("AWS/DynamoDB", "ReplicationLatency")
_NUMBERS = ("Average", "Maximum", "Sum")
_HALF = 50
"""A percentile below the median says little of what is late."""


class TableAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a table and its copies."""

    home: Annotated[Unknown | None, "placed", "lags"] = None
    """Why the region that the table is made in may not be known."""
    copies: Annotated[tuple[str | Referrer, ...], "asynchronous", "lags"]
    copy_region: Annotated[str, "asynchronous", "lags"]
    """Where it is absent, a companion is in the region of its provider."""
    copy_status: Annotated[str, "asynchronous", "lags"] = ""
    copy_consistency: Annotated[str, "asynchronous"] = ""
    consistency: Annotated[str, "asynchronous"] = ""
    """`STRONG`, or `EVENTUAL`, which it is where nothing is said."""
    watch: Annotated[WatchAt, "lags"]
    own_listed: Annotated[bool, "asynchronous", "placed", "lags"] = False
    """The table's own region is among its copies: where it is not known, each of them may be it."""
    live: Annotated[bool, "lags"] = False
    """Every alarm of the region is known."""


def table(view: View, at: TableAt) -> ReplicatedTable:
    """A table, whose copies are in other regions."""
    home = view.item.region.default(at.home)
    blocks, more = view.inner(*at.copies)
    regions = [region for block in blocks if (region := _region(view, at, block)) is not None]
    others = [region for region in regions if region.unknown or region.data != home.data]
    strong = [view[at.consistency], *(block[at.copy_consistency] for block in blocks)]
    eventual = all_of([value.default("EVENTUAL").equals("STRONG").negate() for value in strong])
    # A table has one copy in a region, so that two copies are in two regions whatever those are called.
    copied = view.says(len(others) > (1 if at.own_listed and home.unknown else 0) or more or False)
    lags: list[Lag | Unknown] = [*_lags(view, at, home, others), *([more] if more else [])]
    return ReplicatedTable(
        identity=view.identity(view[at.name]),
        asynchronous=all_of([copied, eventual]),
        placed=view.says(not (at.own_listed and home.unknown)),
        lags=view.says(lags),
    )


def _region(view: View, at: TableAt, block: View) -> Value[Any] | None:
    """The region of a copy; None where there is none in the end."""
    status = block[at.copy_status].data
    if status in NO_COPY:
        return None
    if status in COMING:
        return block.says(Unknown(f"the copy in {block[at.copy_region].data} is {status}", "audit again later", block.location))
    region = block[at.copy_region]
    return block.item.region.default(at.home) if region.absent and block.item is not view.item else region


def _lags(view: View, at: TableAt, home: Value[Any], others: list[Value[Any]]) -> list[Lag]:
    """What is written in the table's own region, and in regions of copies for which this input has such an alarm."""
    watches = watching.watches(view, at.watch, *_METRIC)
    lags = [_lag(view, at, home, region, watches) for region in others]
    if at.live:
        return lags
    elsewhere = watching.watches_of(view, at.watch, *_METRIC)
    for source in others:
        there = [watch for watch in elsewhere if isinstance(source.data, str) and watch.view.item.region.data == source.data]
        if there:
            lags += [_lag(view, at, source, region, there) for region in (home, *others) if region.data != source.data]
    return lags


def _lag(view: View, at: TableAt, source: Value[Any], region: Value[Any], watches: list[Watch]) -> Lag:
    alarms: list[LagAlarm] = []
    for watch in watches:
        mine = all_of([_of_table(view, at, watch), _received(view, at, watch, region)])
        if mine.data is not False:
            alarms.append(_alarm(at, watch, mine))
    why = Unknown(
        f"whether an alarm that is declared elsewhere watches how late {view.item.address} is in {region.data}",
        "scan what declares it together with this, or the live account",
        view.location,
    )
    doubts = (
        region.unknown,
        watching.unseen(view, at.watch),
        why if not at.live and not watches else None,
    )
    return Lag(
        source=source,
        region=region,
        alarms=view.says(alarms),
        unseen=view.says(next((doubt for doubt in doubts if doubt), False)),
        at_home=view.says((source.unknown if at.own_listed else None) or False),
    )


def _of_table(view: View, at: TableAt, watch: Watch) -> Value[bool]:
    return watching.is_of(view, watching.dimension(watch, at.watch, "TableName"), view[at.name])


def _received(view: View, at: TableAt, watch: Watch, region: Value[Any]) -> Value[bool]:
    named = watching.dimension(watch, at.watch, "ReceivingRegion")
    if isinstance(named.data, Reference) or named.unknown or region.unknown:
        why = Unknown(f"which region {watch.view.item.address} watches", "scan the plan, or the live account", watch.view.location)
        return view.says(region.unknown or named.unknown or why)
    return view.says(named.data is not None and str(named.data) == str(region.data))


def _alarm(at: TableAt, watch: Watch, mine: Value[bool]) -> LagAlarm:
    own = watch.view.surely
    name = own[at.watch.alarm.name]
    # Each point is a time, so that a sum is no less than the longest of them.
    measures = watch.statistic.then(_measures)
    return LagAlarm(
        name=name if isinstance(name.data, str) else own.says(own.item.label),
        effective=all_of([mine, own.says(watch.doubt or True), measures, watching.heard(watch, at.watch)]),
        limit_ms=watching.above(watch, at.watch),
        measured=watching.measured(watch, at.watch),
        raised=all_of([mine, watching.raised(watch, at.watch)]),
    )


def _measures(statistic: Any) -> bool:
    text = str(statistic)
    percentile = text.removeprefix("p").replace(".", "", 1)
    return text in _NUMBERS or (text.startswith("p") and percentile.isdigit() and float(text[1:]) >= _HALF)
