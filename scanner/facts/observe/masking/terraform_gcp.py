"""Log buckets in Terraform, which has no restricted fields.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/logging_project_bucket_config
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.masking.google import BucketAt, bucket
from assay.scanner.facts.observe.masking.kinds import MaskedLog
from assay.scanner.facts.observe.retention.terraform_gcp import BUCKETS

READERS = (Reader(MaskedLog, BUCKETS, bucket, BucketAt(name="bucket_id"), always=False),)
