"""Cloud Storage in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/storage_bucket"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from assay.scanner.facts.bindings import iam
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.references import crypto_key
from assay.scanner.facts.spelling import Index, Link, Many
from assay.scanner.facts.storage import google
from assay.scanner.facts.storage.kinds import Bucket
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Text, Unknown
from assay.scanner.sources.values import Value, any_of, first_known


def _constraint(policy: Item) -> Iterator[tuple[Hashable, Item]]:
    yield str(policy["name"].data).rpartition("/")[2], policy


_POLICIES = Index(("google_org_policy_policy",), _constraint)
"""Constraint to the organisation policies for it: https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/org_policy_policy"""
_PROJECT = Link("project", ("google_project",))


def _enforced(view: View, constraint: str) -> Value[bool]:
    """Whether an organisation policy of this code enforces a constraint for a bucket; absent where none speaks of it."""
    above = _above(view)
    values: list[Value[bool]] = []
    for policy in map(view.of, view.index(_POLICIES).get(constraint, ())):
        parent = policy.surely["parent"].data
        rules, more = policy.surely.inner("spec.rules")
        enforced = [policy.weighed(rule["enforce"].truth(), absence=False) for rule in rules] + ([Value(more)] if more else [])
        if str(parent) in above:
            values += enforced
        elif not (isinstance(parent, str) and parent.startswith("projects/")) and any(value.data is not False for value in enforced):
            reason = f"whether the project of {view.item.address} lies below {parent}, which {policy.item.address} is for"
            values.append(policy.says(Unknown(reason, "scan the live bucket", policy.location)))
    return any_of(values) if values else Value(None)


def _above(view: View) -> set[str]:
    """What a bucket is known to be in, as the parent of a policy is written: its project, and what that is declared to be in."""
    parents = {str(Text(("projects/", first_known(view["project"], view.item.account).data)))}
    project = view.target(_PROJECT)
    if project is not None:
        parents |= {str(Text(("organizations/", project["org_id"].data)))}
        folder = project["folder_id"].data
        parents |= {folder if isinstance(folder, str) and folder.startswith("folders/") else str(Text(("folders/", folder)))}
    return parents


_ACLS = ("google_storage_bucket_acl", "google_storage_default_object_acl")
_BUCKET = google.BucketAt(
    name="name",
    names=("name",),
    prevention="public_access_prevention",
    prevented_above=lambda view: _enforced(view, "storage.publicAccessPrevention"),
    looked_in="this code",
    # The second is its name before version 4 of the provider:
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/version_4_upgrade
    uniform="uniform_bucket_level_access|bucket_policy_only",
    uniform_above=lambda view: _enforced(view, "storage.uniformBucketLevelAccess"),
    versioned="versioning.enabled",
    retention="retention_policy.retention_period",
    locked="retention_policy.is_locked",
    key=crypto_key("encryption.default_kms_key_name"),
    bindings=iam("google_storage_bucket_iam", "bucket") + iam("google_storage_managed_folder_iam", "bucket"),
    predefined=tuple(Many(acl, "bucket", "predefined_acl") for acl in _ACLS),
    role_entities=tuple(Many(acl, "bucket", "role_entity") for acl in _ACLS),
    entries=(Many("google_storage_bucket_access_control", "bucket"), Many("google_storage_default_object_access_control", "bucket")),
    joins=(_POLICIES, _PROJECT),
)
READERS = (Reader(Bucket, ("google_storage_bucket",), google.bucket, _BUCKET),)
