"""The alarms of a region or a project, together."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from assay.scanner.facts.model import Fact, Identity, Naming, Part, Resource
from assay.scanner.override import override
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value


class RaisedAlert(Part, kw_only=True):
    """An alarm, and whether it can do what it is there for."""

    known_by: ClassVar = ("name",)
    identity: Identity | None = None
    name: Fact[str]
    roles: Fact[list[str]] = Value([])
    """What it is to the deployment, as the configuration says (roles in assay.yaml)."""
    effective: Fact[bool]
    """It is switched on, and somebody hears of it."""
    emitted: Fact[bool]
    """Something emits what it watches: a service of the provider, a metric filter, or in a live account whoever did so before."""
    metrics: Fact[list[str]]
    """The names of the metrics that it watches, without their namespaces."""


class AlertSet(Resource, kw_only=True):
    """A region of a live account; in code and of a Google project, the alarms that are declared there, under the first of them."""

    naming: ClassVar = {"aws": Naming(unique=False), "google": Naming(unique=False)}

    sort: Fact[str]
    """In words: `region`, `project`."""
    place: Fact[str]
    """The region or the project; empty where it is not known."""
    alerts: Fact[list[RaisedAlert]]

    @override
    def give_roles(self, roles_of: Callable[[Identity | Unknown], list[str] | Unknown]) -> None:
        """Alarms have roles of their own, too."""
        super().give_roles(roles_of)
        for alert in self.alerts.data if isinstance(self.alerts.data, list) else ():
            if isinstance(alert, RaisedAlert) and alert.identity is not None:
                alert.roles = Value(roles_of(alert.identity), alert.name.seen)


KINDS = (AlertSet,)
