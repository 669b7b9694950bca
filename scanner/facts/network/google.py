"""VPC firewall rules, external forwarding rules and Cloud Run services of Google."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.edge.google import ForwardingRuleAt
from assay.scanner.facts.edge.google import forwarding_rule as load_balancer
from assay.scanner.facts.google_assets import short
from assay.scanner.facts.network.instances import MACHINES, behind_load_balancer
from assay.scanner.facts.network.kinds import Ingress
from assay.scanner.facts.network.ranges import Span, elements, opening, protocol_name, spans
from assay.scanner.facts.spelling import Contribution, Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Unknown, Value, all_of, any_of


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


def firewall(view: View, at: FirewallAt) -> Ingress | None:
    """An ingress rule; None for egress."""
    if view["direction"].default("INGRESS").equals("INGRESS").data is False:
        return None
    enabled = view["disabled"].default(False).truth().negate()
    allowed, more = view.inner(at.allowed)
    openings: list[Any] = [told for block in allowed for told in _allowed(block, view, at)]
    for told in openings:
        told.world = all_of([told.world, enabled])
    targeted = any_of([view[place].is_set() for place in at.targets])
    # The rule reaches instances, never Google's proxies; with targets, these may be the backends of a passthrough load balancer.
    guards = behind_load_balancer(view, at.network, at.targets) if targeted.data is not False else view.says(False)
    return Ingress(
        identity=view.identity(view[at.name]),
        openings=view.says(openings + ([more] if more else [])),
        guards_load_balancer=guards,
        # A passthrough load balancer hands on what arrives; what the instances answer is not seen.
        http_only_redirects=guards.then(lambda behind: behind and Unknown("what instances answer on port 80", "open 443 only")),
    )


def _allowed(block: View, view: View, at: FirewallAt) -> list[Any]:
    """Without sources the rule matches any: https://cloud.google.com/firewall/docs/firewalls#sources"""
    ranges = view[at.source_ranges]
    tagged = any_of([view[place].is_set() for place in at.sources])
    sources = elements(ranges if not (ranges.absent and not tagged.data) else ranges.default("0.0.0.0/0"))
    openings: list[Any] = []
    for span in spans(protocol_name(block[at.protocol]), block["ports"]):
        openings += [opening(source, span) for source in sources]
        if not sources:
            openings.append(opening(Value("tagged instances", view[at.sources[0]].seen), span, world=False))
    return openings


class IngressRuleAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a forwarding rule admits. The defaults are those of the REST API."""

    balancer: ForwardingRuleAt
    ports: Place = ("portRange", "ports")
    protocol: Place = "IPProtocol"


def forwarding_rule(view: View, at: IngressRuleAt) -> Ingress | None:
    """An external forwarding rule admits the internet on its ports; on all of them where it names none."""
    balancer = load_balancer(view, at.balancer)
    if balancer is None:
        return None
    ports = spans(protocol_name(view[at.protocol].default("TCP")), view[at.ports])
    return Ingress(
        identity=view.identity(view[at.balancer.name]),
        openings=view.says([opening(Value("0.0.0.0/0", span.first.seen), span) for span in ports]),
        guards_load_balancer=view.says(True),
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
    """Of the v1 API, which is Knative's shape and has the ingress there."""
    ingress: Place = "ingress"
    address_disabled: Place = "defaultUriDisabled"


def run_service(view: View, at: RunServiceAt) -> Ingress:
    """A Cloud Run service. Without a setting it admits everybody; requests without TLS are redirected.

    https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services
    """
    annotations = view[at.annotations]
    annotated = annotations.then(lambda data: data.get("run.googleapis.com/ingress") if isinstance(data, dict) else None)
    ingress = view[at.ingress] if annotations.absent else annotated
    port: Value[Any] = Value(443, ingress.seen)
    told = opening(Value("0.0.0.0/0", ingress.seen), Span(Value("tcp", ingress.seen), port, port))
    reachable = view[at.address_disabled].default(False).truth().negate()
    told.world = all_of([ingress.default("all").equals(*_LIMITED).negate(), reachable])
    return Ingress(
        identity=view.identity(short(view[at.name])),
        openings=Value([told], ingress.seen),
        guards_load_balancer=Value(False, ingress.seen),
        http_only_redirects=Value(True, ingress.seen),
    )
