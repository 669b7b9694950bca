"""S3 Replication in the live account. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketReplication.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Link
from assay.scanner.facts.storage.aws_api import BUCKETS, REPLICATION, TAGS
from assay.scanner.facts.storage.replication.kinds import BucketReplication
from assay.scanner.facts.storage.replication.s3 import ReplicationAt, RuleAt, bucket, regions_of, targets

_RULES = "get_bucket_replication.ReplicationConfiguration.Rules"
_DESTINATION = Link("Destination.Bucket", (BUCKETS.type,))
_RULE = RuleAt(
    status="Status",
    prefixes=("Prefix", "Filter.Prefix", "Filter.And.Prefix"),
    filters=("Filter.Tag", "Filter.And.Tags"),
    kms="SourceSelectionCriteria.SseKmsEncryptedObjects.Status",
    replica_key="Destination.EncryptionConfiguration.ReplicaKmsKeyID",
    destination=_DESTINATION,
)
_NAMED, _REFERRED = targets((BUCKETS.type,), ((_RULES, _DESTINATION.path),), calls=(REPLICATION.name,))
_DEFAULT = "get_bucket_encryption.ServerSideEncryptionConfiguration.Rules.0.ApplyServerSideEncryptionByDefault"
READERS = (
    Reader(
        BucketReplication,
        (BUCKETS.type,),
        bucket,
        ReplicationAt(
            name="Name",
            names=("Name",),
            rules=((_RULES, _RULE),),
            algorithm=f"{_DEFAULT}.SSEAlgorithm",
            regions_of=regions_of(BUCKETS.type, "Name"),
            named_targets=_NAMED,
            targets=_REFERRED,
            tags=TAGS.name,
        ),
    ),
)
