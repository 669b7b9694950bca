"""Google IAM by its REST resources: policies of projects, folders and organisations, custom roles, policies of service accounts.

https://cloud.google.com/iam/docs/reference/rest/v1
"""

from __future__ import annotations

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.google_assets import COMMON, RESOURCE_MANAGER, inherited_bindings, named, own_bindings, role_holds
from assay.scanner.facts.iam import google
from assay.scanner.facts.iam.kinds import PermissionSet, TrustPolicy
from assay.scanner.facts.iam.trust import ACTING
from assay.scanner.facts.policies import PUBLIC_MEMBERS, Binding
from assay.scanner.sources.interface import Item


@reads(*(f"{RESOURCE_MANAGER}/{level}" for level in ("Project", "Folder", "Organization")))
def bindings(item: Item, stack: Stack) -> PermissionSet:
    """The bindings at this level; what is inherited is judged where it stands."""
    title = item["projectId" if item.type.endswith("/Project") else "displayName"]
    who = identity(item, name=title if isinstance(title.data, str) else named(item))
    return google.bindings(who, item, own_bindings(item))


@reads("iam.googleapis.com/Role")
def custom_role(item: Item, stack: Stack) -> PermissionSet | None:
    # A deleted role grants nothing and is kept for seven days: https://cloud.google.com/iam/docs/creating-custom-roles#deleting-custom-role
    if item["deleted"].default(False).truth().data is True:
        return None
    return google.custom_role(identity(item, name=named(item)), item, item["includedPermissions"])


@reads("iam.googleapis.com/ServiceAccount", companions=COMMON)
def service_account(item: Item, stack: Stack) -> TrustPolicy:
    """Who may act as a service account, by its own policy and by what everyone inherits from the project and above."""
    inherited = [each for each in inherited_bindings(item) if _broad(each)]
    who = identity(item, name=named(item))
    return google.trust_policy(who, item, [*own_bindings(item), *inherited], lambda role: role_holds(role, ACTING.__contains__, stack))


def _broad(binding: Binding) -> bool:
    """A member that is more than one identity or group; the others are judged by the role that they have there."""
    return isinstance(binding.member, str) and (binding.member in PUBLIC_MEMBERS or binding.member.startswith(("domain:", "principal")))
