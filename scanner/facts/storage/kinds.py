"""Object storage."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.keys.kinds import KeyRef
from assay.scanner.facts.model import Fact, Naming, Resource
from assay.scanner.facts.policies import Grant
from assay.scanner.sources.values import Value


class Bucket(Resource, kw_only=True):
    """An object storage bucket: S3 bucket, Cloud Storage bucket."""

    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, https://cloud.google.com/storage/docs/buckets#naming
    naming: ClassVar = {"aws": Naming(globally=True), "google": Naming(globally=True)}

    public_access_blocked: Fact[bool]
    """Configuration forbids public access, whatever a policy grants. S3: all four flags, on the bucket or the account. Cloud Storage:
    public access prevention is enforced, on the bucket or by the organisation policy."""
    block_declared: Fact[bool]
    """The code says something about blocking public access. False: it relies on the provider's default, which the code cannot show."""
    acls_disabled: Fact[bool]
    """Object ACLs have no effect. S3: BucketOwnerEnforced. Cloud Storage: uniform bucket-level access."""
    acls_disabled_by: Fact[str] = Value("")
    """What decides that, as the provider names it: `BucketOwnerEnforced`, `ObjectWriter`; and that it is the default, where it is."""
    versionable: Fact[bool] = Value(True)
    """It can keep versions, which a directory bucket of S3 cannot."""
    versioned: Fact[bool]
    """Overwritten and deleted objects are kept as versions."""
    retention_locked: Fact[bool]
    """A retention policy that cannot be shortened is set (Cloud Storage bucket lock)."""
    encryption_key: Fact[KeyRef | None]
    """The key that encrypts new objects; None where the provider's own key does."""
    encryption: Fact[str]
    """The algorithm of default encryption as the provider names it: `AES256`, `aws:kms`, `aws:kms:dsse`, `google`."""
    receives_access_logs: Fact[bool]
    """A load balancer or another bucket delivers access logs to it, which AWS does only to buckets with its own key (SSE-S3)."""
    grants: Fact[list[Grant]]
    """Access by bucket policy, ACL or bindings."""


KINDS = (Bucket,)
