"""Google IAM by its REST resources: policies of projects, folders and organisations, custom roles, policies of service accounts.

https://cloud.google.com/iam/docs/reference/rest/v1
"""

from __future__ import annotations

from assay.scanner.facts.bindings import INHERITED, OWN, ROLES, SCOPES, Binding, bindings
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam import google
from assay.scanner.facts.iam.kinds import PermissionSet, TrustPolicy
from assay.scanner.facts.spelling import Context
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Unknown

_PROJECT, *_ABOVE = SCOPES


def _own(view: View) -> list[Binding | Unknown]:
    return bindings(view, OWN)


READERS = (
    Reader(PermissionSet, (_PROJECT,), google.bindings, google.BindingsAt(bindings=_own, title="projectId")),
    Reader(PermissionSet, tuple(_ABOVE), google.bindings, google.BindingsAt(bindings=_own, title="displayName")),
    Reader(
        PermissionSet,
        ("iam.googleapis.com/Role",),
        google.custom_role,
        google.RoleAt(permissions="includedPermissions", deleted="deleted"),
        always=False,
    ),
    Reader(
        TrustPolicy,
        ("iam.googleapis.com/ServiceAccount",),
        google.service_account,
        google.AccountAt(bindings=_own, inherited=INHERITED, joins=(ROLES, Context(SCOPES))),
    ),
)
