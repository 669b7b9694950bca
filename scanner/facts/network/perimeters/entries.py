"""What perimeters say, as records by which projects find those that hold them.

https://cloud.google.com/access-context-manager/docs/reference/rest/v1/accessPolicies.servicePerimeters
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts.network.perimeters.kinds import Perimeter, PerimeterOpening, Service
from assay.scanner.facts.targets import spelled
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.raw import Reference, Text, Unknown, references_in, unknown_inside
from assay.scanner.sources.values import Value, any_of

OPEN, NUMBERED, NAMED, RULES = "#open", "#numbered", "#named", "#rules"
"""Keys of members of which it is not known which project they are, and of those that are a number alone. The last two are the first parts
of keys: of perimeters by what names them, and of rules of their own by what they name."""
_NUMBER = lazy_re.pattern(r"(?:projects/)?(\d+)")
_BY_NUMBER = lazy_re.pattern(r"//cloudresourcemanager\.googleapis\.com/projects/(\d+)")


class WayAt(msgspec.Struct, frozen=True):
    """Where an input tells the rules of one direction."""

    direction: str
    rules: str
    """Of a configuration."""
    identity: str
    """Of a rule, as is the next."""
    resources: str


class ShapeAt(msgspec.Struct, frozen=True):
    """Where an input tells what a perimeter is like. The defaults are the API's names."""

    several: str = ""
    """Of a resource that is several perimeters, where these are."""
    title: str = "title|name"
    kind: str = "perimeterType"
    status: str = "status"
    """The configuration in force. The one that is tried out stands beside it, whether or not `useExplicitDryRunSpec` says so."""
    members: str = "resources"
    """Of the configuration, as are the next."""
    services: str = "restrictedServices"
    ways: tuple[WayAt, ...] = (
        WayAt("ingress", "ingressPolicies", "ingressFrom.identityType", "ingressTo.resources"),
        WayAt("egress", "egressPolicies", "egressFrom.identityType", "egressTo.resources"),
    )
    projects: tuple[str, ...] = ()
    """The types of projects, where a reference tells its type; else every reference is to a project."""


class PerimeterRecord(msgspec.Struct):
    """One perimeter."""

    regular: Value[bool]
    told: Perimeter
    openings: list[Any]
    """PerimeterOpening, and Unknown where there may be more."""
    members: list[Any]
    """As the input writes them, with an Unknown where there may be more."""
    names: tuple[str, ...] = ()
    """What other resources name it by."""
    doubt: Unknown | None = None
    """Why it may not exist."""
    item: Any = None
    """Where it stays within one process, the item that it is of."""


def entries(item: Item, at: ShapeAt, *, with_item: bool = False) -> tuple[list[PerimeterRecord], Unknown | None]:
    """The perimeters that a resource is, and why there may be more of them."""
    nodes, more = item.blocks(at.several) if at.several else ([item], None)
    return [_entry(node, item, at, item if with_item else None) for node in nodes], more


def _entry(node: Node, item: Item, at: ShapeAt, kept: Item | None) -> PerimeterRecord:
    blocks, more = node.blocks(at.status)
    status = blocks[0] if blocks else None
    seen = (status or node).location()
    name = _titled(node, at, item)
    return PerimeterRecord(
        # https://cloud.google.com/vpc-service-controls/docs/share-across-perimeters: regular unless it says otherwise
        regular=node[at.kind].default("PERIMETER_TYPE_REGULAR").equals("PERIMETER_TYPE_BRIDGE").negate(),
        told=Perimeter(
            name=name,
            enforced=Value(True if status else more or False, (seen,)),
            services=_services(status, at) if status else Value(more or [], (seen,)),
        ),
        openings=[opening for way in at.ways for opening in _openings(status, way, name)] if status else [more] if more else [],
        members=status.link(at.members).elements() if status else [Value(more)] if more else [],
        names=tuple(filter(None, (spelled(node["name"].data), "" if at.several else item.address))),
        doubt=item.template,
        item=kept,
    )


def _titled(node: Node, at: ShapeAt, item: Item) -> Value[str]:
    titles = (node[path] for path in at.title.split("|"))
    named = next((title for title in titles if isinstance(title.data, str)), Value(item.label, (node.location(),)))
    return named.then(lambda text: text.rpartition("/")[2])


