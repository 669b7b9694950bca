"""Names of Route 53: which records belong together, and what a set of them leads to.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.scanner.facts.resilience.names.kinds import PublicName, Serving
from assay.scanner.facts.resilience.names.records import (
    NameAt,
    full_name,
    in_private_zone,
    led_to,
    members,
    proves_ownership,
    target_of,
    zone_of,
)
from assay.scanner.facts.resilience.names.targets import leads
from assay.scanner.facts.resilience.names.ways import NOWHERE, Region, Way, every, two, unclear
from assay.scanner.facts.resilience.route53 import is_chosen
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown, because
from assay.scanner.sources.values import Value, all_of, any_of

_ROUTES = ("A", "AAAA", "CNAME", "HTTPS", "SVCB")
"""Types of records by which browsers find a server."""


def public_name(view: View, at: NameAt) -> PublicName:
    """A record with the others of its set."""
    return _named(view, at, [view])


def group(view: View, at: NameAt) -> PublicName:
    """Several records in one resource: what all of them say that lead users anywhere."""
    records, more = view.inner(at.records.groups[view.item.type])
    told = _named(view, at, records)
    if more:
        told.leads_users = any_of([told.leads_users, view.says(more)])
        told.regions, told.several = view.says([*told.regions.data, more]), any_of([told.several, view.says(more)])
    return told


def _named(view: View, at: NameAt, records: list[View]) -> PublicName:
    led = [(record, _leads_users(record, at)) for record in records]
    kept = [record for record, leading in led if leading.data is not False] or records
    combined = every([way(record, at) for record in kept])
    others = [other.item for record in kept for other in members(record, at)[0] if other.item is not view.item]
    return PublicName(
        identity=view.identity(kept[0][at.name] if kept else view.says(None), *others),
        full_name=full_name(kept[0], at).text() if kept else view.says(None),
        leads_users=any_of([leading for _, leading in led]),
        nearest=combined.nearest,
        fenced=view.says(False),
        regions=view.says([region.unknown or Serving(region=region) for region in combined.regions]),
        several=two(combined.regions),
    )


def _leads_users(view: View, at: NameAt) -> Value[bool]:
    routes = view[at.sort].equals(*_ROUTES)
    if routes.data is False or proves_ownership(view, at):
        return view.says(False)
    return all_of([routes, in_private_zone(view, at).negate(), led_to(view, at).negate(), way(view, at).entry])


def way(view: View, at: NameAt, seen: frozenset[str] = frozenset()) -> Way:
    """Where the set of a record leads. `seen`: the sets that led here."""
    set_members, more = members(view, at)
    key = f"{view.item.address} {spelled(full_name(view, at).raw)}"
    if key in seen:
        return unclear(Unknown("where names lead that lead to each other", "have one of them name a load balancer", view.location))
    deeper = seen | {f"{member.item.address} {spelled(full_name(view, at).raw)}" for member in set_members}
    nearest = any_of([is_chosen(view, path) for path in at.steering])
    if nearest.data is False:
        return every([leads(member.surely, at, deeper, way) for member in set_members if member.doubt is None or member.item is view.item])
    ways = [leads(member.surely, at, deeper, way) for member in set_members]
    regions = list(_answers(set_members, ways, at))
    further = more or _elsewhere(view, at)
    regions += [view.says(further)] if further else []
    return Way(any_of([nearest, *(leading.entry for leading in ways)]), view.says(True), nearest, tuple(regions))


def _answers(set_members: list[View], ways: list[Way], at: NameAt) -> Iterator[Region]:
    """The regions of the answers of a set: where the target of each stands, else where its policy says that it does.

    A latency record names the region of the resource that it refers to, as does a geoproximity record:
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html, under Region. Two that name one target are one.
    """
    targets: set[str] = set()
    for member, leading in zip(set_members, ways, strict=True):
        regions = list(leading.regions)
        stated = next((value for path in at.places if not (value := member.surely[path]).absent and value.data != ""), None)
        if stated is not None and (not regions or any(region.unknown for region in regions)):
            target = spelled(target_of(member.surely, at).data)
            regions = [] if target and target in targets else [stated.text()]
            targets.add(target)
        if not regions and leading is NOWHERE and stated is None:
            regions = [member.says(Unknown("where an answer of the set stands", "scan what it names together with this", member.location))]
        yield from [member.says(because(member.doubt)) for _ in regions] if member.doubt else regions


def _elsewhere(view: View, at: NameAt) -> Unknown | None:
    """Why there may be more records of the set: the zone is declared elsewhere, and so may they be."""
    zone = zone_of(view, at)
    if at.complete or (zone is not None and not zone.item.type.startswith("data.")):
        return None
    reason = f"whether another stack has further records of {view.item.address}'s name: its zone is declared elsewhere"
    return Unknown(reason, "scan the stacks together, or the live account", view.location)
