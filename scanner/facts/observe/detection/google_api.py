"""Cloud IDS by its REST resource, and live projects.

https://cloud.google.com/intrusion-detection-system/docs/reference/rest/v1/projects.locations.endpoints,
https://cloud.google.com/compute/docs/reference/rest/v1/packetMirrorings
"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.bindings import SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.detection.google import ENDPOINT, EndpointAt, ProjectAt, endpoint, project
from assay.scanner.facts.observe.detection.kinds import ThreatDetection
from assay.scanner.facts.spelling import Referrer

READERS = (
    Reader(
        ThreatDetection,
        (ENDPOINT,),
        endpoint,
        EndpointAt(
            names=("endpointForwardingRule",),
            rule="endpointForwardingRule",
            collectors=every("compute.googleapis.com/PacketMirroring"),
            mirrorings=Referrer("compute.googleapis.com/PacketMirroring", "collectorIlb.url"),
            serverless=every(
                "run.googleapis.com/Service",
                "run.googleapis.com/Job",
                "run.googleapis.com/WorkerPool",
                "cloudfunctions.googleapis.com/Function",
                "cloudfunctions.googleapis.com/CloudFunction",
            ),
        ),
    ),
    Reader(ThreatDetection, (SCOPES[0],), project, ProjectAt(endpoints=every(ENDPOINT)), always=False),
)
