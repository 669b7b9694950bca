"""What is wrong with a bucket that somebody can do something about."""

from __future__ import annotations

from assay.scanner.errors import AssayError


class BucketError(AssayError):
    """A bucket, or an object of one, that cannot be used: says which and the way out."""
