"""Which addresses requests may come from."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class AdmittedSource(Part):
    """Addresses from which requests are admitted."""

    known_by: ClassVar = ("source",)
    source: Fact[str]
    """A CIDR range, or `every address`."""
    within: Fact[list[str]]
    """The ranges that hold all of it, from itself to all addresses, in the form that `ipaddress` gives them; empty of every address."""
    halves: Fact[list[str]]
    """Of each of its halves a pattern for the ranges in it; empty where it has none, or is so wide that no users have all of it."""
    joined: Fact[bool]
    """Several narrower ranges hold all of it together. Never known: it is asked only where there are some in each half."""
    narrowed: Fact[bool]
    """Further conditions admit part of it alone: False, or not known."""


class Admission(Resource, kw_only=True):
    """An entry point of the edge, by the addresses that it admits."""

    naming: ClassVar = {"aws": Naming(families=frozenset({"balancer"}))}

    internet_facing: Fact[bool]
    accepts_waf: Fact[bool]
    """A web application firewall can be attached to this sort of entry point."""
    only_from_cdn: Fact[bool]
    """The CDN alone can reach it, so that the distribution says whom it admits."""
    sources: Fact[list[AdmittedSource]]
    """Whom its web application firewall lets through; everybody where there is none."""
    openings: Fact[list[AdmittedSource]]
    """Whom else's filter of addresses lets through: the security groups of a load balancer, the edge policy of a backend service of
    Google; everybody where there is none."""


KINDS = (Admission,)
