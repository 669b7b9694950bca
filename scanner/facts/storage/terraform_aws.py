"""S3 in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.references import terraform_key
from assay.scanner.facts.spelling import Beside, Link, Many, One, Referrer
from assay.scanner.facts.storage import s3
from assay.scanner.facts.storage.access_points import PointAt
from assay.scanner.facts.storage.kinds import Bucket

_FLAGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_BLOCK = "aws_s3_bucket_public_access_block"
_ACCOUNT = "aws_s3_account_public_access_block"
_ACL = "aws_s3_bucket_acl"
_ENCRYPTION = "aws_s3_bucket_server_side_encryption_configuration"
_DEFAULT = "rule.apply_server_side_encryption_by_default"
_OLD_DEFAULT = f"server_side_encryption_configuration.{_DEFAULT}"  # the deprecated block of the bucket

_POINT = "aws_s3_access_point"
_POINT_BLOCK = "public_access_block_configuration"
_OF_POINT: dict[str, Any] = {
    "policy": "policy",
    "block": _POINT_BLOCK,
    "restricts": f"{_POINT_BLOCK}.restrict_public_buckets",
    # Each flag of the block: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_access_point
    "restricts_by_default": True,
    "vpc": "vpc_configuration.vpc_id",
}
_POINTS = (
    PointAt(points=Many(_POINT, "bucket"), **_OF_POINT),
    PointAt(
        points=Many("aws_s3control_access_point_policy", "access_point_arn", through=((_POINT, "bucket"),)),
        point=Link("access_point_arn", (_POINT,)),
        **_OF_POINT,
    ),
)

BUCKET = s3.BucketAt(
    name="bucket",
    names=("bucket", "id"),
    flags=tuple((One(_BLOCK, "bucket", flag), Beside(_ACCOUNT, "account_id", flag)) for flag in _FLAGS),
    declared=(One(_BLOCK, "bucket"), Beside(_ACCOUNT, "account_id")),
    ownership=One("aws_s3_bucket_ownership_controls", "bucket", "rule.object_ownership"),
    object_lock="object_lock_enabled|object_lock_configuration.object_lock_enabled",
    access_points=_POINTS,
    versioning=(One("aws_s3_bucket_versioning", "bucket", "versioning_configuration.status"), "versioning.enabled"),
    algorithm=(One(_ENCRYPTION, "bucket", f"{_DEFAULT}.sse_algorithm"), f"{_OLD_DEFAULT}.sse_algorithm"),
    key=(One(_ENCRYPTION, "bucket", f"{_DEFAULT}.kms_master_key_id"), f"{_OLD_DEFAULT}.kms_master_key_id"),
    keys=terraform_key(""),
    policy="policy",
    policies=One("aws_s3_bucket_policy", "bucket", "policy"),
    acl=(One(_ACL, "bucket", "acl"), "acl"),
    acl_grants=(One(_ACL, "bucket", "access_control_policy.grant"), "grant"),
    group="grantee.uri|uri",
    grantee="grantee.id|id|grantee.email_address",
    permission="permission|permissions",
    object_acls=tuple(Referrer(type_, "bucket", "acl") for type_ in ("aws_s3_object", "aws_s3_bucket_object", "aws_s3_object_copy")),
    log_sources=(
        Referrer("aws_lb", "access_logs.bucket"),
        Referrer("aws_alb", "access_logs.bucket"),
        Referrer("aws_elb", "access_logs.bucket"),
        Referrer("aws_s3_bucket_logging", "target_bucket"),
    ),
)
READERS = (Reader(Bucket, ("aws_s3_bucket", "aws_s3_directory_bucket"), s3.bucket, BUCKET),)
