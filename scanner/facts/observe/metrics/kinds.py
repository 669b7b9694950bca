"""What is measured of what runs."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource


class MetricSource(Resource, kw_only=True):
    """A cluster of ECS or GKE whose workloads are measured; of Google Cloud also a live project, or in code the service of Cloud
    Monitoring, by which Cloud Run is measured."""

    naming: ClassVar = {"google": Naming(unique=False)}

    sort: Fact[str]
    """In words: `cluster`, `project`, `service`."""
    measured: Fact[bool]
    """Metrics of what runs there are collected: Container Insights is on, with enhanced observability or without; Cloud Monitoring is
    enabled, and a cluster of GKE sends it the metrics of the system."""


KINDS = (MetricSource,)
