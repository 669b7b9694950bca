"""Retention policies of Cloud Storage. https://cloud.google.com/storage/docs/bucket-lock"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.google_assets import is_live, named
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.storage.retention.kinds import BucketRetention
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown

_DAY = 86400
_REST = "storage.googleapis.com/Bucket"
_NOT_IN_TEMPLATES = Unknown(
    "whether the retention policy is locked: a call of its own locks it, which no template makes",
    "lock it by the call that the remediation names, and scan the live bucket",
)


class RetentionAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the retention policy of a bucket."""

    period: Annotated[Place, "retention_days"]
    """In seconds."""
    locked: Annotated[Place, "locked"]


def retention(view: View, at: RetentionAt) -> BucketRetention:
    """Whoever administers the bucket can remove a policy that is not locked: https://cloud.google.com/storage/docs/bucket-lock"""
    locked, days = view[at.locked].default(False).truth(), view[at.period].number().then(_days)
    if _in_template(view):
        locked, days = view.says(_NOT_IN_TEMPLATES), days.default(_NOT_IN_TEMPLATES)
    return BucketRetention(
        identity=view.identity(view[at.name] if at.name else named(view.item)),
        retention_days=days,
        locked=locked,
        weakness=view.says("its retention policy is not locked, so that whoever administers the bucket can remove it"),
    )


def _days(seconds: Any) -> Any:
    if not seconds:
        return None
    return seconds / _DAY if seconds % _DAY else seconds // _DAY


def _in_template(view: View) -> bool:
    """Whether Deployment Manager makes the bucket: `isLocked` is answered there, and not set."""
    return view.item.type == _REST and not is_live(view.item) and not view.item.address.startswith(("//", "StorageBucket."))
