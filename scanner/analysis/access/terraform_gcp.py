"""Who may erase from buckets and databases of Google's, in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/storage_bucket_iam,
https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_iam
"""

from __future__ import annotations

from assay.scanner.facts.bindings import iam
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.terraform_gcp import ROLES
from assay.scanner.facts.storage.lifecycle.terraform_gcp import LIFECYCLE
from assay.scanner.facts.storage.retention.terraform_gcp import RETENTION

from .google import BucketAt, StoreAt, bucket, database, project_bindings
from .kinds import RecordStore

_PROJECT = project_bindings("google_project_iam")
WRITERS = StoreAt(name="name", names=("name",), bindings=iam("google_storage_bucket_iam", "bucket"), project=_PROJECT, roles=ROLES)
"""Of a bucket, who may put something into it."""
READERS = (
    Reader(
        RecordStore,
        ("google_storage_bucket",),
        bucket,
        BucketAt(
            name="name",
            names=("name",),
            bindings=iam("google_storage_bucket_iam", "bucket"),
            project=_PROJECT,
            roles=ROLES,
            retention=RETENTION,
            lifecycle=LIFECYCLE,
        ),
    ),
    Reader(RecordStore, ("google_firestore_database",), database, StoreAt(name="name", project=_PROJECT, roles=ROLES)),
)
