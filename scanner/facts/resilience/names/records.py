"""Records of Route 53: their full names, their zones, and which of them are one set."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from assay.scanner.facts.edge.cdn.buckets import OriginsAt, TargetsAt
from assay.scanner.facts.resilience.names.domains import OPEN, plain
from assay.scanner.facts.same import same_name
from assay.scanner.facts.spelling import Index, Link, Place, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Node, Unlisted
from assay.scanner.sources.raw import Either, Open, Reference, Text, Unknown
from assay.scanner.sources.values import Value, all_of, any_of

STEERING = ("Region", "GeoLocation", "GeoProximityLocation", "CidrRoutingConfig")
"""The policies of the API that choose by where the user is: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html"""


class RecordsAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells what tells one record from another. The defaults are the API's names."""

    types: tuple[str, ...]
    groups: Mapping[str, str] = {}
    """Types of which one has several records, with their path."""
    name: str = "Name"
    policies: tuple[str, ...] = (
        "Region", "GeoLocation", "GeoProximityLocation", "Failover", "Weight", "MultiValueAnswer", "CidrRoutingConfig",
    )  # fmt: skip
    """Any of these makes it one of several."""
    alias: str = "AliasTarget.DNSName"
    values: str = "ResourceRecords"
    value: str = ""
    """Of an element of `values`, where that is no text."""


class CdnAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where a distribution tells of its origins, and which of them its behaviours ask. The defaults are CloudFormation's names."""

    types: tuple[str, ...] = ("AWS::CloudFront::Distribution",)
    by_domain: Index | None = None
    """Distributions by the domain name that CloudFront gives them."""
    origins: OriginsAt = OriginsAt()
    targets: TargetsAt = TargetsAt()
    functions: tuple[str, ...] = ("FunctionAssociations", "LambdaFunctionAssociations")
    """Of a behaviour …"""
    event: str = "EventType"
    """… and of a function."""


class NameAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a record, of its zone and of what it names. The defaults are the API's names."""

    name: Place = "Name"
    sort: str = "Type"
    zone: Link
    zone_name: str = "Name"
    """Of a zone …"""
    private: str = "VPCs"
    """… and the networks that alone may ask it, or that it is so."""
    zones: Index | None = None
    """Zones by id, where the input lists them."""
    relative: bool = False
    """A name may leave out that of its zone."""
    complete: bool = False
    """The input has all records of a zone."""
    steering: tuple[str, ...] = STEERING
    """Any of these chooses by where the user is."""
    places: tuple[str, ...] = ("Region", "GeoProximityLocation.AWSRegion")
    """Where it says in which region the answer stands."""
    records: RecordsAt
    targets: Link
    """What an alias may name."""
    scheme: str = "Scheme"
    """Of a load balancer, whether it is internal."""
    cdn: CdnAt
    by_name: Index
    """Records by name (`by_name`) …"""
    certificates: Index | None = None
    """Certificates by their place: a record whose value the provider decides as it makes one proves who owns a domain."""
    steered: Index
    """… and the names that records lead to which choose by where users are (`steered_to`)."""


def by_name(at: RecordsAt) -> Index:
    """Records, each an item with the block in it, by their name as it is written; under None why any set may have more."""
    return Index((*at.types, *at.groups), functools.partial(_by_name, at))


_IN_SETS, _OPEN = ("in sets",), ("open",)
"""Keys of all records with a policy, and of those among them whose names are not wholly known."""


def _is_open(key: str) -> bool:
    return not key or OPEN in key or "${" in key


def _nodes(at: RecordsAt, item: Item) -> tuple[list[Node], Unknown | None]:
    return item.blocks(at.groups[item.type]) if item.type in at.groups else ([item], None)


