"""Google IAM in Terraform: bindings on projects, folders and organisations, custom roles, bindings on service accounts."""

from __future__ import annotations

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.google_iam import node_bindings
from assay.scanner.facts.iam import google
from assay.scanner.facts.iam.kinds import PermissionSet, TrustPolicy
from assay.scanner.facts.iam.permissions import role_permission
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Value

_HIGH = tuple(f"google_{level}_iam_{part}" for level in ("project", "folder", "organization") for part in ("member", "binding", "policy"))
_ON_ACCOUNTS = tuple(f"google_service_account_iam_{part}" for part in ("member", "binding", "policy"))


@reads(*_HIGH)
def bindings(item: Item, stack: Stack) -> PermissionSet:
    held, who = node_bindings(item.type, item), identity(item, name=Value(None))
    if not held and not item["role"].absent:  # the members are not known to be any
        return google.bindings(who, item, held, [role_permission(item["role"], "nobody")])
    return google.bindings(who, item, held)


@reads("google_project_iam_custom_role", "google_organization_iam_custom_role")
def custom_role(item: Item, stack: Stack) -> PermissionSet:
    return google.custom_role(identity(item, name=item["role_id"]), item, item["permissions"])


@reads(*_ON_ACCOUNTS)
def service_account_bindings(item: Item, stack: Stack) -> TrustPolicy:
    return google.trust_policy(identity(item, name=item["service_account_id"]), item, node_bindings(item.type, item))
