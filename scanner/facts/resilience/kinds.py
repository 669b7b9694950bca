"""How users are led away from what does not work."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class UserDestination(Part):
    """Where an answer of DNS, or a load balancer, sends users."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """What to call it in a message: a set identifier, a location, a backend."""
    needs_check: Fact[bool]
    """Users are sent elsewhere when it does not work; False of the last resort, the secondary of a failover pair."""
    checked: Fact[bool]
    """Its health is asked for, and it gets no users where it is bad: by a health check that is on and not inverted, or by the health of the
    load balancer that an alias names."""


class Failover(Resource, kw_only=True):
    """What has several destinations and chooses among them: a record of DNS with a routing policy, a load balancer's backend."""

    # Records of a set share their name.
    naming: ClassVar = {"aws": Naming(unique=False), "google": Naming(unique=False)}

    chooses: Fact[bool]
    """It is one of several answers, or has several: False of a record that always gives the same answer."""
    destinations: Fact[list[UserDestination]]


KINDS = (Failover,)
