"""VPC firewall rules, external forwarding rules and Cloud Run services of Google."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.edge.google import ForwardingRuleAt, is_vpn
from assay.scanner.facts.edge.google import forwarding_rule as load_balancer
from assay.scanner.facts.google_assets import short
from assay.scanner.facts.network.cuts import together
from assay.scanner.facts.network.instances import MACHINES, behind_load_balancer
from assay.scanner.facts.network.kinds import Ingress
from assay.scanner.facts.network.ranges import (
    ANYWHERE,
    Span,
    filled,
    limited,
    on_known_ports,
    opening,
    or_anywhere,
    protocol_name,
    spans,
)  # fmt: skip
from assay.scanner.facts.spelling import Contribution, Index, Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of


class FirewallAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a firewall rule. The defaults are those of the REST API."""

    name: Place = "name"
    allowed: str = "allowed"
    protocol: str = "IPProtocol"
    """Of what is allowed."""
    source_ranges: Place = "sourceRanges"
    sources: tuple[Place, ...] = ("sourceTags", "sourceServiceAccounts")
    targets: tuple[Place, ...] = ("targetTags", "targetServiceAccounts")
    network: Link = Link("network", ())
    machines: Contribution = MACHINES
    instances: Index | None = None
    """Those that code declares."""


def firewall(view: View, at: FirewallAt) -> Ingress | None:
    """An ingress rule; None for egress."""
    admitted = firewall_openings(view, at)
    if admitted is None:
        return None
    openings, more = admitted
    # An empty list of targets is every instance: https://cloud.google.com/firewall/docs/firewalls#rule_assignment
    targeted = any_of([filled(view[place]) for place in at.targets])
    # The rule reaches instances, never Google's proxies; with targets, these may be the backends of a passthrough load balancer.
    guards = behind_load_balancer(view, at.network, at.targets, at.instances) if targeted.data is not False else view.says(False)
    return Ingress(
        identity=view.identity(view[at.name]),
        openings=view.says(openings + ([more] if more else [])),
        openings_on_known_ports=view.says(on_known_ports(openings)),
        guards_load_balancer=guards,
        reaches=view.says("every instance of the network" if targeted.data is False else "the instances that it is for"),
        # A passthrough load balancer hands on what arrives; what the instances answer is not seen.
        http_only_redirects=guards.then(lambda behind: _NOT_SEEN if behind else True),
    )


def firewall_openings(view: View, at: FirewallAt) -> tuple[list[Any], Unknown | None] | None:
    """What a rule lets in, and why there may be more; None of a rule for egress. Several kinds ask for it."""
    return view.once(_firewall_openings, at)


def _firewall_openings(view: View, at: FirewallAt) -> tuple[list[Any], Unknown | None] | None:
    enters = view["direction"].default("INGRESS").equals("INGRESS")
    if enters.data is False:
        return None
    enabled = view["disabled"].default(False).truth().negate()
    allowed, more = view.inner(at.allowed)
    openings: list[Any] = [told for block in allowed for told in _allowed(block, view, at)]
    together(openings)
    for told in openings:
        limited(told, enabled, enters)
    return openings, more


_NOT_SEEN = Unknown("what instances answer on port 80", "open 443 only")


def _allowed(block: View, view: View, at: FirewallAt) -> list[Any]:
    """Without sources the rule matches any, and a list that is empty names none.

    https://cloud.google.com/firewall/docs/firewalls#sources
    """
    tagged = any_of([filled(view[place]) for place in at.sources])
    sources = or_anywhere(view[at.source_ranges], tagged)
    openings: list[Any] = []
    for span in spans(protocol_name(block[at.protocol]), block["ports"]):
        openings += [opening(source, span) for source in sources]
        if not sources:
            openings.append(opening(Value("tagged instances", tagged.seen), span, world=False))
    return openings


class IngressRuleAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a forwarding rule admits. The defaults are those of the REST API."""

    balancer: ForwardingRuleAt
    ports: tuple[str, ...] = ("portRange", "ports")
    """Of several, the first that is not empty."""
    protocol: Place = "IPProtocol"
    source_ranges: Place = "sourceIpRanges"
    """Of a passthrough load balancer."""


def forwarding_rule(view: View, at: IngressRuleAt) -> Ingress | None:
    """An external forwarding rule admits the internet on its ports; on all of them where it names none.

    Those of Classic VPN hand tunnels to a gateway, which lets in who has the key:
    https://cloud.google.com/network-connectivity/docs/vpn/concepts/classic-topologies
    """
    balancer = load_balancer(view, at.balancer)
    if balancer is None or is_vpn(view, at.balancer):
        return None
    written = (value for place in at.ports if filled(value := view[place]).data is not False)
    ports = spans(protocol_name(view[at.protocol].default("TCP")), next(written, view.says(None)))
    sources = or_anywhere(view[at.source_ranges], Value(False))
    who = view.identity(view[at.balancer.name])
    who.perhaps = balancer.identity.perhaps
    openings = [opening(source, span) for span in ports for source in sources]
    return Ingress(
        identity=who,
        openings=view.says(openings),
        openings_on_known_ports=view.says(on_known_ports(openings)),
        guards_load_balancer=view.says(True),
        reaches=view.says("a load balancer"),
        http_only_redirects=any_of([listener.only_redirects for listener in balancer.listeners.data]),
    )


# The address of a service itself, past every load balancer. https://cloud.google.com/run/docs/securing/ingress
_LIMITED = (
    "internal", "internal-and-cloud-load-balancing", "INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    "INGRESS_TRAFFIC_NONE",
)  # fmt: skip


class RunServiceAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a Cloud Run service. The defaults are those of the REST API."""

    name: Place = "metadata.name|name"
    annotations: Place = "metadata.annotations"
    """Of the v1 API, which is Knative's shape and has its settings there."""
    ingress: Place = "ingress"
    address_disabled: Place = "defaultUriDisabled"


def run_service(view: View, at: RunServiceAt) -> Ingress:
    """A Cloud Run service. Without a setting it admits everybody; requests without TLS are redirected.

    https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services
    """
    annotations = view[at.annotations]
    ingress = view[at.ingress].otherwise(_annotation(annotations, "ingress"))
    disabled = view[at.address_disabled].otherwise(_annotation(annotations, "default-url-disabled"))
    port: Value[Any] = Value(443, ingress.seen)
    told = opening(Value(ANYWHERE, ingress.seen), Span(Value("tcp", ingress.seen), port, port))
    reachable = disabled.default(False).truth().negate()
    told.world = all_of([ingress.default("all").equals(*_LIMITED).negate(), reachable])
    return Ingress(
        identity=view.identity(short(view[at.name])),
        openings=Value([told], ingress.seen),
        openings_on_known_ports=Value([told], ingress.seen),
        guards_load_balancer=Value(False, ingress.seen),
        reaches=Value("the address of the service itself", ingress.seen),
        http_only_redirects=Value(True, ingress.seen),
    )


def _annotation(annotations: Value[Any], name: str) -> Value[Any]:
    """A setting of the v1 API: https://cloud.google.com/run/docs/reference/rest/v1/namespaces.services#Service"""
    return annotations.then(lambda data: data.get(f"run.googleapis.com/{name}") if isinstance(data, dict) else None)
