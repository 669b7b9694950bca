"""S3 Object Lock. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.storage.retention.kinds import BucketRetention
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Value

_YEAR = 365
"""Days: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DefaultRetention.html"""


class RetentionAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the default retention of a bucket."""

    mode: Annotated[Place, "locked", "weakness"]
    days: Annotated[Place, "retention_days"]
    years: Annotated[Place, "retention_days"]
    tags: Place = ""
    """Where a live account tells its tags."""


def retention(view: View, at: RetentionAt) -> BucketRetention:
    """Object Lock without a default retention keeps what is written with one alone; GOVERNANCE gives way to s3:BypassGovernanceRetention.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html#object-lock-retention-modes
    """
    mode = view[at.mode]
    years: Value[Any] = view[at.years].number().then(lambda count: count * _YEAR if count else None)
    return BucketRetention(
        identity=view.identity(view[at.name]),
        retention_days=view[at.days].number().then(lambda count: count or None).otherwise(years),
        locked=mode.default("").equals("COMPLIANCE"),
        weakness=mode.then(lambda text: f"Object Lock in the mode {text} gives way to s3:BypassGovernanceRetention"),
    )
