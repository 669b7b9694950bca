"""What looks for attacks that are under way."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class DetectionFeature(Part):
    """A source that GuardDuty reads beside those that it always reads, or what it sets up for one."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """As the API calls it: `S3_DATA_EVENTS`; of additional configuration `ECS_FARGATE_AGENT_MANAGEMENT`."""
    on: Fact[bool]


class WatchedRegion(Part):
    """A region of a project with an endpoint of Cloud IDS."""

    region: Fact[str]


class ThreatDetection(Resource, kw_only=True):
    """A region of a live account, or a live project; in code, a detector of GuardDuty or an endpoint of Cloud IDS."""

    naming: ClassVar = {"aws": Naming(unique=False)}

    sort: Fact[str]
    """In words: `region`, `detector`, `project`, `endpoint`."""
    on: Fact[bool]
    """Something looks for threats: a detector that is enabled, an endpoint that is not being deleted and has not failed."""
    features: Fact[list[DetectionFeature]]
    """Every feature of GuardDuty, on or off; none where there is no detector."""
    mirrored: Fact[bool]
    """Traffic is mirrored to the endpoint. True of what needs no mirroring."""
    severe: Fact[bool]
    """Alerts of high severity are not left out."""
    complete: Fact[bool]
    """Nothing runs beside it whose traffic it cannot see."""
    regions: Fact[list[WatchedRegion]]
    """Of a project, the regions of its endpoints."""


KINDS = (ThreatDetection,)
