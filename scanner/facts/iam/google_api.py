"""Google IAM by its REST resources: policies of projects, folders and organisations, custom roles, policies of service accounts.

https://cloud.google.com/iam/docs/reference/rest/v1
"""

from __future__ import annotations

from assay.scanner.facts.bindings import INHERITED, OWN, ROLES, SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam import google, google_raising, raising
from assay.scanner.facts.iam.kinds import PermissionSet, TrustPolicy
from assay.scanner.facts.spelling import Inherited

_PROJECT, *_ABOVE = SCOPES

_ROLE_AT = google.RoleAt(permissions="includedPermissions")
_ACCOUNT_AT = google.AccountAt(bindings=OWN, inherited=INHERITED, joins=(ROLES, Inherited(SCOPES)))

# Project of v1 and v3, and folders: https://cloud.google.com/resource-manager/reference/rest/v1/projects#LifecycleState
_STATE = "lifecycleState|state"

_PROJECT_AT = google.BindingsAt(bindings=OWN, title="projectId", state=_STATE)
_ABOVE_AT = google.BindingsAt(bindings=OWN, title="displayName", state=_STATE)
_ROLE, _ACCOUNT = "iam.googleapis.com/Role", "iam.googleapis.com/ServiceAccount"

_READERS = (
    Reader(PermissionSet, (_PROJECT,), google.bindings_above, _PROJECT_AT, always=False),
    Reader(PermissionSet, tuple(_ABOVE), google.bindings_above, _ABOVE_AT, always=False),
    Reader(PermissionSet, (_ROLE,), google.custom_role, _ROLE_AT, always=False),
    Reader(TrustPolicy, (_ACCOUNT,), google.service_account, _ACCOUNT_AT),
)
READERS = tuple(raising.beside(_READERS, google_raising.MEANINGS))
