"""The route tables of AWS: which one a subnet has, and where its routes lead."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import msgspec

from assay.scanner.facts.spelling import Index, Link
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Node, Unlisted
from assay.scanner.sources.raw import Reference, Unknown, describe, without_keys
from assay.scanner.sources.values import Value, all_of

from .kinds import Route
from .targets import PUBLIC, Hop, Via, hop, met

_ELSEWHERE = "scan the code that declares it together with this, or the live account"


class Association(msgspec.Struct, frozen=True):
    """That a subnet, or a network as a whole, has a route table."""

    item: Item
    table: Value[Any]
    rank: int = 0
    """Of several for one network, the highest counts."""


class RouteEntry(msgspec.Struct, frozen=True):
    """A route of a table."""

    item: Item
    node: Node
    hop: Hop
    destination: Value[Any]


class RoutingAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells the routes of subnets."""

    vpc: str
    """Of a subnet: what names its network."""
    id: str = ""
    """Its id, by which others name it; empty where they do by its address."""
    associations: Index
    """Subnet to its `Association`s; under None is why there may be more."""
    mains: Index
    """Network to those of the subnets that have none of their own."""
    routes: Index
    """Route table to its `Entry`s; under None are those that may be of any table, or why there may be more."""
    tables: Index
    """Route table to its item."""
    networks: Link | None = None
    """What names the network of a subnet, where an input declares networks."""
    fresh: tuple[str, ...] = ()
    """Types of networks whose main table has no route but the local one, unless this input says otherwise."""


def key_of(item: Item, id_path: str) -> str | None:
    """What others name an item by: its id in an answer of an API, its address in code."""
    if not id_path:
        return item.address
    name = item[id_path].data
    return name if isinstance(name, str) else None


def by_key(id_path: str, *types: str) -> Index:
    """Items by what others name them by."""
    return Index(types, lambda item: [(key_of(item, id_path), item)])


def associations(paths: Mapping[str, tuple[str, str]], ranks: tuple[str, ...] = ()) -> Index:
    """What links a subnet, or a network, to a table. `paths`: type to where it names the one and the other; '' for the item itself."""
    return Index(tuple(paths), functools.partial(_associations, paths, ranks))


def _associations(paths: Mapping[str, tuple[str, str]], ranks: tuple[str, ...], item: Item) -> Iterator[tuple[Hashable, Any]]:
    owner_path, table_path = paths[item.type]
    owner = item.link(owner_path)
    table: Value[Any] = item.link(table_path) if table_path else Value(Reference(item.address), (item.location(),))
    if owner.data in (None, ""):
        return  # of a gateway, not of a subnet
    key = _named_by(owner.data)
    if not isinstance(key, str):
        why = owner.unknown or Unknown(f"what {item.address} is for is not known", _ELSEWHERE)
        yield key, Unknown(f"{item.address} may be for it: {why.reason}", why.settles_it, item.location())
    else:
        yield key, Association(item, table, ranks.index(item.type) if item.type in ranks else -1)


def entries(
    inline: Mapping[str, str], separate: Mapping[str, str], targets: Mapping[str, str], to: tuple[str, ...], id_: str = ""
) -> Index:
    """The routes of tables. `inline`: types of tables to their blocks. `separate`: types of routes to what names their table.

    `targets`: as `hop` takes them. `to`: where a route says which addresses it is for. `id_`: as `key_of` takes it.
    """
    return Index((*inline, *separate), functools.partial(_entries, inline, separate, targets, to, id_))


def _entries(
    inline: Mapping[str, str], separate: Mapping[str, str], targets: Mapping[str, str], to: tuple[str, ...], id_: str, item: Item
) -> Iterator[tuple[Hashable, Any]]:
    if item.type in separate:
        yield _named_by(item.link(separate[item.type]).data), _entry(item, item, targets, to)
        return
    blocks, more = item.blocks(inline[item.type])
    key = None if isinstance(item, Unlisted) else key_of(item, id_)
    for block in blocks:
        if block["State"].data != "blackhole":  # what it led to is gone: such a route takes nothing anywhere
            yield key, _entry(item, block, targets, to, item.link(inline[item.type]))
    if more:
        yield key, Unknown(f"which routes {item.address} has: {more.reason}", more.settles_it, item.location())


def _named_by(data: Any) -> Hashable:
    """What names a subnet or a table; of one of the instances of a block, which is not known, `of_block`; None where nothing is known."""
    address = spelled(data)
    return of_block(address) if '["?"]' in address else address or None


def of_block(address: str) -> Hashable:
    """The key of what is for one of the instances that an address is of."""
    return "one of", without_keys(address)


def _entry(item: Item, node: Node, targets: Mapping[str, str], to: tuple[str, ...], named: Value[Any] | None = None) -> RouteEntry:
    """`named`: what all routes of a table name together, which is what a plan tells of gateways that are not there yet."""
    written = (value for path in to if (value := node[path]).data not in (None, ""))
    return RouteEntry(item, node, hop(node, targets, named), next(written, Value(None, (node.location(),))))


def routes_of(view: View, at: RoutingAt, subnet: Item) -> list[Route | Unknown]:
    """Every route of a subnet but the local one, and why there may be more. `view`: of the resource that this is a fact of."""
    tables, doubt = tables_of(view, at, subnet)
    routes: list[Route | Unknown] = [route for table in tables for route in _routes(view, at, table)]
    return [*routes, doubt] if doubt else routes


