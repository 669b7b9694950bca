"""What leads to a backend of Google's load balancer: URL maps, the proxies that use them, and the forwarding rules of these.

https://cloud.google.com/compute/docs/reference/rest/v1/urlMaps. Records hold plain data and values, so that they reach other projects.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.indexes import last_names
from assay.scanner.facts.spelling import Index
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.raw import Unknown, unknown_inside
from assay.scanner.sources.values import Value, all_of

EXTERNAL = ("EXTERNAL", "EXTERNAL_MANAGED")


class HeaderChange(msgspec.Struct, frozen=True):
    """What a header action does to an answer."""

    set: list[tuple[Value[Any], Value[Any]]]
    """Names and values."""
    removed: list[Any]
    """Names."""
    unknown: Unknown | None
    """Why it may do more."""


class MapRoute(msgspec.Struct, frozen=True):
    """A way through a URL map to a backend."""

    map: str
    """The address of the URL map."""
    name: str
    """What to call it: the path matcher, empty for the default of the map, with the rule or the share that changes headers."""
    changes: list[HeaderChange]
    """In the order in which they are made: the innermost first."""


class Unsettled(msgspec.Struct, frozen=True):
    """Why a URL map may have another route, to any backend."""

    why: Unknown
    changes: bool
    """That route may change headers."""


class ProxyHop(msgspec.Struct, frozen=True):
    """A proxy by the URL map that it uses, or a forwarding rule by the proxy that it points to."""

    address: str
    secure: bool = False
    """Of a proxy: it has TLS."""
    external: Value[bool] = Value(True)
    """Of a forwarding rule."""
    doubt: Unknown | None = None
    """Why it is not known what it leads to."""


class RoutesAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells of URL maps, proxies and forwarding rules."""

    maps: Index
    http: Index
    """Proxies for HTTP and for HTTPS."""
    rules: Index


class MapAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where a URL map tells its routes. The defaults are the API's names; blocks within have the same names at every depth."""

    default: str = "defaultService"
    default_action: str = "defaultRouteAction"
    matchers: str = "pathMatchers"
    rules: tuple[str, ...] = ("pathRules", "routeRules")
    service: str = "service"
    action: str = "routeAction"
    weighted: str = "weightedBackendServices"
    weighted_service: str = "backendService"
    headers: str = "headerAction"
    added: str = "responseHeadersToAdd"
    header: str = "headerName"
    value: str = "headerValue"
    removed: str = "responseHeadersToRemove"


def routes(url_map: Item, at: MapAt) -> Iterator[tuple[Hashable, Any]]:
    """The routes of a URL map by the backend that each leads to; under None, as Unsettled, why there may be others.

    Actions take effect from the inside to the outside:
    https://cloud.google.com/compute/docs/reference/rest/v1/urlMaps#resource, `headerAction`
    """
    outer = _changes(url_map, at)
    yield from _leads(url_map, url_map, at.default, at.default_action, "", outer, at)
    matchers, more = url_map.blocks(at.matchers)
    yield from _further(more)
    for matcher in matchers:
        name = str(matcher["name"].data)
        own = _changes(matcher, at) + outer
        yield from _leads(url_map, matcher, at.default, at.default_action, name, own, at)
        for path in at.rules:
            rules, more = matcher.blocks(path)
            yield from _further(more)
            for number, rule in enumerate(rules, 1):
                inner = _changes(rule, at)
                yield from _leads(url_map, rule, at.service, at.action, f"{name}, rule {number}" if inner else name, inner + own, at)


def _leads(url_map: Item, node: Node, service: str, action: str, name: str, changes: list[HeaderChange], at: MapAt) -> Iterator[Any]:
    yield from _lead(node.link(service), MapRoute(url_map.address, name, changes))
    actions, more = node.blocks(action)
    yield from _further(more)
    for part in actions:
        shares, more = part.blocks(at.weighted)
        yield from _further(more)
        for number, weighted in enumerate(shares, 1):
            inner = _changes(weighted, at)
            route = MapRoute(url_map.address, f"{name}, share {number}" if inner else name, inner + changes)
            yield from _lead(weighted.link(at.weighted_service), route)


