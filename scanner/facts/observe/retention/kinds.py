"""How long what was logged is kept."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class Export(Part):
    """Another place to which everything that is written to a log group or a log bucket goes as well."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """What sends it there: a subscription filter, an account policy, a sink."""
    retention_days: Fact[int | None]
    """How long it is kept there; None where it is kept until somebody deletes it."""


class LogStore(Resource, kw_only=True):
    """What keeps log entries: a log group of CloudWatch, a log bucket of Cloud Logging."""

    # A bucket is called within its location, and each project has a _Default.
    naming: ClassVar = {"google": Naming(unique=False)}

    sort: Fact[str]
    """In words: `log group`, `log bucket`."""
    retention_days: Fact[int | None]
    """After how many days an entry is deleted; None where no retention is set, so that entries are kept until somebody deletes them."""
    expires: Fact[bool]
    """Whether entries are deleted after some days, however many; known where a number has to be given and is not known."""
    exports: Fact[list[Export]]
    """Where all of its entries go as well; of those that select entries none."""


KINDS = (LogStore,)
