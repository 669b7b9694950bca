"""What walks through the whole application as a user would, again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from assay.scanner.facts.model import Fact, Identity, Naming, Part, Resource
from assay.scanner.override import override
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value


class Canary(Part, kw_only=True):
    """A canary of CloudWatch Synthetics, a synthetic monitor or an uptime check of Cloud Monitoring."""

    known_by: ClassVar = ("name",)
    identity: Identity | None = None
    name: Fact[str]
    sort: Fact[str]
    """In words: `canary`, `synthetic monitor`, `uptime check`."""
    roles: Fact[list[str]] = Value([])
    """What it is to the deployment, as the configuration says (roles in assay.yaml)."""
    scripted: Fact[bool]
    """It runs a script, which may take several steps; False of an uptime check, which makes one request."""
    covers: Fact[bool]
    """It walks from the user interface to an order. No input shows what a script does, so that it is unknown of those."""
    runs: Fact[bool]
    """It is started, and runs again and again: not once, and not for a while."""
    passed: Fact[bool]
    """Its last run passed; so it is in code, and where the input does not tell of runs."""
    alarmed: Fact[bool]
    """Somebody hears when it fails: an alarm on it is switched on, can be raised, and reaches somebody."""


class CanarySet(Resource, kw_only=True):
    """A region of a live account or a live project; in code the canaries that are declared there, under the first of them."""

    naming: ClassVar = {"aws": Naming(unique=False), "google": Naming(unique=False)}

    sort: Fact[str]
    """In words: `region`, `project`."""
    place: Fact[str]
    """The region or the project; empty where it is not known."""
    canaries: Fact[list[Canary]]
    unseen: Fact[bool]
    """There is a canary that is not among these: False, or unknown."""

    @override
    def give_roles(self, roles_of: Callable[[Identity | Unknown], list[str] | Unknown]) -> None:
        """Canaries have roles of their own, too."""
        super().give_roles(roles_of)
        for canary in self.canaries.data if isinstance(self.canaries.data, list) else ():
            if isinstance(canary, Canary) and canary.identity is not None:
                canary.roles = Value(roles_of(canary.identity), canary.name.seen)


KINDS = (CanarySet,)
