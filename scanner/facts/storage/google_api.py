"""Cloud Storage buckets by their REST resource. https://cloud.google.com/storage/docs/json_api/v1/buckets#resource"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.google_assets import COMMON, constraint, is_live, named, own_bindings, public_inherited
from assay.scanner.facts.keys._old import rest_key_ref as key_ref
from assay.scanner.facts.keys.google import CRYPTO_KEY
from assay.scanner.facts.storage import google
from assay.scanner.facts.storage.kinds import Bucket
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Unknown, Value, any_of, first_known


@reads("storage.googleapis.com/Bucket", companions=(CRYPTO_KEY, *COMMON))
def bucket(item: Item, stack: Stack) -> Bucket:
    prevention = item["iamConfiguration.publicAccessPrevention"]
    inherited = constraint(item, "storage.publicAccessPrevention")
    # The second is its former name; false unless it is set.
    levels = [item[f"iamConfiguration.{name}.enabled"] for name in ("uniformBucketLevelAccess", "bucketPolicyOnly")]
    uniform = first_known(*levels).default(False).truth()
    blocked = any_of([google.prevented(prevention), inherited.default(False)])
    return google.bucket(
        identity(item, name=named(item)),
        prevention=prevention,
        prevented_above=inherited.default(google.not_here("this template")),
        uniform=uniform,
        # The constraint storage.uniformBucketLevelAccess leaves buckets as they are that were there before it:
        # https://cloud.google.com/storage/docs/org-policy-constraints#uniform-bucket
        uniform_above=Value(False),
        versioned=item["versioning.enabled"],
        retention=item["retentionPolicy.retentionPeriod"],
        locked=item["retentionPolicy.isLocked"],
        key=key_ref(item, "encryption.defaultKmsKeyName", stack),
        grants=google.grants(_bindings(item, stack, blocked), _acls(item, blocked, uniform), blocked),
    )


def _bindings(item: Item, stack: Stack, blocked: Value[bool]) -> list[Any]:
    held = own_bindings(item) + public_inherited(item, stack, "storage")
    # Whoever else has access, it is not the public.
    return [each for each in held if not isinstance(each, Unknown)] if blocked.data is True else held


def _acls(item: Item, blocked: Value[bool], uniform: Value[bool]) -> list[Any]:
    ineffective = any_of([uniform, blocked])
    if ineffective.data is True:
        return []
    found: list[Any] = []
    for path in ("acl", "defaultObjectAcl"):
        entries, more = item.blocks(path)
        found += [grant for entry in entries for grant in google.acl_entries(entry, ineffective)] + ([more] if more else [])
    for path in ("predefinedAcl", "predefinedDefaultObjectAcl"):  # of the request that creates a bucket, in templates
        found += google.predefined_acl(item[path], ineffective)
    if not found and is_live(item):
        # A bucket with access lists has at least an owner on its own one, so that an empty one was not read.
        reason = f"the access lists of {item.address} are not in the asset"
        found.append(
            Unknown(reason, "switch on uniform bucket-level access, or read them with gcloud storage buckets describe", item.location())
        )
    return found
