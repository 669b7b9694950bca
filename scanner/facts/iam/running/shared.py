"""Which services run as the same identity."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, NamedTuple

from assay.scanner.facts.iam.running.identities import Identities, after_slash, joined
from assay.scanner.facts.iam.running.kinds import Other
from assay.scanner.facts.same import same_name
from assay.scanner.facts.spelling import Index
from assay.scanner.facts.view import View
from assay.scanner.sources import numbers
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Either, Open, Reference, Text, Unknown, because, describe, either
from assay.scanner.sources.values import Value


class Named(NamedTuple):
    """Where a type of what runs code tells its name, and the identities that its code may have."""

    names: tuple[str, ...]
    identities: tuple[str, ...]


class Running(NamedTuple):
    """Something that runs code as an identity."""

    item: Item
    name: Value[Any]
    identity: Any


def running(types: Mapping[str, Named], calls: tuple[str, ...] = ()) -> Index:
    """What runs code and has an identity, by its address."""

    def records(item: Item) -> Iterator[tuple[Hashable, Running]]:
        named = types[item.type]
        value = next((value for path in named.identities if not (value := item.link(path)).absent), None)
        if value is not None and value.data != "":
            name = next((name for path in named.names if not (name := item[path]).absent), Value(None))
            yield item.address, Running(item, name, value.raw)

    return Index(tuple(types), records, calls)


def others(view: View, index: Index, identities: Index, runs_as: Value[Any]) -> Value[list[Any]]:
    """What else runs as an identity. The same service in each region is one: its name may have the region in it.

    Where some certainly do, those that perhaps do are left out: of dozens of tasks with one role they would be hundreds of pairs, and say
    no more of any of these.

    `index`: all that runs code (`running`). `identities`: those that the input declares (`by_address`).
    """
    if runs_as.absent or runs_as.data == "":
        return view.says([])
    having: Identities[Running] = numbers.kept(
        view.items.answers,
        ("iam.running", index),
        lambda: Identities(((one.identity, one) for same in view.index(index).values() for one in same), view.index(identities)),
    )
    name = next((one.name for one in view.index(index).get(view.item.address, ())), view.says(None))
    own = logical(view.item, name)
    by_label: dict[str, Other] = {}
    for other, same in having.of(runs_as.raw):
        if other.item is view.item or view.item.same_account(other.item) is False:
            continue
        theirs = logical(other.item, other.name)
        alike, label = same_name(own, theirs), theirs if isinstance(theirs, str) else other.item.label
        if alike is True or (label in by_label and by_label[label].same.data is True):
            continue
        doubt = None if same is True else _untold(view, other.item, label)
        doubt = doubt or (None if view.item.coexists(other.item) else other.item.template)
        doubt = doubt or (_unnamed(alike, label, view) if isinstance(alike, Unknown) else None)
        if doubt is None or label not in by_label:
            by_label[label] = Other(name=Value(label, (other.item.location(),)), same=Value(doubt or True, (other.item.location(),)))
    template = view.item.template
    if template is not None and _each_its_own(name, template) and not runs_as.unknown and not _one_each(view, runs_as.data):
        by_label[""] = Other(name=Value(f"another of {view.item.address}", (view.location,)), same=Value(template, (view.location,)))
    certain = [other for other in by_label.values() if other.same.data is True]
    return view.says(certain or list(by_label.values()))


def _each_its_own(name: Value[Any], template: Unknown) -> bool:
    """Whether the instances that a block stands for may have different names: by a key of each, or by what is not known at all."""
    parts = name.data.parts if isinstance(name.data, Text) else (name.data,)
    open_ = [part for part in parts if isinstance(part, Unknown)]
    return any(part.reason == template.reason or (part is name.data and not isinstance(part, Open)) for part in open_)


def _one_each(view: View, identity: Any) -> bool:
    """Whether an identity is made with `for_each` or `count`, so that each of several services may have one."""
    parts = identity.parts if isinstance(identity, Text) else (identity,)
    items = [view.items.at(part.address) for part in parts if isinstance(part, Reference)]
    return any(item is not None and item.template is not None for item in items)


def _untold(view: View, item: Item, other: str) -> Unknown:
    if isinstance(item, Unlisted):
        return item.why
    way = "give the variable, or scan the plan"
    return Unknown(f"whether {other} runs as the same identity: one of the two is not known", way, view.location)


def _unnamed(why: Unknown, other: str, view: View) -> Unknown:
    return Unknown(f"whether {other} is another service: {why.reason}", why.settles_it, view.location)


def logical(item: Item, name: Value[Any]) -> Any:
    """What a service is called in every region, as a raw value; one without a name by the label of its block."""
    return _everywhere(item, name.raw)


def _everywhere(item: Item, raw: Any) -> Any:
    if isinstance(raw, Either):
        return either(because(raw), *[_everywhere(item, option) for option in raw.options])
    name = item.label if raw is None or raw == "" else raw
    if not isinstance(name, (str, Text)):
        return name
    last = after_slash(name)
    parts = last.parts if isinstance(last, Text) else (last,)
    region = item.region.data
    left = [_without(part, region) for part in parts if not _is_region(part)]
    if left == list(parts):
        return last
    left[:1] = [part.lstrip("-_") if isinstance(part, str) else part for part in left[:1]]
    left[-1:] = [part.rstrip("-_") if isinstance(part, str) else part for part in left[-1:]]
    return joined(left)


def _without(part: Any, region: Any) -> Any:
    return part.replace(region, "") if isinstance(part, str) and isinstance(region, str) and region else part


def _is_region(part: Any) -> bool:
    """Whether a part of a name is the region that it is deployed to."""
    return isinstance(part, Reference) and (part.address == "AWS::Region" or part.type == "aws_region")


def account(value: Value[Any]) -> Value[Any]:
    """The identity that is named, as text; None where none is."""
    if value.absent or value.data == "":
        return Value(None, value.seen)
    return Value(value.data if isinstance(value.data, Unknown) else describe(value.data), value.seen)
