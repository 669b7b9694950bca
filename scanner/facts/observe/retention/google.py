"""Log buckets of Cloud Logging: how long they keep entries, and whether a sink puts these somewhere else as well.

https://cloud.google.com/logging/docs/buckets#custom-retention
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.google_assets import is_live, missing, short
from assay.scanner.facts.model import attestable
from assay.scanner.facts.observe.retention.kinds import Export, LogStore
from assay.scanner.facts.observe.sinks import Sink, SinkAt, code_sinks, open_destination, owner, put, sinks_above
from assay.scanner.facts.spelling import Contribution, Index, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.values import Value

DAYS = 30
DAYS_OF_REQUIRED = 400
"""What nobody can change: https://cloud.google.com/logging/quotas#logs_retention_periods"""
REQUIRED = "_Required"
_GONE = "DELETE_REQUESTED"


class BucketAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a log bucket."""

    days: Annotated[str, "retention_days"]
    state: Annotated[str, "*"] = ""
    sinks: Annotated[Index, "exports"]
    """In code, the sinks of the input."""
    sink: SinkAt = SinkAt()
    above: Annotated[Contribution | None, "exports"] = None
    """Of a live bucket, the sinks of its project, and of the folders and the organisation that this is in."""
    buckets: Annotated[Index, "exports"]
    """Log buckets by what names them, with how long they keep entries."""


def days_of(name: Value[Any], days: Value[Any]) -> Value[Any]:
    """Thirty days unless it says otherwise, or says 0; the bucket _Required keeps its entries for 400 days."""
    required = name.equals(REQUIRED)
    if required.data is not False:
        return required.then(lambda yes: DAYS_OF_REQUIRED if yes else Unknown(f"which bucket {name} is", "scan the live project"))
    return days.number().then(lambda number: number or DAYS)


def bucket(view: View, at: BucketAt) -> LogStore | None:
    """A log bucket; None of one that is deleted, and keeps what it has for a week in which that can be undone."""
    if view[at.state].equals(_GONE).data is True:
        return None
    name = short(view.called(at.name))
    days = days_of(name, view[at.days])
    return LogStore(
        identity=view.identity(name),
        sort=view.says("log bucket"),
        retention_days=days,
        expires=Value(True, days.seen),
        exports=view.says(list(_exports(view, at))),
    )


def _exports(view: View, at: BucketAt) -> Iterator[Export | Unknown]:
    for sink in _sinks(view, at):
        if isinstance(sink, Unknown):
            yield sink
            continue
        takes = sink.all_of_it
        if takes.data is not False:
            kept: Value[Any] = Value(takes.unknown or _kept(view, at, sink), takes.seen)
            yield Export(name=sink.name.otherwise(Value(sink.address)), retention_days=kept)


def _sinks(view: View, at: BucketAt) -> Iterator[Sink | Unknown]:
    """The sinks that may take what is written to a bucket: those of its project, and those above it that take entries of children."""
    if at.above is None or not is_live(view.item):
        yield from code_sinks(view, at.sinks, at.sink)
        return
    yield from sinks_above(view, view.index(at.above), owner(view.item.address))


def _kept(view: View, at: BucketAt, sink: Sink) -> Any:
    """How long a sink's destination keeps entries."""
    raw = sink.destination.data
    name = raw.address if isinstance(raw, Reference) else raw
    kept = view.index(at.buckets).get(name, ()) if isinstance(name, str) else ()
    if kept:
        return kept[0].raw
    if why := open_destination(sink):
        return why
    if isinstance(name, str) and "/buckets/" in name and is_live(view.item):
        return missing(view.item, f"the log bucket {name}, to which {sink.address} exports", "logging.googleapis.com/LogBucket")
    return attestable(f"how long {put(sink)}, where {sink.address} puts entries, keeps them", view.location)


def kept_days(name: str, days: str, *names: str) -> Any:
    """Records of log buckets: what names them, and how long they keep entries.

    `names`: of code, the attributes of which a name is made: project, location, id.
    """

    def records(item: Item) -> Iterator[tuple[Hashable, Value[Any]]]:
        if isinstance(item, Unlisted):
            return
        kept = days_of(short(item[name]), item[days])
        kept = kept if item.template is None else Value(item.template, kept.seen)
        yield item.address, kept
        parts = [item[part].data for part in names]
        if parts and all(isinstance(part, str) for part in parts):
            yield "projects/{}/locations/{}/buckets/{}".format(*parts), kept

    return records
