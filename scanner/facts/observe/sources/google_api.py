"""What becomes of the logs of Cloud Run and Cloud Functions, by the REST resources.

https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.sinks, .../projects.exclusions
"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.retention.google_api import SINKS
from assay.scanner.facts.observe.sinks import LOG_SINK
from assay.scanner.facts.observe.sources.google import RoutedAt, routed
from assay.scanner.facts.observe.sources.kinds import LogSource

TYPES = {
    "run.googleapis.com/Service": "service",
    "run.googleapis.com/Job": "job",
    "run.googleapis.com/WorkerPool": "worker pool",
    "cloudfunctions.googleapis.com/Function": "function",
    "cloudfunctions.googleapis.com/CloudFunction": "first generation function",
}
# The inventory has no exclusions of projects beside those of the sink _Default; templates and manifests declare them.
_EXCLUSIONS = every("logging.googleapis.com/LogExclusion")

READERS = tuple(
    Reader(
        LogSource,
        (type_,),
        routed,
        RoutedAt(name="metadata.name|name", sort=sort, sinks=every(LOG_SINK), exclusions=_EXCLUSIONS, above=SINKS),
    )
    for type_, sort in TYPES.items()
)
