"""What is served from Cloud Storage, in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/storage_bucket_object
"""

from __future__ import annotations

from assay.scanner.analysis.access.terraform_gcp import WRITERS
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.cdn.terraform_gcp import SITE
from assay.scanner.facts.spelling import Another, Referrer
from assay.scanner.facts.storage.terraform_gcp import BUCKET

from .buckets import GoogleAt, cloud_storage
from .kinds import ArtifactBucket

READERS = (
    Reader(
        ArtifactBucket,
        ("google_storage_bucket",),
        cloud_storage,
        GoogleAt(
            name=WRITERS.name,
            names=WRITERS.names,
            store=Another(WRITERS),
            granting=Another(BUCKET),
            site=Another(SITE),
            versioning="versioning.enabled",
            objects=(Referrer("google_storage_bucket_object", "bucket"),),
            key="name",
            caching="cache_control",
        ),
    ),
)
