"""Locations of buckets by the REST resource. https://cloud.google.com/storage/docs/json_api/v1/buckets#resource"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.storage.replication.google import PlacesAt, bucket
from assay.scanner.facts.storage.replication.kinds import BucketReplication

READERS = (
    Reader(
        BucketReplication,
        ("storage.googleapis.com/Bucket",),
        bucket,
        PlacesAt(location="location", pair="customPlacementConfig.dataLocations"),
    ),
)