def _by_name(at: RecordsAt, item: Item) -> Iterator[tuple[Hashable, Any]]:
    if isinstance(item, Unlisted):
        yield None, item.why
        return
    nodes, more = _nodes(at, item)
    if more:
        yield None, more
    for node in nodes:
        key = written(node[at.name].raw)
        if key:
            yield key, (item, node)
        if any(has(node, path) for path in at.policies):  # records of a set have a policy each
            yield _IN_SETS, (item, node)
            if _is_open(key):
                yield _OPEN, (item, node)


def steered_to(at: RecordsAt, steering: tuple[str, ...]) -> Index:
    """What records name that choose by where users are: addresses and names."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        for node in () if isinstance(item, Unlisted) else _nodes(at, item)[0]:
            if any(has(node, path) for path in steering):
                data = named_by(node, at).data
                yield (data.address if isinstance(data, Reference) else written(data)), item.address

    return Index((*at.types, *at.groups), records)


def certificates(*types: str) -> Index:
    """Certificates by the place that what they decide is known to hang on."""
    return Index(types, lambda item: [(item.location(), item.address)])


def proves_ownership(view: View, at: NameAt) -> bool:
    """Whether what a record says is what a certificate asks for as proof: that is known after apply, and leads nobody anywhere.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/acm_certificate#domain_validation_options-1
    """
    why = target_of(view, at).unknown
    return at.certificates is not None and why is not None and bool(view.index(at.certificates).get(why.location))


def has(node: Node, path: str) -> bool:
    """Whether a block, or a value that is not empty, is there or may be."""
    data = node.link(path).data
    return data not in (None, "", False) if not isinstance(data, (list, dict)) else bool(node.blocks(path)[0])


def written(raw: Any) -> str:
    """A name as a key; empty where nothing tells it from others."""
    return plain(spelled(raw))


def named_by(node: Node | View, at: RecordsAt) -> Value[Any]:
    """What a record names: by an alias, or as the first of its values; absent where that is none."""
    alias = node.link(at.alias)
    if not alias.absent:
        text = node[at.alias]
        return text if isinstance(text.data, str) and not isinstance(alias.data, Reference) else alias
    return next(iter(values_of(node, at)), Value(None))


def values_of(node: Node | View, at: RecordsAt) -> list[Value[Any]]:
    """The values of a record that is no alias."""
    if at.value:
        blocks, more = node.inner(at.values) if isinstance(node, View) else node.blocks(at.values)
        return [*(block.link(at.value) for block in blocks), *([Value[Any](more)] if more else [])]
    listed = node.link(at.values)
    return [Value.of(data, listed.seen) for data in listed.data] if isinstance(listed.data, list) else [] if listed.absent else [listed]


def target_of(view: View, at: NameAt) -> Value[Any]:
    """What a record names, as `named_by`."""
    return named_by(view, at.records)


def _owner(view: View) -> View:
    return view if view.node is view.item else View(view.item, view.items, view.declared)


def _zone(view: View, at: NameAt) -> Value[Any]:
    """What names the zone: of a record in a group, the record or the group."""
    return view.link(at.zone).otherwise(_owner(view).link(at.zone))


def zone_of(view: View, at: NameAt) -> View | None:
    """The zone of a record, where the input has it."""
    if at.zones is None:
        return view.target(at.zone) or _owner(view).target(at.zone)
    item = next(iter(view.index(at.zones).get(_zone(view, at).data, ())), None)
    return view.of(item) if isinstance(item, Item) else None


def in_private_zone(view: View, at: NameAt) -> Value[bool]:
    """Whether networks alone may ask for the name; False where the zone is not in the input."""
    zone = zone_of(view, at)
    if zone is None or zone.item.type.startswith("data."):
        return view.says(False)
    zone = zone.surely
    flag = zone[at.private]
    if isinstance(flag.data, bool):
        return flag
    blocks, more = zone.inner(at.private)
    return zone.says(True if blocks else more or False)


def full_name(view: View, at: NameAt) -> Value[Any]:
    """The name with that of its zone, as it is compared.

    Terraform takes names with or without it:
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route53_record#name
    """
    name = view[at.name]
    zone = zone_of(view, at) if at.relative else None
    if zone is None or isinstance(name.raw, Either):
        return name.then(_plain)
    above = zone.surely[at.zone_name]
    return Value.of(_joined(name.raw, above.raw), (*name.seen, *above.seen))


def _plain(raw: Any) -> Any:
    if isinstance(raw, str):
        return plain(raw)
    if isinstance(raw, Text) and isinstance(raw.parts[-1], str):
        return Text((*raw.parts[:-1], plain(raw.parts[-1]))) if plain(raw.parts[-1]) else Text(raw.parts[:-1])
    return raw


def _joined(name: Any, zone: Any) -> Any:
    """`app.example.com` of `app` in `example.com`, or of itself."""
    name, zone = _plain(name), _plain(zone)
    if not isinstance(name, str) or zone is None:
        return name
    if isinstance(zone, str):
        return name if name == zone or name.endswith(f".{zone}") else f"{name}.{zone}".removeprefix(".")
    if "." in name or not isinstance(zone, (Text, Open, Reference)):
        return name  # it may have the name of the zone already
    ahead = (f"{name}.",) if name else ()
    return Text((*ahead, *(zone.parts if isinstance(zone, Text) else (zone,))))


def candidates(view: View, at: NameAt, name: Any) -> Iterator[tuple[View, Value[bool]]]:
    """The records that may have a full name, each with whether it has."""
    known = view.index(at.by_name)
    key = written(name)
    labels = key.split(".") if at.relative and isinstance(name, str) else []
    keys = [key, *(".".join(labels[:count]) for count in range(1, len(labels)))]
    if isinstance(name, Text) and isinstance(name.parts[0], str):
        keys.append(plain(name.parts[0]))
    yield from _alike(view, at, name, [record for key in dict.fromkeys(keys) if key for record in known.get(key, ())])


def _alike(view: View, at: NameAt, name: Any, records: Iterable[tuple[Item, Node]]) -> Iterator[tuple[View, Value[bool]]]:
    for item, node in records:
        doubt = view.of(item).doubt
        other = View(item, view.items, view.declared, node=None if node is item else node, doubt=doubt)
        same = same_name(full_name(other.surely, at).raw, name)
        if same is not False:
            yield other, Value(same)


def members(view: View, at: NameAt) -> tuple[list[View], Unknown | None]:
    """The records of a set, and why there may be more: those of one zone, name and type."""
    known = view.index(at.by_name)
    name, zone, sort = full_name(view, at).raw, _zone(view, at).raw, view[at.sort]
    records: list[View] = []
    named = list(candidates(view, at, name))
    sure = {id(other.node) for other, _ in named}
    open_ = known.get(_IN_SETS if _is_open(written(name)) else _OPEN, ())
    named += _alike(view, at, name, [(item, node) for item, node in open_ if id(node) not in sure and item is not view.item])
    for other, same in named:
        alike = [same, Value(same_name(_zone(other.surely, at).raw, zone)), Value(same_name(other.surely[at.sort].raw, sort.raw))]
        belongs = all_of(alike)
        if belongs.data is not False:
            other.doubt = other.doubt or belongs.unknown
            records.append(other)
    if not any(other.item is view.item for other in records):
        records.insert(0, view)
    return records, next(iter(known.get(None, ())), None)


def led_to(view: View, at: NameAt) -> Value[bool]:
    """Whether a record that chooses by where users are leads to this one, which is then a part of that."""
    known = view.index(at.steered)
    name = full_name(view, at)
    own = {view.item.address, *(other.item.address for other in members(view, at)[0] if other.doubt is None)} if known else set()
    keys = {*own, written(name.raw), written(view[at.name].raw)} - {""}
    leading = [address for key in keys for address in known.get(key, ())]
    return any_of([view.says(address not in own) for address in leading])


Follow = Callable[[View, NameAt, frozenset[str]], Any]
"""Gives the way of the set that a record is of."""
