"""What is served from Cloud Storage, by its REST resource, which names no objects.

https://cloud.google.com/storage/docs/json_api/v1/buckets
"""

from __future__ import annotations

from assay.scanner.analysis.access.google_api import WRITERS
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.cdn.google_api import SITE
from assay.scanner.facts.spelling import Another
from assay.scanner.facts.storage.google_api import BUCKET

from .buckets import GoogleAt, cloud_storage
from .kinds import ArtifactBucket

_AT = GoogleAt(store=Another(WRITERS), granting=Another(BUCKET), site=Another(SITE), versioning="versioning.enabled")

READERS = (Reader(ArtifactBucket, ("storage.googleapis.com/Bucket",), cloud_storage, _AT),)
