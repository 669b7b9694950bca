"""Policies that refuse requests without TLS."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource
from assay.scanner.sources.values import Value


class TransportPolicy(Resource, kw_only=True):
    """The policy of what also answers requests without TLS: of an S3 bucket, an SQS queue, an SNS topic. All of these have one, if an empty
    one."""

    naming: ClassVar = {"aws": Naming()}

    denied: Fact[bool]
    """Requests without TLS are refused, whoever makes them, whatever of it they are for."""
    gap: Fact[str] = Value("")
    """Which requests are not refused."""


KINDS = (TransportPolicy,)
