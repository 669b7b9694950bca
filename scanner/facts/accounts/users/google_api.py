"""Bindings of projects, folders and organisations. https://cloud.google.com/iam/docs/reference/rest/v1/Policy"""

from __future__ import annotations

from assay.scanner.facts.accounts.users.google import BindingsAt, people
from assay.scanner.facts.accounts.users.kinds import UserAccess
from assay.scanner.facts.bindings import OWN, SCOPES
from assay.scanner.facts.catalogue import Reader

READERS = (
    Reader(UserAccess, SCOPES, people, BindingsAt(bindings=OWN, title="projectId|displayName", state="lifecycleState|state"), always=False),
)
