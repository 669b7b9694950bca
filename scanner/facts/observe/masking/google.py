"""Log buckets of Cloud Logging, which masks nothing by itself.

Restricted fields are shown to those alone who may read them: https://cloud.google.com/logging/docs/field-level-acl
"""

from __future__ import annotations

from typing import Annotated

from assay.scanner.facts.google_assets import short
from assay.scanner.facts.model import attestable
from assay.scanner.facts.observe.masking.kinds import MaskedLog
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.values import any_of

_REQUIRED, _GONE = "_Required", "DELETE_REQUESTED"


class BucketAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells which fields of a log bucket are restricted."""

    fields: Annotated[Place, "masked"] = ""
    state: Annotated[str, "*"] = ""


def bucket(view: View, at: BucketAt) -> MaskedLog | None:
    """A log bucket; None of _Required, which holds audit logs of administrators alone, and of one that is deleted."""
    name = short(view.called(at.name))
    if name.equals(_REQUIRED).data is True or view[at.state].equals(_GONE).data is True:
        return None
    elsewhere = attestable(f"whether what writes to {view.item.address} masks before it logs", view.location)
    restricted = [value.is_set() for value in view[at.fields].elements()] if at.fields else []
    return MaskedLog(
        identity=view.identity(name),
        sort=view.says("log bucket"),
        masked=any_of([*restricted, view.says(elsewhere)]),
        found=view.says(False),
    )
