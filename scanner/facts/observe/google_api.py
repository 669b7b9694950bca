"""Logs of backends and buckets by their REST resources.

https://cloud.google.com/compute/docs/reference/rest/v1/backendServices, https://cloud.google.com/storage/docs/json_api/v1/buckets#resource
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.google import BackendAt, BucketAt, backend, bucket
from assay.scanner.facts.observe.kinds import EdgeLog
from assay.scanner.facts.spelling import Another
from assay.scanner.facts.storage.google_api import BUCKET

READERS = (
    Reader(EdgeLog, ("compute.googleapis.com/BackendService", "compute.googleapis.com/RegionBackendService"), backend, BackendAt()),
    Reader(EdgeLog, ("storage.googleapis.com/Bucket",), bucket, BucketAt(bucket=Another(BUCKET))),
)
