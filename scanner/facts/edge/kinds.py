"""Entry points from the internet and what stands before them."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class EntryPoint(Resource, kw_only=True):
    """Where requests from outside arrive: an application load balancer, a CDN distribution, a backend of Google's load balancer."""

    # The name of a load balancer is unique in its account and region; that of a distribution is a comment, stages stand within an API.
    naming: ClassVar = {"aws": Naming(families=frozenset({"balancer"}))}

    internet_facing: Fact[bool]
    accepts_waf: Fact[bool]
    """A web application firewall can be attached to this sort of entry point."""
    waf_attached: Fact[bool]
    """By what this input shows."""
    declared: Fact[bool]
    """It stands in code, where others may attach a web application firewall to it, such as Firewall Manager. Google has no such."""
    attached_elsewhere: Fact[bool]
    """Whether others do; never known of what is `declared`."""


class FirewallRule(Part):
    """A rule of a web application firewall."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    enforced: Fact[bool]
    """It blocks, challenges or limits requests; False where it only counts, previews or allows, or where nothing comes to it."""


class WebFirewall(Resource, kw_only=True):
    """A web application firewall policy: WAF web ACL, Cloud Armor security policy."""

    blocks_by_default: Fact[bool]
    rules: Fact[list[FirewallRule]]


class Listener(Part):
    """A port that a load balancer listens on."""

    known_by: ClassVar = ("name", "port")
    name: Fact[str]
    port: Fact[str]
    protocol: Fact[str]
    """Upper case: `HTTP`, `HTTPS`."""
    encrypted: Fact[bool]
    """It terminates TLS with a certificate."""
    only_redirects: Fact[bool]
    """Every action, that of each rule included, redirects to HTTPS or answers with a fixed response."""


class LoadBalancer(Resource, kw_only=True):
    """A load balancer for HTTP: an ALB with its listeners, or one external forwarding rule of Google's with its proxy and URL map."""

    http: Fact[bool]
    """It balances HTTP, as opposed to TCP or UDP."""
    listeners: Fact[list[Listener]]
    serves_https: Fact[bool]
    """At least one listener is encrypted. Google: each forwarding rule is judged by itself, so this holds where its proxy is HTTPS or only
    redirects."""


KINDS = (EntryPoint, WebFirewall, LoadBalancer)
