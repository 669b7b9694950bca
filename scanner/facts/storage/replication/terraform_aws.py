"""S3 Replication in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_replication_configuration"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Link, One
from assay.scanner.facts.storage.replication.kinds import BucketReplication
from assay.scanner.facts.storage.replication.s3 import ReplicationAt, RuleAt, bucket, regions_of, targets

_BUCKETS = ("aws_s3_bucket",)
_RULES = "aws_s3_bucket_replication_configuration"
_KMS = "source_selection_criteria.sse_kms_encrypted_objects"
_DESTINATION = Link("destination.bucket", _BUCKETS)
_RULE = RuleAt(
    prefixes=("prefix", "filter.prefix", "filter.and.prefix"),
    filters=("filter.tag.key", "filter.and.tags"),
    kms=f"{_KMS}.status",
    replica_key="destination.encryption_configuration.replica_kms_key_id",
    destination=_DESTINATION,
)
_OLD_RULES = "replication_configuration.rules"  # the deprecated block of the bucket
_OLD = RuleAt(
    prefixes=("prefix", "filter.prefix"),
    filters=("filter.tags",),
    kms=f"{_KMS}.enabled",
    replica_key="destination.replica_kms_key_id",
    destination=_DESTINATION,
)
_NAMED, _REFERRED = targets((_RULES, *_BUCKETS), (("rule", _DESTINATION.path), (_OLD_RULES, _DESTINATION.path)))
_ENCRYPTION = "aws_s3_bucket_server_side_encryption_configuration"
_DEFAULT = "rule.apply_server_side_encryption_by_default.sse_algorithm"
READERS = (
    Reader(
        BucketReplication,
        _BUCKETS,
        bucket,
        ReplicationAt(
            name="bucket",
            names=("bucket", "id"),
            rules=((One(_RULES, "bucket", "rule"), _RULE), (_OLD_RULES, _OLD)),
            algorithm=(One(_ENCRYPTION, "bucket", _DEFAULT), f"server_side_encryption_configuration.{_DEFAULT}"),
            regions_of=regions_of("aws_s3_bucket", "bucket"),
            named_targets=_NAMED,
            targets=_REFERRED,
        ),
    ),
)
