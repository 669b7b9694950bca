"""Cloud Monitoring: whether it is enabled, and what clusters of GKE send it. Cloud Run sends its metrics by itself.

https://cloud.google.com/run/docs/monitoring, https://cloud.google.com/kubernetes-engine/docs/how-to/config-metrics
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.audit.recorders.google import ServiceAt, enabled
from assay.scanner.facts.google_assets import is_live, named
from assay.scanner.facts.observe.metrics.kinds import MetricSource
from assay.scanner.facts.spelling import Index, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Value, all_of, any_of

MONITORING = "monitoring.googleapis.com"
_SYSTEM = "SYSTEM_COMPONENTS"


class ProjectAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where a live inventory tells which services a project uses."""

    name: Place = "projectId"
    number: Annotated[Place, "measured"] = "projectNumber"
    services: Annotated[Index, "measured"]


def project(view: View, at: ProjectAt) -> MetricSource | None:
    """A live project."""
    if not is_live(view.item):
        return None
    return _source(view, view[at.name], "project", enabled(view, at.services, at.number, MONITORING))


def service(view: View, at: ServiceAt) -> MetricSource | None:
    """The service itself, where code enables it. None of any other, and of live ones, which are told of their project."""
    text = view[at.service].data
    if is_live(view.item) or not isinstance(text, str) or text.rpartition("/")[2] != MONITORING:
        return None
    return _source(view, view.says(MONITORING), "service", view.says(True))


class ClusterAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a cluster of GKE sends."""

    service: Annotated[str, "measured"]
    components: Annotated[str, "measured"]
    autopilot: Annotated[Place, "measured"]


def cluster(view: View, at: ClusterAt) -> MetricSource:
    """Metrics of the system are sent unless that is switched off, and always by clusters of Autopilot; an empty list switches all off."""
    listed: Value[Any] = view[at.components]
    chosen = any_of([listed.then(lambda data: data is None), *(one.equals(_SYSTEM) for one in listed.elements())])
    sent = all_of([view[at.service].equals("none").negate(), chosen])
    name = view[at.name] if at.name else named(view.item)
    return _source(view, name, "cluster", any_of([view[at.autopilot].default(False).truth(), sent]))


def _source(view: View, name: Value[Any], sort: str, on: Value[bool]) -> MetricSource:
    return MetricSource(identity=view.identity(name if isinstance(name.data, str) else named(view.item)), sort=view.says(sort), measured=on)
