"""Google permissions with which a member can give itself more than it has, where a role holds them at project level or above.

https://cloud.google.com/iam/docs/service-account-permissions,
https://cloud.google.com/iam/docs/best-practices-service-accounts, https://cloud.google.com/iam/docs/allow-policies,
https://cloud.google.com/iam/docs/best-practices-for-using-workload-identity-federation
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_ACTIONS = ("actAs", "getAccessToken", "getOpenIdToken", "implicitDelegation", "setIamPolicy", "signBlob", "signJwt")
ESCALATING = (
    *(f"resourcemanager.{level}.setIamPolicy" for level in ("projects", "folders", "organizations")),
    *(f"iam.serviceAccounts.{action}" for action in _ACTIONS),
    "iam.serviceAccountKeys.create",
    "iam.roles.update",
    # Which outsiders are the identities that bindings name: a provider maps their tokens.
    *(f"iam.googleapis.com/{pool}PoolProviders.{verb}" for pool in ("workloadIdentity", "workforce") for verb in ("create", "update")),
)
"""A policy on the project, another identity's credentials, or more in a role that it has; the worst first."""

_WITHIN = {
    "bigquery.datasets": ("bigquery.models", "bigquery.routines", "bigquery.tables"),
    "cloudkms.keyRings": ("cloudkms.cryptoKeyVersions", "cloudkms.cryptoKeys"),
    "healthcare.datasets": ("healthcare.dicomStores", "healthcare.fhirStores", "healthcare.hl7V2Stores"),
    "spanner.instances": ("spanner.databases",),
    "storage.buckets": ("storage.managedFolders", "storage.objects"),
}
"""Types of resources to those that lie within them, and whose permissions a policy on the first gives too."""
_SET = ".setIamPolicy"


def escalating(permissions: Iterable[str]) -> str | None:
    """The worst of the permissions of a role by which it can be given more at the level of the project; None where there is none."""
    granted = set(permissions)
    return next((permission for permission in ESCALATING if permission in granted), None)


def set_more(permissions: Iterable[str], every: frozenset[str]) -> str | None:
    """A permission to set the policies of resources of a type, to whoever does not hold all permissions on these.

    `every`: all permissions that there are. `roles/storage.objectAdmin` sets the policies of objects, of which it may do everything.
    """
    granted = set(permissions)
    for permission in sorted(granted):
        type_ = permission.removesuffix(_SET)
        if type_ != permission and any(_of(every, kind) - granted for kind in (type_, *_WITHIN.get(type_, ()))):
            return permission
    return None


def _of(permissions: frozenset[str], type_: str) -> set[str]:
    return {permission for permission in permissions if re.fullmatch(rf"{re.escape(type_)}\.\w+", permission)}
