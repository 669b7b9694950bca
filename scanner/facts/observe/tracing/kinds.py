"""What sends traces."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource


class TraceSource(Resource, kw_only=True):
    """What takes part in requests and should say so: a function, a task definition, a stage of an API; of Google Cloud a live project, or
    in code the service of Cloud Trace."""

    naming: ClassVar = {"aws": Naming(unique=False), "google": Naming(unique=False)}

    sort: Fact[str]
    """In words: `function`, `task definition`, `stage`, `project`, `service`."""
    traced: Fact[bool]
    """AWS: X-Ray traces it by itself, or a container beside it takes its traces. Google: Cloud Trace is enabled, and somebody may write
    to it."""
    lacking: Fact[str]
    """In words, what is not so."""


KINDS = (TraceSource,)
