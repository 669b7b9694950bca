"""VPC firewall rules and external forwarding rules in Terraform."""

from __future__ import annotations

from typing import Any

from scanner.facts.base import Stack, identity, reads
from scanner.facts.edge.terraform_gcp import EXTERNAL
from scanner.facts.edge.terraform_gcp import forwarding_rule as load_balancer
from scanner.facts.network.kinds import Ingress
from scanner.facts.network.ranges import closed, opening, port_span, protocol_name
from scanner.sources.interface import Item, Node
from scanner.sources.values import Unknown, Value, all_of, any_of

_ANY_PORT = (0, 65_535)


@reads("google_compute_firewall")
def firewall(item: Item, stack: Stack) -> Ingress | None:
    """https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_firewall"""
    if item["direction"].default("INGRESS").equals("INGRESS").data is False:
        return None
    enabled = item["disabled"].default(False).truth().negate()
    allows, more = item.blocks("allow")
    openings: list[Any] = [each for allow in allows for each in _allowed(allow, item)]
    for each in openings:
        each.world = all_of([each.world, enabled])
    targeted = any_of([item["target_tags"].known(), item["target_service_accounts"].known()])
    # The rule reaches instances, never Google's proxies; with targets, these may be the backends of a passthrough load balancer.
    why = Unknown(f"what the targets of {item.address} are is not known from code", "scan the live project", item.location())
    return Ingress(
        identity=identity(item, name=item["name"]),
        openings=Value(openings + ([more] if more else []), (item.location(),)),
        guards_load_balancer=Value(why if targeted.data is not False else False, (item.location(),)),
        http_only_redirects=Value(why if targeted.data is not False else False, (item.location(),)),
    )


def _allowed(allow: Node, item: Item) -> list[Any]:
    protocol = protocol_name(allow["protocol"])
    ports = allow["ports"]
    spans: list[Any] = (
        [_ANY_PORT]
        if ports.absent or ports.data == []
        else [port_span(port) or port for port in ports.data or ()]
        if isinstance(ports.data, list)
        else [ports.data]
    )
    ranges = item["source_ranges"]
    tagged = any_of([item["source_tags"].known(), item["source_service_accounts"].known()])
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
            found.append(closed("tagged instances", protocol, first, last, item["source_tags"].seen))
    return found


def _no_port(span: Any, ports: Value[Any]) -> Value[Any]:
    return Value(span if isinstance(span, Unknown) else Unknown(f"{span} is not a port", "correct the ports"), ports.seen)


@reads("google_compute_global_forwarding_rule", "google_compute_forwarding_rule")
def forwarding_rule(item: Item, stack: Stack) -> Ingress | None:
    """An external forwarding rule admits the internet on its ports."""
    if item["load_balancing_scheme"].default("EXTERNAL").equals(*EXTERNAL).data is False:
        return None
    ports = item["port_range"]
    listed = item["ports"]
    texts = [ports.data] if not ports.absent else listed.data if isinstance(listed.data, list) else [listed.data]
    protocol = protocol_name(item["ip_protocol"].default("TCP"))
    openings = []
    for text in texts:
        span = _ANY_PORT if text is None else port_span(text)
        first, last = (Value(port, ports.seen) for port in span) if span else (_no_port(text, ports), _no_port(text, ports))
        openings.append(opening("0.0.0.0/0", protocol, first, last, ports.seen))
    return Ingress(
        identity=identity(item, name=item["name"]),
        openings=Value(openings, (item.location(),)),
        guards_load_balancer=Value(True, (item.location(),)),
        http_only_redirects=_redirects(item, stack),
    )


def _redirects(item: Item, stack: Stack) -> Value[bool]:
    found = load_balancer(item, stack)
    return any_of([each.only_redirects for each in found.listeners.data]) if found else Value(False)
