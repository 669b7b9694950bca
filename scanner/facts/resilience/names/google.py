"""Names of Cloud DNS, and Google's load balancers that their addresses belong to.

https://cloud.google.com/dns/docs/routing-policies-overview. A global external load balancer has one address, which is
announced from everywhere; a request goes to the nearest region with a backend that has room:
https://cloud.google.com/load-balancing/docs/https#global-and-cross-region
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.facts.google_assets import missing
from assay.scanner.facts.indexes import last_names
from assay.scanner.facts.resilience.names.domains import plain
from assay.scanner.facts.resilience.names.kinds import PublicName, Serving
from assay.scanner.facts.resilience.names.ways import NOWHERE, Region, Way, every, into, two, unclear
from assay.scanner.facts.spelling import Index, Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Text, Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

_EXTERNAL = ("EXTERNAL", "EXTERNAL_MANAGED")
_TOGETHER = "scan it together with this, or the live project"
_RUN = "ghs.googlehosted.com"
"""What a domain mapping of Cloud Run has users' names lead to: https://cloud.google.com/run/docs/mapping-custom-domains"""
_PLACE = lazy_re.pattern(r"/(?:regions/([a-z0-9-]+)|zones/([a-z0-9-]+)-[a-z])(?:/|$)")


class NameAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a record, and of the load balancer that has its address. The defaults are the API's names."""

    name: Place = "name"
    sort: str = "type"
    zone: Link
    visibility: str = "visibility"
    """Of a zone."""
    answers: str = "rrdatas"
    """Of a record, and of an answer of its policy."""
    referred: str = "rrdatasRefs"
    """The same by names of other resources, in Config Connector."""
    geo: tuple[str, ...] = ("routingPolicy.geo.items",)
    geo_flat: tuple[str, ...] = ()
    """Where an input has the answers one level higher."""
    fence: str = "routingPolicy.geo.enableFencing|routingPolicy.enableGeoFencing"
    others: tuple[str, ...] = (
        "routingPolicy.wrr.items", "routingPolicy.primaryBackup.primaryTargets", "routingPolicy.primaryBackup.backupGeoTargets.items",
    )  # fmt: skip
    """Answers that are not chosen by where users are: a backup is given where the primary does not work."""
    inside: tuple[str, ...] = ("healthCheckedTargets.internalLoadBalancers", "internalLoadBalancers")
    outside: tuple[str, ...] = ("healthCheckedTargets.externalEndpoints", "externalEndpoints")
    """Of an answer, and of a primary."""
    rules: Index
    """Forwarding rules by their address (`by_address`)."""
    global_rules: tuple[str, ...] = ("compute.googleapis.com/GlobalForwardingRule",)
    scheme: str = "loadBalancingScheme"
    proxy: Link
    url_map: Link
    service_of_proxy: Link
    """Of a proxy for TCP or TLS."""
    defaults: Link
    """Of a URL map and of a matcher, its service, …"""
    service: Link
    """… that of a rule, …"""
    shares: Link
    """… and that of a share."""
    matchers: str = "pathMatchers"
    paths: tuple[str, ...] = ("pathRules", "routeRules")
    weighted: tuple[str, ...] = ("defaultRouteAction.weightedBackendServices", "routeAction.weightedBackendServices")
    buckets: tuple[str, ...] = ("compute.googleapis.com/BackendBucket",)
    backends: tuple[str, ...] = ("backends",)
    group: Link
    """Of a backend."""
    zonal: str = "zone"
    """Of a group, where it stands in a zone."""
    global_addresses: tuple[str, ...] = ()
    """Types of addresses that are announced from everywhere."""


