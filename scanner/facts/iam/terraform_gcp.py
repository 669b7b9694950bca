"""Google IAM in Terraform: bindings on projects, folders and organisations, custom roles, bindings on service accounts.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_iam
"""

from __future__ import annotations

from assay.scanner.facts.bindings import PARTS, Binding, companion_bindings
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam import google
from assay.scanner.facts.iam.kinds import PermissionSet, TrustPolicy
from assay.scanner.facts.spelling import Fixed
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Unknown


def _own(view: View) -> list[Binding | Unknown]:
    return companion_bindings(view.item.type, view)


READERS = (
    Reader(
        PermissionSet,
        tuple(f"google_{level}_iam_{part}" for level in ("project", "folder", "organization") for part in PARTS),
        google.bindings,
        google.BindingsAt(name=Fixed(None), bindings=_own, role="role"),
    ),
    Reader(
        PermissionSet,
        ("google_project_iam_custom_role", "google_organization_iam_custom_role"),
        google.custom_role,
        google.RoleAt(name="role_id", permissions="permissions"),
    ),
    Reader(
        TrustPolicy,
        tuple(f"google_service_account_iam_{part}" for part in PARTS),
        google.service_account,
        google.AccountAt(name="service_account_id", bindings=_own),
    ),
)
