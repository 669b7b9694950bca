"""Audit configurations in IAM policies of projects, folders and organisations. https://cloud.google.com/iam/docs/reference/rest/v1/Policy"""

from __future__ import annotations

from assay.scanner.facts.audit.trails.google import ScopeAt, recorded, scope
from assay.scanner.facts.audit.trails.kinds import ApiTrail
from assay.scanner.facts.bindings import SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Contribution, Inherited

_ABOVE = Contribution(types=SCOPES, records=recorded, name="google.audit_configs")
_WORDS = ("project", "folder", "organisation")

READERS = tuple(
    Reader(
        ApiTrail,
        (type_,),
        scope,
        ScopeAt(name="projectId|displayName", sort=word, above=_ABOVE, joins=(Inherited(SCOPES),)),
        always=False,
    )
    for type_, word in zip(SCOPES, _WORDS, strict=True)
)
