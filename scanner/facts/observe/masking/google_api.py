"""Log buckets by their REST resource. https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.locations.buckets"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.masking.google import BucketAt, bucket
from assay.scanner.facts.observe.masking.kinds import MaskedLog
from assay.scanner.facts.observe.sinks import LOG_BUCKET

READERS = (
    Reader(MaskedLog, (LOG_BUCKET,), bucket, BucketAt(name="name", fields="restrictedFields", state="lifecycleState"), always=False),
)
