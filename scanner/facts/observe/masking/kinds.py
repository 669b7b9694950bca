"""What is hidden of what was logged."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource


class MaskedLog(Resource, kw_only=True):
    """What keeps log entries: a log group of CloudWatch, a log bucket of Cloud Logging."""

    # A bucket is called within its location, and each project has a _Default.
    naming: ClassVar = {"google": Naming(unique=False)}

    sort: Fact[str]
    """In words: `log group`, `log bucket`."""
    masked: Fact[bool]
    """AWS: a data protection policy of the log group or of its account masks what it finds. Google: fields of the bucket are restricted."""
    found: Fact[bool]
    """Such a policy finds sensitive data, and reports it."""


KINDS = (MaskedLog,)
