"""Google IAM in Terraform: bindings on projects, folders and organisations, custom roles, bindings on service accounts.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_iam
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.bindings import PARTS, in_force, role_key
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam import google, google_raising, raising
from assay.scanner.facts.iam.kinds import PermissionSet, TrustPolicy
from assay.scanner.facts.spelling import Fixed, Index
from assay.scanner.sources.interface import Item

HIGH = tuple(f"google_{level}_iam_{part}" for level in ("project", "folder", "organization") for part in PARTS)
_CUSTOM = ("google_project_iam_custom_role", "google_organization_iam_custom_role")
_ON_ACCOUNTS = tuple(f"google_service_account_iam_{part}" for part in PARTS)

# https://registry.terraform.io/providers/hashicorp/google/latest/docs/data-sources/iam_role
LOOKED_UP = google.looked_up_roles("data.google_iam_role")


def _declared(role: Item) -> Iterator[tuple[Hashable, Any]]:
    """A custom role by its full name, or without its project where that is not known; with its permissions."""
    project = role["project"].data or role.account.data
    scope = (
        f"organizations/{role['org_id'].data}/" if role.type == _CUSTOM[1] else f"projects/{project}/" if isinstance(project, str) else ""
    )
    yield role_key(f"{scope}roles/{role['role_id'].data}"), in_force(role, role["permissions"])


ROLES = Index(_CUSTOM, _declared)
"""The custom roles of the code by their full names."""
_BINDINGS_AT = google.BindingsAt(name=Fixed(None), roles=ROLES, looked_up=LOOKED_UP)
_ROLE_AT = google.RoleAt(name="role_id", permissions="permissions", looked_up=LOOKED_UP)
_ACCOUNT_AT = google.AccountAt(name="service_account_id", roles=ROLES)

_READERS = (
    Reader(PermissionSet, HIGH, google.bindings_above, _BINDINGS_AT, always=False),
    Reader(PermissionSet, _CUSTOM, google.custom_role, _ROLE_AT, always=False),
    Reader(TrustPolicy, _ON_ACCOUNTS, google.service_account, _ACCOUNT_AT),
)
READERS = tuple(raising.beside(_READERS, google_raising.MEANINGS))