def by_address(paths: tuple[str, ...], *types: str) -> Index:
    """Forwarding rules by the address that they have, or the resource that holds it; under None why there may be more."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        if isinstance(item, Unlisted):
            yield None, item.why
            return
        told = [data for path in paths for data in (item.link(path).data, item[path].data)]
        for key in dict.fromkeys(last_names(data) for data in told if isinstance(data, (str, Reference, Text, Unknown))):
            if key:
                yield key, item

    return Index(types, records)


def public_name(view: View, at: NameAt) -> PublicName:
    """A record: all its answers, by whatever policy it chooses among them."""
    geo, more = view.inner(*at.geo)
    if not geo and not more:
        geo, more = view.inner(*at.geo_flat)
    way = _chosen_by_place(view, at, geo, more) if geo or more else every(_always(view, at))
    routes = view[at.sort].equals("A", "AAAA", "CNAME")
    return PublicName(
        identity=view.identity(view[at.name]),
        full_name=view[at.name].then(lambda name: _full_name(view, name)).text(),
        leads_users=routes if routes.data is False else all_of([routes, _private(view, at).negate(), way.entry]),
        nearest=way.nearest,
        fenced=way.fenced,
        regions=view.says([region.unknown or Serving(region=region) for region in way.regions]),
        several=two(way.regions),
    )


def _full_name(view: View, name: Any) -> Any:
    """The name in DNS: a template has it at the end of the full name of its resource, a manifest has another one there."""
    if not isinstance(name, str) or "/" not in name:
        return plain(name) if isinstance(name, str) else name
    last = name.rpartition("/")[2]
    way = "leave params.public_names empty, or scan the live project"
    return plain(last) if last.endswith(".") else Unknown(f"the name in DNS of {view.item.address}", way, view.location)


def _private(view: View, at: NameAt) -> Value[bool]:
    """Whether networks alone may ask for the name; False where the zone is not in the input."""
    zone = view.target(at.zone)
    if zone is None and "/rrsets/" in view.item.address:
        zone = view.named(view.item.address.partition("/rrsets/")[0], at.zone)
    return view.says(False) if zone is None else zone.surely[at.visibility].default("public").equals("private")


def _chosen_by_place(view: View, at: NameAt, geo: list[View], more: Unknown | None) -> Way:
    """An answer is for users near its location: it stands there, unless what it names is known to stand elsewhere.

    Two that name one address are one. https://cloud.google.com/dns/docs/reference/rest/v1/resourceRecordSets
    """
    regions: list[Region] = []
    entries: list[Value[bool]] = []
    named: set[str] = set()
    for answer in geo:
        ways = _answers(answer, at)
        entries += [way.entry if way.regional.data is True else view.says(True) for way in ways]
        known = [region for way in ways for region in way.regions]
        keys = {last_names(value.data) for value in _outside(answer, at)} - {""}
        if not known or any(region.unknown for region in known):
            known = [] if keys and keys <= named else [answer["location"].text()]
        named |= keys
        regions += known
    regions += [view.says(more)] if more else []
    nearest = view.says(bool(geo) or more)
    fenced = view[at.fence].default(False).truth()
    return Way(any_of([*entries, *([view.says(more)] if more else [])]), view.says(True), nearest, tuple(regions), fenced)


def _always(view: View, at: NameAt) -> list[Way]:
    """Where the answers lead of a record that does not look where users are."""
    blocks, more = view.inner(*at.others)
    ways = [way for block in (view, *blocks) for way in _answers(block, at)]
    return [*ways, *([unclear(more)] if more else [])]


def _outside(answer: View, at: NameAt) -> list[Value[Any]]:
    """What an answer names, apart from internal load balancers."""
    values: list[Value[Any]] = []
    for path in (at.answers, *at.outside, at.referred):
        listed = answer.link(path)
        values += [Value.of(data, listed.seen) for data in listed.data] if isinstance(listed.data, list) else []
        values += [listed] if isinstance(listed.data, (Unknown, Reference, Text)) else []
    return values


def _answers(answer: View, at: NameAt) -> list[Way]:
    inside, more = answer.inner(*at.inside)
    ways = [into(block["region"].text(), entry=block.says(False)) for block in inside] + ([unclear(more)] if more else [])
    return ways + [_named(answer, value, at) for value in _outside(answer, at)]


def _named(view: View, value: Value[Any], at: NameAt) -> Way:
    """Where an address or a name leads: to the load balancers of this input that have it."""
    if isinstance(value.data, str) and plain(value.data) == _RUN:
        return into(view.says(Unknown("the region of the service", _TOGETHER, view.location)), entry=view.says(True))
    known = view.index(at.rules)
    rules = [view.of(item) for item in known.get(last_names(value.data), ())]
    if rules:
        return every([_balancer(rule.surely, at) for rule in rules])
    if isinstance(value.data, Reference) and value.data.type in at.global_addresses:
        reason = Unknown(f"which load balancer has {value.data.address}: it is declared elsewhere", _TOGETHER, view.location)
        return unclear(reason, entry=view.says(True))
    if isinstance(value.data, (str, Reference)):
        if view[at.sort].data == "CNAME":
            return NOWHERE
        reason = Unknown(f"what stands at {describe(value.data)}", _TOGETHER, view.location)
        return unclear(next(iter(known.get(None, ())), reason), entry=view.says(next(iter(known.get(None, ())), False)))
    later = Unknown("what a record leads to is known after apply", "scan the live project", view.location)
    return unclear(value.text().unknown or later)


def _balancer(rule: View, at: NameAt) -> Way:
    """Where a forwarding rule leads: a global external one to every region that it has backends in."""
    entry = rule[at.scheme].default("EXTERNAL").equals(*_EXTERNAL)
    if rule.item.type not in at.global_rules or entry.data is False:
        unsaid = Unknown(f"the region of {rule.item.address}", "configure it, or scan the live project", rule.location)
        return into(rule.item.region.default(unsaid), entry=entry)
    proxy = rule.target(at.proxy)
    if proxy is None:
        return unclear(missing(rule.item, "the proxy", "compute.googleapis.com/TargetHttpsProxy"), entry=entry)
    services, doubts = _services(proxy.surely, at)
    ways = [Way(entry, rule.says(True), rule.says(True), tuple(_regions(service.surely, at))) for service in services]
    return every([*ways, *(unclear(doubt) for doubt in doubts[:1])])


def _services(proxy: View, at: NameAt) -> tuple[list[View], list[Unknown]]:
    """The backend services that a proxy may ask, and why there may be others. Buckets are not: users get them from the nearest edge."""
    links = [(proxy, at.service_of_proxy)]
    doubts: list[Unknown | None] = []
    if not proxy.link(at.url_map).absent:
        url_map = proxy.target(at.url_map)
        if url_map is None:
            return [], [missing(proxy.item, "the URL map", "compute.googleapis.com/UrlMap")]
        url_map = url_map.surely
        matchers, more = url_map.inner(at.matchers)
        doubts.append(more)
        nodes = [url_map, *matchers]
        for matcher in matchers:
            rules, further = matcher.inner(*at.paths)
            doubts.append(further)
            nodes += rules
        links += [(node, link) for node in nodes for link in (at.defaults, at.service)]
        for node in nodes:
            shares, further = node.inner(*at.weighted)
            doubts.append(further)
            links += [(share, at.shares) for share in shares]
    services: dict[str, View] = {}
    for node, link in links:
        named = node.link(link)
        target = node.target(link) if not named.absent else None
        if target is not None and target.item.type not in at.buckets:
            services[target.item.address] = target
        elif target is None and not named.absent and "backendBuckets/" not in str(named.data):
            doubts.append(named.unknown or missing(node.item, "a backend service", "compute.googleapis.com/BackendService"))
    return list(services.values()), [doubt for doubt in doubts if doubt]


def _regions(service: View, at: NameAt) -> Iterator[Region]:
    """The regions of the groups behind a backend service."""
    backends, more = service.inner(*at.backends)
    for backend in backends:
        named, target = backend.link(at.group), backend.target(at.group)
        place = _PLACE.search(_text(named.data))
        reason = Unknown(f"the region of a backend of {service.item.address}", _TOGETHER, backend.location)
        if place is not None:
            yield Value(place[1] or place[2], named.seen)
        elif target is None:
            yield backend.says(named.unknown or reason)
        else:
            zone = target.surely[at.zonal].then(lambda zone: zone.rpartition("-")[0] if isinstance(zone, str) else zone)
            yield zone.otherwise(target.item.region).default(reason)
    if more:
        yield service.says(more)


def _text(data: Any) -> str:
    if isinstance(data, Text):
        return "".join(part if isinstance(part, str) else "\0" for part in data.parts)
    return data.address if isinstance(data, Reference) else data if isinstance(data, str) else ""