def _lead(backend: Value[Any], route: MapRoute) -> Iterator[tuple[Hashable, Any]]:
    key, why = _named_by(backend)
    if why is not None:
        yield None, Unsettled(why, bool(route.changes))
    elif key:
        yield key, route


def _further(why: Unknown | None) -> Iterator[tuple[Hashable, Any]]:
    if why is not None:
        yield None, Unsettled(why, changes=True)


def _changes(node: Node, at: MapAt) -> list[HeaderChange]:
    actions, more = node.blocks(at.headers)
    changes: list[HeaderChange] = []
    for action in actions:
        added, unknown = action.blocks(at.added)
        removed = action[at.removed].data
        changes.append(
            HeaderChange(
                [(entry[at.header], entry[at.value]) for entry in added],
                removed if isinstance(removed, list) else [removed] if isinstance(removed, Unknown) else [],
                unknown,
            )
        )
    return changes + ([HeaderChange([], [], more)] if more else [])


def proxies(proxy: Item, url_map: str, secure: str) -> Iterator[tuple[Hashable, Any]]:
    """A proxy by its URL map, under None where that is not known. `secure`: a part of the types that have TLS."""
    key, why = _named_by(proxy.link(url_map))
    if key or why:
        yield key, ProxyHop(proxy.address, secure=secure in proxy.type.lower(), doubt=why)


def forwarding(rule: Item, target: str, scheme: str) -> Iterator[tuple[Hashable, Any]]:
    """A forwarding rule by its proxy, under None where that is not known: external unless it says otherwise.

    https://cloud.google.com/compute/docs/reference/rest/v1/globalForwardingRules
    """
    key, why = _named_by(rule.link(target))
    if key or why:
        yield key, ProxyHop(rule.address, external=rule[scheme].default("EXTERNAL").equals(*EXTERNAL), doubt=why)


def _named_by(link: Value[Any]) -> tuple[str | None, Unknown | None]:
    """What a link names, as a key; None and why where that is not known."""
    key, why = key_of(link), unknown_inside(link.data)
    return (None, why) if why is not None and (not key or "\0" in key) else (key, None)


def key_of(named: Value[Any]) -> str:
    """What is named, as a key: an address, or the collection and the name that a text ends in; empty where it is not known."""
    return last_names(named.data)


def keys(address: str, collection: str, name: Any) -> list[str]:
    """The keys by which others name a resource."""
    return [address, f"{collection}/{name}"] if isinstance(name, str) else [address]


def routes_to(view: View, at: RoutesAt, collection: str, name: Value[Any]) -> list[MapRoute]:
    """Every route of a URL map that leads to a backend."""
    known = view.index(at.maps)
    return [route for key in keys(view.item.address, collection, name.data) for route in known.get(key, ())]


def unsettled(view: View, at: RoutesAt) -> list[Unsettled]:
    """Why there may be other routes, to any backend."""
    return view.index(at.maps).get(None, [])


def entries(view: View, at: RoutesAt, route: MapRoute) -> Iterator[tuple[str, bool, Value[bool]]]:
    """The forwarding rules by which a route is reached: (address, it has TLS, it is there, external and leads to the route)."""
    for proxy in _naming(view, at.http, route.map, at.maps, "urlMaps"):
        collection = "targetHttpsProxies" if proxy.secure else "targetHttpProxies"
        for rule in _naming(view, at.rules, proxy.address, at.http, collection):
            on_the_way = ((route.map, at.maps), (proxy.address, at.http), (rule.address, at.rules))
            there = [_exists(view, address, index) for address, index in on_the_way]
            doubts: list[Value[bool]] = [Value(hop.doubt) for hop in (proxy, rule) if hop.doubt]
            yield rule.address, proxy.secure, all_of([*there, rule.external, *doubts])


def _naming(view: View, index: Index, address: str, of: Index, collection: str) -> list[ProxyHop]:
    """The hops of an index that name what has an address: an item of the types of the index `of`, or one of another project."""
    target, known = view.named(address, of), view.index(index)
    name = target.surely["name"].data if target is not None else None
    return [hop for key in (*keys(address, collection, name), None) for hop in known.get(key, ())]


def _exists(view: View, address: str, index: Index) -> Value[bool]:
    item = view.named(address, index)
    return Value(item.doubt or True if item is not None else True)
