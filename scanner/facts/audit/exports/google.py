"""Whether a sink of a project, or of what it is in, exports every entry of Cloud Logging.

https://cloud.google.com/logging/docs/export/aggregated_sinks, https://cloud.google.com/logging/docs/routing/overview
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts.audit.exports.kinds import LogRouting
from assay.scanner.facts.audit.trails.google import key_of
from assay.scanner.facts.google_assets import is_live, short
from assay.scanner.facts.observe.sinks import DEFAULT, HOST, LEVELS, Sink, SinkAt, open_destination, owner, sink, sinks_above
from assay.scanner.facts.spelling import Contribution, Index, Link, Many, Spelling
from assay.scanner.facts.targets import Unattached
from assay.scanner.facts.view import View
from assay.scanner.sources.gcp.declared import Declared
from assay.scanner.sources.interface import Item
from assay.scanner.sources.nodes import Elsewhere
from assay.scanner.sources.raw import Reference, Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

FROM_THE_START = (DEFAULT, "_Required")
"""The buckets that entries are in without an export: what is put there has not left."""
_FULL = f"//{HOST}"
_PROJECT = lazy_re.pattern(rf"(?:{re.escape(HOST)})?projects/([^/]+)")
"""A whole project as a destination: its own sinks see what comes to it."""
_DEEPEST = 12
"""Folders nest ten levels deep: https://cloud.google.com/resource-manager/docs/creating-managing-folders"""


class RoutingAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what becomes of the logs of a project."""

    number: Annotated[str, "exported", "exported_here"]
    """What else it is called in names of its log buckets."""
    sink: SinkAt = SinkAt()
    buckets: Annotated[Index, "exported", "exported_here"]
    """Log buckets, and where each says what it is called."""
    bucket_name: Annotated[str, "exported", "exported_here"] = "name"
    sinks: Annotated[tuple[Many, ...], "*"] = ()
    """In Terraform, the sinks of the project."""
    above: Annotated[Index | None, "*"] = None
    """There, those of folders and organisations, by what these are called."""
    parents: Annotated[tuple[Link, ...], "*"] = ()
    """There, what the project, or a folder, is in."""
    declared: Annotated[Index | None, "*"] = None
    """In templates and manifests, all sinks."""
    live: Annotated[Contribution | None, "*"] = None
    """Of live projects, sinks by what they are of."""


PlacedSink = tuple[Sink, bool]
"""A sink, and whether it is of what the project is in, so that it takes entries of the project only with those of children."""


def project(view: View, at: RoutingAt) -> LogRouting | None:
    """A project: none that is declared elsewhere where nothing here is a sink of it, and none that is being deleted."""
    if not view.elsewhere and view["lifecycleState|state"].equals("DELETE_REQUESTED").data is True:
        return None
    sinks = list(_all(view, at))
    if view.elsewhere and not _speaks_for_it(view, at):
        return None
    known = [one for one in sinks if isinstance(one, tuple)]
    if isinstance(view.item, Declared) and _only_named(view) and all(one.perhaps for one, _ in known):
        return None
    doubts = [view.says(one) for one in sinks if isinstance(one, Unknown)]
    here = any_of([*(_exports(view, at, *one) for one in known), *doubts, view.says(False)])
    settled = _live(view) or here.data is True
    return LogRouting(
        identity=view.identity(short(view[at.name])),
        exported=here if settled else Value(here.unknown or _beyond(view), here.seen),
        exported_here=here,
        lacking=view.says(_lacking(view, at, known)),
    )


def _live(view: View) -> bool:
    return not view.elsewhere and is_live(view.item)


def _beyond(view: View) -> Unknown:
    way = "scan the live organisation, or set declared_here for this control if this code is where all sinks are made"
    return Unknown("whether other code makes a sink of the project, or of what it is in, that takes everything", way, view.location)


def _only_named(view: View) -> bool:
    """Whether a template only attaches something to a project that is declared elsewhere."""
    written = view.item.attributes().data
    return isinstance(written, dict) and written.keys() <= {"name"}


def _speaks_for_it(view: View, at: RoutingAt) -> bool:
    """Of sinks that name no project, which all are of that of the provider, the first stands for it."""
    assert isinstance(view.item, Elsewhere)
    if not isinstance(view.item.named, Unattached):
        return True
    return next(_unattached(view, at), view.item.by) is view.item.by


def _unattached(view: View, at: RoutingAt) -> Iterator[Item]:
    assert isinstance(view.item, Elsewhere)
    for join in at.sinks:
        for item in view.items.of(join.type):
            if item.link(join.owner).absent and view.item.by.same_account(item) is True:
                yield item


def _all(view: View, at: RoutingAt) -> Iterator[PlacedSink | Unknown]:
    if _live(view):
        own = view.item.address.partition("googleapis.com/")[2]
        sinks = sinks_above(view, view.index(at.live) if at.live else {}, own)
        yield from ((one, owner(one.address) != own) if isinstance(one, Sink) else one for one in sinks)
    elif at.declared is not None:
        yield from _of_template(view, at, view.index(at.declared).get(None, ()))
    else:
        yield from _of_terraform(view, at)


def _of_terraform(view: View, at: RoutingAt) -> Iterator[PlacedSink | Unknown]:
    if isinstance(view.item, Elsewhere) and isinstance(view.item.named, Unattached):
        yield from ((sink(item, at.sink), False) for item in _unattached(view, at))
        return
    for join in at.sinks:
        companions = view.referrers(join)
        perhaps = [] if view.elsewhere else view.possible(join)
        yield from ((_doubted(sink(other.item, at.sink), other.doubt), False) for other in (*companions.views, *perhaps))
        if companions.more and not view.elsewhere and not perhaps:
            yield companions.more
    if at.above is not None and not view.elsewhere:
        for key in _keys(view, at):
            for item in view.index(at.above).get(key, ()):
                yield _doubted(sink(item, at.sink), None if view.item.coexists(item) else item.template), True


def _keys(view: View, at: RoutingAt) -> Iterator[str]:
    """What a project is in, each by its number alone or by the address of what is declared here, from below to above."""
    inner: View | None = view
    for _ in range(_DEEPEST):
        if inner is None:
            return
        outer: View | None = None
        for link in at.parents:
            value = inner.link(link)
            if key := key_of(value):
                yield key
            if isinstance(value.data, (Reference, str)):
                outer = outer or inner.named(value.data, link)
        inner = outer


def _of_template(view: View, at: RoutingAt, items: Iterable[Item]) -> Iterator[PlacedSink | Unknown]:
    """Sinks of a template or a manifest, which have the name of their project in theirs, or name what else they are of."""
    full = view.item.full if isinstance(view.item, Declared) else None  # of a policy that names nothing, no project is known
    own = (full or "").partition("googleapis.com/")[2]
    for item in items:
        doubt = item.template
        level = next((level for level in LEVELS if not item[level].absent), None)
        if level is not None:
            # What a project is in is named, but that folder may be in the organisation that the sink is of, or not.
            inside = {key_of(view.item.link(path)) for path in (*LEVELS, "parent.id")} - {""}
            if key_of(item.link(level)) not in inside:
                doubt = doubt or Unknown(
                    f"whether the project is in what {item.address} is for", "scan the live organisation", item.location()
                )
        elif (of := owner(item.full or "") if isinstance(item, Declared) else "") != own:
            if of and own and "${" not in of + own:
                continue
            doubt = doubt or Unknown(f"whether {item.address} is of the same project", "name the project", item.location())
        yield _doubted(sink(item, at.sink), doubt), level is not None


def _doubted(log_sink: Sink, doubt: Unknown | None) -> Sink:
    return msgspec.structs.replace(log_sink, perhaps=doubt)


def _exports(view: View, at: RoutingAt, log_sink: Sink, above: bool) -> Value[bool]:
    """Whether a sink takes every entry of the project and puts it elsewhere."""
    exports = all_of([log_sink.all_of_it, _leaves(view, at, log_sink), *([log_sink.children] if above else [])])
    return exports if log_sink.perhaps is None or exports.data is False else Value(log_sink.perhaps, exports.seen)


def _leaves(view: View, at: RoutingAt, log_sink: Sink) -> Value[bool]:
    """Whether a destination is anything else than a bucket that the project has from the start."""
    if why := open_destination(log_sink):
        text = log_sink.destination.data
        if not (isinstance(text, Text) and _says_enough(text)):
            return Value(why, log_sink.destination.seen)
    return log_sink.destination.then(lambda raw: _is_elsewhere(view, at, raw))


def _says_enough(text: Text) -> bool:
    """Whether a text of which a part is not known surely names no bucket that is there from the start."""
    first, last = text.parts[0], text.parts[-1]
    other_service = isinstance(first, str) and ".googleapis.com/" in first
    return other_service or (isinstance(last, str) and "/buckets/" in last)


def _is_elsewhere(view: View, at: RoutingAt, raw: Any) -> Any:
    if isinstance(raw, Reference) and not raw.address.startswith(_FULL):
        bucket = view.named(raw, at.buckets)
        return True if bucket is None else short(bucket[at.bucket_name]).equals(*FROM_THE_START).negate().raw
    whole = raw.address.removeprefix(_FULL) if isinstance(raw, Reference) else raw
    text = whole.parts[-1] if isinstance(whole, Text) else whole
    if isinstance(whole, str) and (itself := _PROJECT.fullmatch(whole)):
        return _is_of_another(view, at, itself[1])
    scope, separator, bucket_id = text.rpartition("/buckets/") if isinstance(text, str) else ("", "", "")
    if not separator or bucket_id not in FROM_THE_START:
        return True
    if isinstance(whole, Text):
        own = any(isinstance(part, Reference) and part.address == view.item.address for part in whole.parts)
        return not own and (
            unknown_inside(whole) or Unknown(f"whether {describe(whole)} is of this project", "scan the plan", view.location)
        )
    return _is_of_another(view, at, scope.removeprefix("projects/").partition("/")[0])


def _is_of_another(view: View, at: RoutingAt, named: str) -> bool | Unknown:
    """Whether a project that is named by its id or its number is another than this."""
    ids = {name for name in (view.account, short(view[at.name]).data) if isinstance(name, str)}
    number = view[at.number].data
    if not named or named in ids or named == number:
        return False
    told = isinstance(number, str) if named.isdigit() else bool(ids)
    return True if told else Unknown(f"whether the project {named} is this one", "scan the live project", view.location)


def _lacking(view: View, at: RoutingAt, known: list[PlacedSink]) -> str:
    """In words, what keeps each sink from exporting everything."""
    if not known:
        return "there is none"
    said = [f"{one.name.data if isinstance(one.name.data, str) else one.address} {_why(view, at, one, above)}" for one, above in known]
    return ", ".join([*said[:4], *(["and so on"] if len(said) > 4 else [])])


def _why(view: View, at: RoutingAt, log_sink: Sink, above: bool) -> str:
    if log_sink.on.data is False:
        return "is off"
    if above and log_sink.children.data is False:
        return "takes nothing of projects"
    if _leaves(view, at, log_sink).data is False:
        return "puts entries where they are anyway"
    if any(one.on.data is True for one in log_sink.exclusions):
        return "leaves some out"
    return "has a filter" if log_sink.all_of_it.data is False else "may"
