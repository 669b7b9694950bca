"""Whether services become more when there is more to do."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class Signal(Part):
    """What a service is scaled by: a metric of a policy, or several that it puts together."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """In words: `ECSServiceAverageCPUUtilization`, `AWS/SQS ApproximateNumberOfMessagesVisible`."""
    metrics: Fact[list[str]]
    """The names of the metrics that are in it, without their namespaces."""
    utilization: Fact[bool]
    """The CPU or the memory of the service, and nothing else."""
    backlog: Fact[bool]
    """The work that waits in a queue is in it."""
    per_task: Fact[bool]
    """It says how much of that each task has; or steps say how many tasks are added for how much of it."""


class ScaledService(Resource, kw_only=True):
    """A service that runs as several tasks or instances: ECS service, Cloud Run service, Cloud Run worker pool, Cloud Function."""

    naming: ClassVar = {"aws": Naming(unique=False)}

    sort: Fact[str]
    """In words: `service`, `function`, `worker pool`."""
    scalable: Fact[bool]
    """Its number can follow load at all: not a daemon, of which each machine runs one."""
    automatic: Fact[bool]
    """Their number is changed by the provider, not by hand."""
    roomy: Fact[bool]
    """The most of them is more than the least, and more than one. True where `automatic` is false."""
    least: Fact[float | None]
    """How many there always are; None where nothing bounds them."""
    most: Fact[float | None]
    suspended: Fact[bool]
    """Scaling out is suspended."""
    signals: Fact[list[Signal]]


KINDS = (ScaledService,)
