"""Locations of buckets in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/storage_bucket"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.storage.replication.google import PlacesAt, bucket
from assay.scanner.facts.storage.replication.kinds import BucketReplication

READERS = (
    Reader(
        BucketReplication,
        ("google_storage_bucket",),
        bucket,
        PlacesAt(name="name", names=("name",), location="location", pair="custom_placement_config.data_locations"),
    ),
)
