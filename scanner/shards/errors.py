"""What is wrong with shards that somebody can do something about."""

from __future__ import annotations

from assay.scanner.errors import AssayError


class ShardError(AssayError):
    """A shard that cannot be judged, kept or merged: says which and the way out."""