def entries_of(view: View, at: RoutingAt, subnet: Item) -> tuple[list[RouteEntry], Unknown | None]:
    """The routes of a subnet as they are written, the local one included, and why there may be others."""
    tables, doubt = tables_of(view, at, subnet)
    by_table = view.index(at.routes)
    told = [entry for table in tables for entry in by_table.get(table, ())]
    perhaps = [entry for table in tables for entry in by_table.get(of_block(table), ())]
    doubts = [entry for entry in told if isinstance(entry, Unknown)]
    doubts += [entry if isinstance(entry, Unknown) else _of_which(entry) for entry in perhaps]
    return [entry for entry in told if isinstance(entry, RouteEntry)], doubt or next(iter(doubts), None)


def tables_of(view: View, at: RoutingAt, subnet: Item) -> tuple[list[str], Unknown | None]:
    """What names the route table of a subnet, and why that is not known. Several names may be of one table.

    Without an association of its own, a subnet has the main table of its network:
    https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
    """
    by_subnet = view.index(at.associations)
    own = by_subnet.get(key_of(subnet, at.id), [])
    certain = [one for one in own if subnet.coexists(one.item) or view.of(one.item).doubt is None]
    if certain:
        return _named(view, at, subnet, certain)
    if own:
        doubt = view.of(own[0].item).doubt
        return [], Unknown(f"which route table {subnet.address} has: {doubt.reason if doubt else ''}", doubt.settles_it if doubt else "")
    if doubt := next(iter((*by_subnet.get(of_block(subnet.address), ()), *by_subnet.get(None, ()))), None):
        return [], doubt
    return _main(view, at, subnet)


def _main(view: View, at: RoutingAt, subnet: Item) -> tuple[list[str], Unknown | None]:
    network = subnet.link(at.vpc)
    key = spelled(network.data)
    by_network = view.index(at.mains)
    mains = sorted(by_network.get(key, []) if key else [], key=lambda one: -one.rank)
    if mains and view.of(mains[0].item).doubt is None:
        names, doubt = _named(view, at, subnet, mains[:1])
        return [*names, key], doubt
    declared = declared_network(view, at, network.data)
    doubt = next(iter(by_network.get(None, ())), None)
    if declared is None or declared.item.type not in at.fresh or mains or doubt:
        reason = f"{subnet.address} has the main route table of its network, which is not among what was read"
        return [key] if key else [], doubt or Unknown(reason, _ELSEWHERE, subnet.location())
    # A new network has a main table with the local route alone: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
    return [key], None


def declared_network(view: View, at: RoutingAt, named: Any) -> View | None:
    """The network that is named, or an attribute of which is, where this input declares it."""
    return view.named(named, at.networks) if at.networks is not None and isinstance(named, Reference) else None


def _named(view: View, at: RoutingAt, subnet: Item, chosen: list[Association]) -> tuple[list[str], Unknown | None]:
    known = view.index(at.tables)
    names: list[str] = []
    doubt: Unknown | None = None
    for one in chosen:
        name = spelled(one.table.data)
        names += [name] if name else []
        if name not in known and not _is_main(view, at, one.table.data):
            reason = f"the route table {describe(one.table.data)} of {subnet.address} is not among what was read"
            doubt = one.table.unknown or Unknown(reason, _ELSEWHERE, one.item.location())
    return names, doubt


def _is_main(view: View, at: RoutingAt, table: Any) -> bool:
    """Whether a table is named as the main one of a network that is declared here (`aws_vpc.main.main_route_table_id`)."""
    owner = declared_network(view, at, table)
    return owner is not None and owner.item.type in at.fresh


def _routes(view: View, at: RoutingAt, table: str) -> Iterator[Route | Unknown]:
    by_table = view.index(at.routes)
    for entry in by_table.get(table, ()):
        if isinstance(entry, Unknown):
            yield entry
        elif entry.hop.via is not Via.LOCAL:
            yield _route(view, entry, None)
    for entry in (*by_table.get(of_block(table), ()), *by_table.get(None, ())):
        if isinstance(entry, Unknown):
            yield entry
        elif entry.hop.via in PUBLIC or isinstance(entry.hop.via, Unknown):
            yield _route(view, entry, _of_which(entry))


def _of_which(entry: RouteEntry) -> Unknown:
    return Unknown(f"which route table {entry.item.address} is of is not known", _ELSEWHERE, entry.item.location())


def _route(view: View, entry: RouteEntry, doubt: Unknown | None) -> Route:
    via, seen = entry.hop.via, entry.hop.target.seen
    leads: Value[Any] = Value(via if isinstance(via, Unknown) else via in PUBLIC, seen)
    may_be: list[Value[Any]] = [Value(doubt, seen)] if doubt else []
    owner = view.of(entry.item)
    return Route(
        destination=Value(", ".join(describe(one.data) for one in entry.destination.elements()) or "addresses that are not known", seen),
        via=Value("something that is not known" if isinstance(via, Unknown) else via.value, seen),
        to_internet_gateway=owner.weighed(all_of([leads, *may_be]), absence=False),
        leads_to=Value([] if isinstance(via, Unknown) else [met(view, via, entry.hop.target)]),
    )
