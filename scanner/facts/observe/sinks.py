"""Sinks of Cloud Logging: which entries they take, and where they put them.

https://cloud.google.com/logging/docs/routing/overview
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts.google_assets import missing, short
from assay.scanner.facts.view import View
from assay.scanner.sources.gcp.declared import Declared
from assay.scanner.sources.gcp.items import AssetItem
from assay.scanner.sources.interface import Item, Node, Unlisted
from assay.scanner.sources.raw import Reference, Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

LOG_BUCKET = "logging.googleapis.com/LogBucket"
LOG_SINK = "logging.googleapis.com/LogSink"
DEFAULT = "_Default"
"""The sink that every project has from the start, and the bucket that it puts entries in."""
HOST = "logging.googleapis.com/"
LEVELS = ("organization", "folder", "billingAccount")
"""Where a manifest names what a sink is of that is no project. https://cloud.google.com/config-connector/docs/reference/resource-docs/logging/logginglogsink"""
_OWNER = lazy_re.pattern(r"^//logging\.googleapis\.com/((?:projects|folders|organizations|billingAccounts)/[^/]+)/")


class SinkAt(msgspec.Struct, frozen=True, kw_only=True):
    """Where an input tells of a sink. The defaults are the API's names, of which Terraform's differ in `include_children` alone.

    https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.sinks
    """

    name: str = "name"
    id: str = "sink"
    """Of Deployment Manager, what the request calls it."""
    destination: str = "destination"
    filter: str = "filter"
    disabled: str = "disabled"
    exclusions: str = "exclusions"
    children: str = "includeChildren"


class Exclusion(msgspec.Struct, frozen=True):
    """Entries that a sink leaves out though its filter is for them."""

    filter: Value[Any]
    on: Value[bool]


class Sink(msgspec.Struct, frozen=True):
    """A sink. It crosses processes."""

    address: str
    name: Value[Any]
    destination: Value[Any]
    """The address of a log bucket as a Reference, where it is one that is known by it; else as it is written."""
    filter: Value[Any]
    on: Value[bool]
    exclusions: list[Exclusion]
    more: Unknown | None
    """Why it may have more of them."""
    children: Value[bool]
    """It takes entries of what is below its folder or organisation too."""
    perhaps: Unknown | None
    """Why it may not exist."""

    @property
    def all_of_it(self) -> Value[bool]:
        """Whether it takes every entry."""
        whole: Value[bool] = self.filter.default("").text().then(lambda text: not text.strip())
        left_out = any_of([*(one.on for one in self.exclusions), Value(self.more or False)])
        takes = all_of([self.on, whole, left_out.negate()])
        return takes if self.perhaps is None or takes.data is False else Value(self.perhaps, takes.seen)


def sink(item: Item, at: SinkAt) -> Sink:
    """What a sink says."""
    nodes, more = item.blocks(at.exclusions)
    return Sink(
        item.address,
        short(item[at.name].otherwise(item[at.id])),
        destination(item, at.destination),
        item[at.filter],
        item[at.disabled].default(False).truth().negate(),
        [exclusion(node) for node in nodes],
        more,
        item[at.children].default(False).truth(),
        item.template,
    )


def exclusion(node: Node | Item) -> Exclusion:
    """The same in Terraform and in the API: https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogExclusion"""
    return Exclusion(node["filter"], node["disabled"].default(False).truth().negate())


def destination(item: Item, path: str) -> Value[Any]:
    """Where a sink puts entries. `logging.googleapis.com/` stands before the name of a log bucket."""
    return item[path].then(lambda raw: _without_host(item, raw))


def _without_host(item: Item, raw: Any) -> Any:
    parts = raw.parts if isinstance(raw, Text) else (raw,)
    if not isinstance(parts[0], str) or not parts[0].startswith(HOST):
        return item_named(item, raw) if isinstance(raw, Reference) else raw
    rest = (parts[0].removeprefix(HOST), *parts[1:])
    rest = tuple(part for part in rest if part != "")
    return item_named(item, rest[0] if len(rest) == 1 else Text(rest))


def item_named(item: Item, name: Any) -> Any:
    """A Reference to what a name means, where the input knows it by that name."""
    if isinstance(item, (AssetItem, Declared)):
        return item.resolve(Value(name)).raw
    return name


def owner(address: str) -> str:
    """The project, folder or organisation that a live sink or log bucket is of: `projects/trade-prod`; empty in code."""
    match = _OWNER.match(address)
    return match[1] if match else ""


def live_sinks(item: Item) -> Iterator[tuple[Hashable, Sink | Unknown]]:
    """Sinks by what they are of. Everything that can have sinks has two from the start, so that none at all says that none were read."""
    if isinstance(item, Unlisted):
        yield "", item.why
    elif of := owner(item.address):
        yield of, sink(item, SinkAt())


def sinks_above(view: View, known: Mapping[Hashable, list[Any]], own: str) -> Iterator[Sink | Unknown]:
    """The sinks of a live project, and of what it is in those that take entries of children. `known`: `live_sinks` by their keys."""
    yield from known.get("", ())
    scopes = [scope.partition("googleapis.com/")[2] if isinstance(scope, str) else scope for scope in view["#ancestors"].data or ()]
    for scope in dict.fromkeys([own, *scopes]):
        if isinstance(scope, Unknown):
            yield scope
        elif scope not in known and (scope == own or not scope.startswith("projects/")):
            yield missing(view.item, f"whether a sink of {scope} takes entries", LOG_SINK)
        else:
            yield from (log_sink for log_sink in known.get(scope, ()) if scope == own or log_sink.children.data is not False)


def put(sink: Sink) -> str:
    """Where it puts entries, in words."""
    raw = sink.destination.raw
    return describe(raw.address if isinstance(raw, Reference) else raw)


def open_destination(sink: Sink) -> Unknown | None:
    """Why it is not known where it puts entries."""
    return sink.destination.unknown or unknown_inside(sink.destination.data)


def code_sinks(view: View, index: Any, at: SinkAt) -> Iterator[Sink]:
    """The sinks of the same project that code declares. `index` has their items under no key."""
    for item in view.index(index).get(None, ()):
        same = view.item.same_account(item)
        declared = sink(item, at)
        of = next((level for level in LEVELS if isinstance(item, Declared) and not item[level].absent), None)
        if of is not None:
            same = None if declared.children.data is not False else False
        if same is not False:
            coexists = view.item.coexists(item)
            doubt = None if coexists else declared.perhaps
            if same is None:
                what = f"whether the project is in what {item.address} is for" if of else f"whether {item.address} is of the same project"
                doubt = doubt or Unknown(what, "scan the live organisation" if of else "name the project", item.location())
            yield msgspec.structs.replace(declared, perhaps=doubt)