def _services(status: Node, at: ShapeAt) -> Value[Any]:
    value = status[at.services]
    return value if value.unknown else Value([Service(name=service.text()) for service in value.elements()], value.seen)


def _openings(status: Node, way: WayAt, perimeter: Value[str]) -> list[Any]:
    rules, more = status.blocks(way.rules)
    told: list[Any] = [opening(rule, way, perimeter, f"{way.direction} {number}") for number, rule in enumerate(rules, 1)]
    return told + ([more] if more else [])


def opening(rule: Node, way: WayAt, perimeter: Value[str], name: str) -> PerimeterOpening:
    """One rule. Where it lets in from (an access level, a project) takes nothing away from whom it is for.

    https://cloud.google.com/vpc-service-controls/docs/ingress-egress-rules
    """
    title = rule["title"]
    return PerimeterOpening(
        name=title if isinstance(title.data, str) and title.data else Value(name, (rule.location(),)),
        perimeter=perimeter,
        anybody=rule[way.identity].equals("ANY_IDENTITY"),
        everything=any_of([_is_every(resource) for resource in rule[way.resources].elements()]),
    )


def _is_every(resource: Value[Any]) -> Value[bool]:
    target = _project(resource)
    return target.then(lambda data: False if isinstance(data, Reference) else Value(data).equals("*").data)


def _project(member: Value[Any]) -> Value[Any]:
    """A member; Config Connector names it in an object: `projectRef: {external: projects/123}`."""
    return member.then(lambda data: data.get("project") if isinstance(data, dict) else data)


def recorded(item: Item, at: ShapeAt, *, with_item: bool = False) -> Iterator[tuple[Hashable, Any]]:
    """The records of what is one or several perimeters."""
    told, more = entries(item, at, with_item=with_item)
    if more:
        yield OPEN, (more, None)
    for entry in told:
        yield from by_project(entry, at)
        for name in entry.names:
            yield (NAMED, name), entry


def members_of(item: Item, project: str, perimeter: str, at: ShapeAt) -> Iterator[tuple[Hashable, Any]]:
    """The records of a membership that is a resource of its own: the item, with what names the perimeter, by the project."""
    name, seen = spelled(item.link(perimeter).data), (item.location(),)
    told = Perimeter(name=Value(item.address, seen), enforced=Value(True, seen), services=Value([], seen))
    stand_in = PerimeterRecord(regular=Value(True, seen), told=told, openings=[], members=[item.link(project)])
    for key, record in by_project(stand_in, at):
        yield key, record if key in (OPEN, NUMBERED) else (item, name)


def rules_of(item: Item, perimeter: str, way: WayAt) -> Iterator[tuple[Hashable, Any]]:
    """The record of a rule that is a resource of its own, by what names its perimeter."""
    yield (RULES, spelled(item.link(perimeter).data)), (item, way)


def by_project(entry: PerimeterRecord, at: ShapeAt) -> Iterator[tuple[Hashable, Any]]:
    """A perimeter under the address of each project that it holds; else under OPEN or NUMBERED, with what is written."""
    for written in entry.members:
        member = _project(written).data
        named = [reference for reference in references_in(member) if _is_project(reference, at)]
        for reference in named:
            yield reference.address, entry
            if match := _BY_NUMBER.fullmatch(reference.address):  # which project that is no record of the input says
                yield NUMBERED, (match[1], entry)
        if named:
            continue
        if isinstance(member, str):
            match = _NUMBER.fullmatch(member)
            if match:
                yield NUMBERED, (match[1], entry)
        elif why := _open(member):
            yield OPEN, (why, entry)


def _open(member: Any) -> Unknown | None:
    """Why it is not known which project a member is; None of what is no project, such as a network."""
    if isinstance(member, Text) and member.prefix.startswith("//compute."):
        return None
    if isinstance(member, (Text, Reference)) and not unknown_inside(member):
        return Unknown(f"which project {member} is is known after apply", "scan the plan, or the live organisation")
    return unknown_inside(member)


def _is_project(reference: Reference, at: ShapeAt) -> bool:
    return not at.projects or (reference.type in at.projects and not reference.is_data)
