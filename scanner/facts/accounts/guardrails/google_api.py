"""Organisation policies by their REST resource, and the live projects that they count for.

https://cloud.google.com/resource-manager/docs/reference/orgpolicy/rest/v2/organizations.policies
"""

from __future__ import annotations

from assay.scanner.facts.accounts.guardrails.google import PolicyAt, policy, project
from assay.scanner.facts.accounts.guardrails.kinds import Guardrail
from assay.scanner.facts.bindings import SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Inherited, Spelling

_PROJECT = SCOPES[0]
READERS = (
    Reader(Guardrail, ("orgpolicy.googleapis.com/Policy",), policy, PolicyAt(), always=False),
    Reader(Guardrail, (_PROJECT,), project, Spelling(name="projectId", joins=(Inherited(SCOPES),)), always=False),
)
