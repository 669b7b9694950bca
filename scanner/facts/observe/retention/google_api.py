"""Log buckets by their REST resource. https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.locations.buckets"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.retention.google import BucketAt, bucket, kept_days
from assay.scanner.facts.observe.retention.kinds import LogStore
from assay.scanner.facts.observe.sinks import LOG_BUCKET, LOG_SINK, live_sinks
from assay.scanner.facts.spelling import Contribution

SINKS = Contribution(types=(LOG_SINK,), records=live_sinks, name="google.log_sinks")

READERS = (
    Reader(
        LogStore,
        (LOG_BUCKET,),
        bucket,
        BucketAt(
            name="name",
            days="retentionDays",
            state="lifecycleState",
            sinks=every(LOG_SINK),
            above=SINKS,
            buckets=Contribution(types=(LOG_BUCKET,), records=kept_days("name", "retentionDays"), name="google.log_buckets"),
        ),
        always=False,
    ),
)
