"""S3 Replication in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-replicationrule.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Link
from assay.scanner.facts.storage.replication.kinds import BucketReplication
from assay.scanner.facts.storage.replication.s3 import ReplicationAt, RuleAt, bucket, regions_of, targets

_BUCKETS = ("AWS::S3::Bucket",)
_RULES = "ReplicationConfiguration.Rules"
_DESTINATION = Link("Destination.Bucket", _BUCKETS)
_RULE = RuleAt(
    status="Status",
    prefixes=("Prefix", "Filter.Prefix", "Filter.And.Prefix"),
    filters=("Filter.TagFilter", "Filter.And.TagFilters"),
    kms="SourceSelectionCriteria.SseKmsEncryptedObjects.Status",
    replica_key="Destination.EncryptionConfiguration.ReplicaKmsKeyID",
    destination=_DESTINATION,
)
_NAMED, _REFERRED = targets(_BUCKETS, ((_RULES, _DESTINATION.path),))
READERS = (
    Reader(
        BucketReplication,
        _BUCKETS,
        bucket,
        ReplicationAt(
            name="BucketName",
            names=("BucketName",),
            rules=((_RULES, _RULE),),
            algorithm="BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.SSEAlgorithm",
            regions_of=regions_of("AWS::S3::Bucket", "BucketName"),
            named_targets=_NAMED,
            targets=_REFERRED,
        ),
    ),
)
