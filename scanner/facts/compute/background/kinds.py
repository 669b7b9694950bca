"""What runs in the background: what it costs while nothing happens, what leads to it, and with whom it shares its code."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class Listener(Part):
    """Something by which requests get to a service."""

    known_by: ClassVar = ("what",)
    what: Fact[str]
    """In words: `a target group of a load balancer`, `ingress INGRESS_TRAFFIC_ALL`."""
    there: Fact[bool]


class Sharer(Part):
    """Another service that runs the same task definition."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    listens: Fact[bool]
    """It is registered with a load balancer."""


class Worker(Resource, kw_only=True):
    """What runs code: a service, a job, a function, a schedule that starts tasks. Which of these are background services, roles say."""

    naming: ClassVar = {"aws": Naming(unique=False)}

    sort: Fact[str]
    """In words: `service`, `job`, `function`, `schedule`."""
    per_run: Fact[bool]
    """It costs while it runs alone: a job, a function, a task that a schedule starts."""
    thrifty: Fact[bool]
    """It runs on spare capacity (Fargate Spot), or scales to nothing."""
    by: Fact[str]
    """What it runs on, or how many instances it keeps, in words."""
    listeners: Fact[list[Listener]]
    sharers: Fact[list[Sharer]]


KINDS = (Worker,)
