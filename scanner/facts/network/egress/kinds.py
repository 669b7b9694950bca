"""Where workloads may send traffic."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource


class Range(Part):
    """A range of addresses."""

    known_by: ClassVar = ("cidr",)
    cidr: Fact[str]
    """In the form that `ipaddress` gives it: `198.51.100.0/24`."""


class EgressDestination(Part):
    """Traffic that a rule lets out."""

    known_by: ClassVar = ("destination", "protocol", "from_port", "to_port")
    destination: Fact[str]
    """A CIDR range, a prefix list, another group, a host name."""
    anywhere: Fact[bool]
    """The internet, or so much of it that it makes no difference."""
    inside: Fact[bool]
    """Private addresses, another group, or services of the provider at addresses of their own."""
    host: Fact[str | None]
    """The name of a host, where the rule names one."""
    within: Fact[list[Range]]
    """The ranges that hold all of it, from itself to the widest that is not the internet; empty of what is no range."""
    expected: Fact[bool]
    """It belongs to somebody whom the deployment talks to. No input shows that: only who runs it knows."""
    traffic: Fact[str]
    """Protocol and ports in words: `TCP port 443`, `all traffic`."""
    protocol: Fact[str]
    """Lower case name: `tcp`, `udp`, `icmp`; `all` for every protocol."""
    from_port: Fact[int]
    to_port: Fact[int]


class Host(Part):
    """A host that a firewall lets traffic through to."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """Its name; of a domain with all hosts in it, with a dot before."""


class Egress(Resource, kw_only=True):
    """What decides where workloads may send traffic: a security group; of Google, the firewall rules and policies of a network."""

    destinations: Fact[list[EgressDestination]]
    """What is let out in the end: rules that denials before them leave nothing of are none, and the provider's implied rules are some."""
    filtered: Fact[bool]
    """What leaves the network passes a firewall that lets only named hosts through. AWS Network Firewall; of Google, rules name hosts
    themselves: False."""
    hosts: Fact[list[Host]]
    """Those that such a firewall lets traffic through to, where a rule lets any destination out."""


KINDS = (Egress,)
