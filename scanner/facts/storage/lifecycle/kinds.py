"""What becomes of objects as they grow old."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource


class BucketLifecycle(Resource, kw_only=True):
    """The lifecycle of what is in a bucket: of its current versions."""

    naming: ClassVar = {"aws": Naming(globally=True), "google": Naming(globally=True)}

    archived_after: Fact[float | None]
    """Days after which every object is in a class of archives, at the latest; None where no rule for all of them puts it there. S3: the
    Glacier classes. Cloud Storage: COLDLINE and ARCHIVE."""
    archived_perhaps: Fact[bool]
    """False, or not known: a rule for some of the objects may archive those that matter."""
    deleted_after: Fact[float | None]
    """Days after which objects are deleted, None where no rule deletes them."""


KINDS = (BucketLifecycle,)
