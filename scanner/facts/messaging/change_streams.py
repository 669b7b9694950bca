"""What consumes the changes of a data store, whatever the provider.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.Lambda.html: a function is called by a mapping; workers that read
the stream by themselves show nowhere. Each replica of a global table has a stream of its own with all changes:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
https://cloud.google.com/firestore/docs/extend-with-functions-2nd-gen, https://cloud.google.com/eventarc/docs/reference/supported-events
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.messaging.kinds import ChangeStream, StreamConsumer
from assay.scanner.facts.messaging.parties import called
from assay.scanner.facts.model import attestable
from assay.scanner.facts.spelling import Index, Place, Referrer, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.values import Value, any_of, first_known

FIRESTORE_EVENT = "google.cloud.firestore.document.v1."
_LOCK = attestable("whether consumers in several regions take a lock, so that one of them acts, is in their code")
_WORKERS = attestable("whether workers read the stream by themselves shows nowhere: no function is called with its changes")
_LISTENERS = attestable("whether a program listens to the changes by itself shows nowhere: no trigger is for them")
_RUNNING = ("Enabled", "Enabling", "Creating", "Updating")


class TableAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of the stream of a table and of its consumers."""

    on: Annotated[Place, "on"] = ""
    """A switch, of an input that has one beside the type."""
    view_type: Annotated[Place, "on", "both_images"]
    mappings: Annotated[Referrer | Index, "watched", "consumers", "consumed", "one_region"]
    """The mappings that name the stream, or the name of a table to the mappings of all its copies."""
    function: Annotated[str, "consumers"]
    enabled: Annotated[str, "consumers", "consumed", "one_region"]
    result: Annotated[str, "consumers"] = ""
    """How the last call of a mapping ended."""
    tags: Annotated[str, "watched"] = ""
    """Of a live table, the call that tells its tags, by which it may have a role."""
    tables: Annotated[Index | None, "consumers", "consumed", "one_region"] = None
    """Name and region to tables, of an input in which every copy is a table of its own."""
    copies: Annotated[str, "consumers", "consumed", "one_region"] = ""
    """The regions of its copies, of an input in which mappings of other regions are found by the name of the table."""


def table(view: View, at: TableAt) -> ChangeStream:
    """A table whose stream is off, or whose mappings are disabled, calls nobody."""
    items, more, possible = _mappings(view, at)
    consumers = [_consumer(item, at) for item in items]
    on = view[at.on].default(False).truth() if at.on else view[at.view_type].is_set()
    consumed = any_of([*(consumer.enabled for consumer in consumers), *([view.says(more)] if more else [])])
    return ChangeStream(
        identity=view.identity(called(view, at.name), *(mapping.item for mapping in items)),
        watched=view.says(True if consumers else more or False),
        on=on,
        both_images=view[at.view_type].equals("NEW_AND_OLD_IMAGES"),
        consumers=view.says(consumers),
        consumed=consumed if consumers or more else view.says(_WORKERS),
        one_region=view.says(_beyond(_one_region([*consumers, *(_perhaps(item, at) for item in possible)]), more, possible)),
        locked=view.says(_LOCK),
    )


def _mappings(view: View, at: TableAt) -> tuple[list[View], Unknown | None, list[View]]:
    """The mappings of the stream, why there may be more, and those that may be of it."""
    if isinstance(at.mappings, Referrer):
        mappings = view.referrers(at.mappings)
        possible = view.possible(at.mappings)
        # What is disabled is called with the changes of nothing, whatever it names.
        disabled = bool(possible) and all(_consumer(mapping, at).enabled.data is False for mapping in possible)
        return [mapping for mapping in mappings.views if mapping.doubt is None], None if disabled else mappings.more, possible
    blocks, more = view.inner(at.copies)
    regions = {view.item.region.data, *(block["RegionName"].data for block in blocks)}
    named = view.index(at.mappings).get(called(view, at.name).data, ())
    items = [view.of(item) for item in named if item.region.data in regions]
    doubts = [*view.index(at.mappings).get(None, ()), *([more] if more else []), *_uncollected(view, at, regions)]
    return items, next(iter(doubts), None), []


def _uncollected(view: View, at: TableAt, regions: set[Any]) -> Iterator[Unknown]:
    """Why mappings of copies in some regions may not be here."""
    for region in regions:
        if at.tables is not None and not view.index(at.tables).get((called(view, at.name).data, region)):
            yield Unknown(f"what consumes the copy in {region}, which was not collected", "audit that region too", view.location)


