"""VPC firewall rules and external forwarding rules of Google, whatever input spells them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from assay.scanner.facts.base import Identity
from assay.scanner.facts.edge.kinds import LoadBalancer
from assay.scanner.facts.network.kinds import Ingress
from assay.scanner.facts.network.ranges import closed, opening, port_span, protocol_name
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.values import Unknown, Value, all_of, any_of

_ANY_PORT = (0, 65_535)


class FirewallNames(NamedTuple):
    """What an input calls the parts of a firewall rule. The defaults are those of the REST API."""

    allowed: str = "allowed"
    protocol: str = "IPProtocol"
    source_ranges: str = "sourceRanges"
    source_tags: str = "sourceTags"
    source_service_accounts: str = "sourceServiceAccounts"
    target_tags: str = "targetTags"
    target_service_accounts: str = "targetServiceAccounts"


def firewall(who: Identity, item: Item, names: FirewallNames, behind: Callable[[], Value[bool]]) -> Ingress | None:
    """An ingress rule; None for egress. `behind`: whether only a load balancer leads to the instances that it targets."""
    if item["direction"].default("INGRESS").equals("INGRESS").data is False:
        return None
    enabled = item["disabled"].default(False).truth().negate()
    allows, more = item.blocks(names.allowed)
    openings: list[Any] = [each for allow in allows for each in _allowed(allow, item, names)]
    for each in openings:
        each.world = all_of([each.world, enabled])
    targeted = any_of([item[names.target_tags].is_set(), item[names.target_service_accounts].is_set()])
    # The rule reaches instances, never Google's proxies; with targets, these may be the backends of a passthrough load balancer.
    guards = behind() if targeted.data is not False else Value(False, (item.location(),))
    return Ingress(
        identity=who,
        openings=Value(openings + ([more] if more else []), (item.location(),)),
        guards_load_balancer=guards,
        # A passthrough load balancer hands on what arrives; what the instances answer is not seen.
        http_only_redirects=guards.then(lambda held: held and Unknown("what instances answer on port 80", "open 443 only")),
    )


def _allowed(allow: Node, item: Item, names: FirewallNames) -> list[Any]:
    protocol = protocol_name(allow[names.protocol])
    ports = allow["ports"]
    spans: list[Any] = (
        [_ANY_PORT]
        if ports.absent or ports.data == []
        else [port_span(port) or port for port in ports.data or ()]
        if isinstance(ports.data, list)
        else [ports.data]
    )
    ranges = item[names.source_ranges]
    tagged = any_of([item[names.source_tags].is_set(), item[names.source_service_accounts].is_set()])
    if ranges.absent:
        # Without sources the rule matches any: https://cloud.google.com/firewall/docs/firewalls#sources
        sources: list[Any] = [] if tagged.data else ["0.0.0.0/0"]
    else:
        sources = ranges.data if isinstance(ranges.data, list) else [ranges.data]
    found: list[Any] = []
    for span in spans:
        first, last = (
            (Value(port, ports.seen) for port in span) if isinstance(span, tuple) else (_no_port(span, ports), _no_port(span, ports))
        )
        found += [opening(source, protocol, first, last, ranges.seen) for source in sources]
        if not sources:
            found.append(closed("tagged instances", protocol, first, last, item[names.source_tags].seen))
    return found


def _no_port(span: Any, ports: Value[Any]) -> Value[Any]:
    return Value(span if isinstance(span, Unknown) else Unknown(f"{span} is not a port", "correct the ports"), ports.seen)


def forwarding_rule(
    who: Identity, item: Item, balancer: LoadBalancer | None, port_range: Value[Any], listed: Value[Any], protocol: Value[Any]
) -> Ingress:
    """An external forwarding rule admits the internet on its ports; on all of them where it names none."""
    texts = [port_range.data] if not port_range.absent else listed.data if isinstance(listed.data, list) else [listed.data]
    name = protocol_name(protocol.default("TCP"))
    openings = []
    for text in texts:
        span = _ANY_PORT if text is None else port_span(text)
        first, last = (Value(port, port_range.seen) for port in span) if span else (_no_port(text, port_range), _no_port(text, port_range))
        openings.append(opening("0.0.0.0/0", name, first, last, port_range.seen))
    return Ingress(
        identity=who,
        openings=Value(openings, (item.location(),)),
        guards_load_balancer=Value(True, (item.location(),)),
        http_only_redirects=any_of([each.only_redirects for each in balancer.listeners.data]) if balancer else Value(False),
    )


# The address of a service itself, past every load balancer. https://cloud.google.com/run/docs/securing/ingress
_LIMITED = (
    "internal", "internal-and-cloud-load-balancing", "INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    "INGRESS_TRAFFIC_NONE",
)  # fmt: skip
INGRESS_ANNOTATION = "run.googleapis.com/ingress"


def run_service(who: Identity, ingress: Value[Any], address_disabled: Value[Any]) -> Ingress:
    """A Cloud Run service. Without a setting it admits everybody; requests without TLS are redirected."""
    open_ = all_of([ingress.default("all").equals(*_LIMITED).negate(), address_disabled.default(False).truth().negate()])
    port: Value[Any] = Value(443, ingress.seen)
    found = opening("0.0.0.0/0", Value("tcp", ingress.seen), port, port, ingress.seen)
    found.world = open_
    return Ingress(
        identity=who,
        openings=Value([found], ingress.seen),
        guards_load_balancer=Value(False, ingress.seen),
        http_only_redirects=Value(True, ingress.seen),
    )


def annotated_ingress(annotations: Value[Any]) -> Value[Any]:
    """The ingress of a service of the v1 API, which is an annotation."""
    return annotations.then(lambda held: held.get(INGRESS_ANNOTATION) if isinstance(held, dict) else None)
