"""Google's external load balancer and Cloud CDN: what its backends answer with. https://cloud.google.com/cdn/docs/overview"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.edge.cdn.headers import CSP, HSTS, limits_scripts, max_age, not_known, readable, written
from assay.scanner.facts.edge.cdn.kinds import Distribution, EdgeResponse, ViewerEntry, ViewerWay
from assay.scanner.facts.edge.cdn.routes import EXTERNAL, HeaderChange, MapRoute, RoutesAt, routes_to, unsettled
from assay.scanner.facts.edge.google import ForwardingRuleAt, forwarding_rule
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Text, Unknown, either
from assay.scanner.sources.values import Value, all_of, any_of

Headers = dict[str, Value[Any]]


class ForwardingEntryAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a forwarding rule lets in."""

    balancer: ForwardingRuleAt


def viewer_entry(view: View, at: ForwardingEntryAt) -> ViewerEntry | None:
    """An external forwarding rule for HTTP: Google has no object of its own for a CDN, which answers through it where a backend says so."""
    balancer = forwarding_rule(view, at.balancer)
    if balancer is None or balancer.http.data is False:
        return None
    listeners = balancer.listeners.data
    ways = [ViewerWay(name=way.name, https_only=any_of([way.only_redirects, way.encrypted])) for way in listeners]
    who = view.identity(view[at.balancer.name])
    who.perhaps = balancer.identity.perhaps or balancer.http.unknown
    return ViewerEntry(identity=who, enabled=view.says(True), ways=view.says(ways), origins=view.says([]))


class BackendAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a backend answers with; a backend bucket has no protocol. The defaults are the API's names."""

    name: Place = "name"
    scheme: Annotated[Place, "enabled"] = "loadBalancingScheme"
    protocol: Annotated[Place, "enabled"] = "protocol"
    headers: Annotated[str, "responses"] = "customResponseHeaders"
    collection: Annotated[str, "responses"]
    """The collection that the backend is of, in its full name."""
    routes: Annotated[RoutesAt, "responses"]


def backend(view: View, at: BackendAt) -> Distribution:
    """External, for HTTP, unless it says otherwise: https://cloud.google.com/compute/docs/reference/rest/v1/backendServices

    gRPC is no way for browsers; TCP and TLS are passed on without headers.
    """
    external = view[at.scheme].default("EXTERNAL").equals(*EXTERNAL)
    http = view[at.protocol].default("HTTP").equals("HTTP", "HTTPS", "HTTP2", "H2C")
    return Distribution(identity=view.identity(view[at.name]), enabled=all_of([external, http]), responses=view.says(_responses(view, at)))


def _responses(view: View, at: BackendAt) -> list[Any]:
    """One for each set of header actions on the way to the backend; one where there is no such."""
    own = _own(view, at)
    name = view[at.name].text()
    ways: dict[str, list[HeaderChange]] = {}
    for route in routes_to(view, at.routes, at.collection, view[at.name]):
        ways.setdefault(_way(route) if route.changes else "", route.changes)
    for other in unsettled(view, at.routes):
        if other.changes:  # it may lead here, and change any header
            ways.setdefault(" by a route that is not known", [HeaderChange([], [], other.why)])
    return [_response(_with(name, way), _changed(dict(own), changes)) for way, changes in (ways or {"": []}).items()]


def _with(name: Value[str], way: str) -> Value[str]:
    return name.then(lambda text: f"{text}{way}")


def _way(route: MapRoute) -> str:
    return f" by {route.map.rpartition('/')[2]}" + (f" ({route.name})" if route.name else "")


def _response(name: Value[Any], headers: Headers) -> EdgeResponse:
    absent: Value[Any] = Value(None, name.seen)
    hsts, csp = headers.get(HSTS, absent), headers.get(CSP, absent)
    return EdgeResponse(
        name=name,
        hsts_max_age=hsts.then(lambda text: None if text is None else max_age(text)),
        documents=Value(True, name.seen),
        csp=csp.then(lambda text: None if text is None else written(text)),
        limits_scripts=csp.then(lambda text: text is not None and limits_scripts(text)),
    )


def _own(view: View, at: BackendAt) -> Headers:
    """The headers that the backend itself sets, `Name: value` each; which name stands once, compared without case.

    https://cloud.google.com/load-balancing/docs/https/custom-headers-global
    """
    listed = view[at.headers]
    elements = listed.data if isinstance(listed.data, list) else [listed.data] if listed.unknown else []
    headers: Headers = {}
    doubts: list[Value[Any]] = []
    for element in elements:
        header = _split(element)
        if header is None:
            doubts.append(Value(not_known(element), listed.seen))
        else:
            headers.setdefault(header[0], Value(header[1], listed.seen))
    for name in (HSTS, CSP):
        if name not in headers:
            headers[name] = doubts[0] if doubts else Value(None, listed.seen or (view.location,))
    return headers


def _split(header: Any) -> tuple[str, Any] | None:
    """The name of a header and its value, of which parts may not be known; None where the name is not known."""
    first, *more = header.parts if isinstance(header, Text) else (header,)
    if not isinstance(first, str) or (more and ":" not in first):
        return None
    name, _, value = first.partition(":")
    return name.strip().lower(), Text((value.lstrip(), *more)) if more else value.strip()


def _changed(headers: Headers, changes: list[HeaderChange]) -> Headers:
    """Of a header that both set, the URL map's counts: https://cloud.google.com/load-balancing/docs/https/custom-headers-global"""
    for change in changes:
        for name in change.removed:
            if isinstance(name, str):
                headers[name.lower()] = Value(None)
            elif isinstance(name, Unknown):
                headers |= {header: Value(name) for header in (HSTS, CSP)}
        for header, value in change.set:
            for name in (HSTS, CSP):
                same, sent = header.then(lambda text: text.strip() if isinstance(text, str) else text).equals(name), value.then(readable)
                if same.data is True:
                    headers[name] = sent
                elif same.unknown:
                    headers[name] = Value.of(either(same.unknown, headers.get(name, Value(None)).raw, sent.raw), header.seen)
        if change.unknown:
            headers |= {header: Value(change.unknown) for header in (HSTS, CSP)}
    return headers