def _consumer(mapping: View, at: TableAt) -> StreamConsumer:
    state = mapping.surely[at.enabled]
    failed = mapping[at.result].then(lambda text: isinstance(text, str) and text.startswith("PROBLEM")) if at.result else Value(False)
    return StreamConsumer(
        name=mapping[at.function].text(),
        region=mapping.item.region,
        enabled=state.then(lambda data: data in _RUNNING if isinstance(data, str) and data[:1].isupper() else data).default(True).truth(),
        failing=failed,
    )


def _beyond(one_region: bool | Unknown, more: Unknown | None, possible: list[View]) -> bool | Unknown:
    """There may be consumers that are not among those which were collected, or whose source is not known."""
    return more if one_region is True and more is not None and not possible else one_region


def _perhaps(mapping: View, at: TableAt) -> StreamConsumer:
    """A mapping that may be of the stream: whether it is called with its changes is not known, but where it is called with none."""
    consumer = _consumer(mapping, at)
    if consumer.enabled.data is not False:
        consumer.enabled = Value(mapping.doubt)
    return consumer


def _one_region(consumers: list[StreamConsumer]) -> bool | Unknown:
    """Whether all that certainly run do so in one region; Unknown where that hangs on one whose region, or state, is not known."""
    running = [consumer for consumer in consumers if consumer.enabled.data is not False]
    certain = {consumer.region.data for consumer in running if consumer.enabled.data is True and isinstance(consumer.region.data, str)}
    if len(certain) > 1:
        return False
    for consumer in running:
        region = consumer.region.data
        if consumer.enabled.data is not True and region not in certain and len(running) > 1:
            return consumer.enabled.unknown or True
        if len(running) > 1 and not isinstance(region, str):
            return consumer.region.unknown or Unknown("in which region a consumer runs", "scan the plan or the live resource")
    return True


def mappings_by_table(type_: str, source: str) -> Index:
    """Name of a table to the mappings of its streams; under None why one may be of any."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        arn = item[source]
        if arn.unknown:
            yield None, arn.unknown
        fields = str(arn.data).split(":", 5)
        if len(fields) > 5 and fields[2] == "dynamodb" and "/stream/" in fields[5]:
            yield fields[5].removeprefix("table/").partition("/")[0], item

    return Index((type_,), records)


class DatabaseAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a Firestore database and of what its changes call."""

    triggers: Index
    """Database to what its changes call (see `triggers`)."""


def database(view: View, at: DatabaseAt) -> ChangeStream:
    """Firestore tells of every change; whether anything is called hangs on triggers."""
    name = called(view, at.name)
    # A database of that name is in many projects: the trigger is of the same one, as far as it says.
    text = name.data if isinstance(name.data, str) else None
    keys = dict.fromkeys((view.item.address, (view.account, text), (None, text)))
    known = view.index(at.triggers)
    trigger_records = [record for key in keys for record in known.get(key, ())]
    consumers = [consumer for _, consumer in trigger_records]
    more = next(iter(known.get(None, ())), None)
    return ChangeStream(
        identity=view.identity(name, *(item for item, _ in trigger_records)),
        watched=view.says(True if consumers else more or False),
        on=view.says(True),
        both_images=view.says(True),
        consumers=view.says(consumers),
        consumed=view.says(True if consumers else more or _LISTENERS),
        one_region=view.says(_beyond(_one_region(consumers), more, [])),
        locked=view.says(_LOCK),
    )


def triggers(shapes: dict[str, tuple[str, str, str]]) -> Index:
    """Database of Firestore to its triggers; under None why one may be of any.

    `shapes`: types to where they have the type of the event (empty where it is a filter), the filters, and the region of what is called.
    """

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        event, filters, region = shapes[item.type]
        blocks, more = item.blocks(filters)
        named = [(block["attribute"].text().data, block) for block in blocks]
        told = {name: (block["value"], block.link("value").data) for name, block in named if isinstance(name, str)}
        kind = item[event].data if event else told.get("type", (Value(None), None))[0].data
        open_ = more or next((name for name, _ in named if isinstance(name, Unknown)), None)
        if open_ or isinstance(kind, Unknown):
            yield None, open_ or kind
        if not isinstance(kind, str) or not kind.startswith(FIRESTORE_EVENT):
            return
        linked = told["database"][1] if "database" in told else "(default)"
        text = spelled(linked)
        text = "" if "\0" in text else text  # the name of an open value, which may be any
        key: Hashable = linked.address if isinstance(linked, Reference) else (item.account.data, text) if text else None
        seen = (item.location(),)
        consumer = StreamConsumer(
            name=Value(item.label, seen),
            region=first_known(*(item[path] for path in region.split("|"))),
            enabled=Value(True, seen),
            failing=Value(False, seen),
        )
        if key is not None:
            yield key, (item, consumer)
        else:
            yield None, Unknown(f"the changes of which database {item.address} is for", "scan the plan", item.location())

    return Index(tuple(shapes), records)
