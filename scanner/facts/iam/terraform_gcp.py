"""Google IAM in Terraform: bindings on projects, folders and organisations, custom roles, bindings on service accounts.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_iam
"""

from __future__ import annotations

from assay.scanner.facts.bindings import PARTS
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam import google
from assay.scanner.facts.iam.kinds import PermissionSet, TrustPolicy
from assay.scanner.facts.spelling import Fixed

_HIGH = tuple(f"google_{level}_iam_{part}" for level in ("project", "folder", "organization") for part in PARTS)
_CUSTOM = ("google_project_iam_custom_role", "google_organization_iam_custom_role")
_ON_ACCOUNTS = tuple(f"google_service_account_iam_{part}" for part in PARTS)

READERS = (
    Reader(PermissionSet, _HIGH, google.bindings_above, google.BindingsAt(name=Fixed(None), role="role")),
    Reader(PermissionSet, _CUSTOM, google.custom_role, google.RoleAt(name="role_id", permissions="permissions")),
    Reader(TrustPolicy, _ON_ACCOUNTS, google.service_account, google.AccountAt(name="service_account_id")),
)
