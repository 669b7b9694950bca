"""S3 in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.attributes import attribute
from assay.scanner.facts.keys.references import template_key
from assay.scanner.facts.spelling import Index, Many, One, Referrer
from assay.scanner.facts.storage import s3
from assay.scanner.facts.storage.access_points import PointAt
from assay.scanner.facts.storage.kinds import Bucket
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Text

_BLOCK = "PublicAccessBlockConfiguration"
_DEFAULT = "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault"


def _log_bucket(balancer: Item) -> Iterator[tuple[Hashable, Item]]:
    target = attribute(balancer, "access_logs.s3.bucket")
    if isinstance(target, (Reference, Text, str)):
        yield target.address if isinstance(target, Reference) else str(target), balancer


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-accesspoint.html
_POINT = PointAt(
    points=Many("AWS::S3::AccessPoint", "Bucket"),
    policy="Policy",
    block=_BLOCK,
    restricts=f"{_BLOCK}.RestrictPublicBuckets",
    vpc="VpcConfiguration.VpcId",
)

BUCKET = s3.BucketAt(
    name="BucketName",
    names=("BucketName",),
    flags=tuple(f"{_BLOCK}.{flag}" for flag in s3.FLAGS),
    declared=_BLOCK,
    ownership="OwnershipControls.Rules.0.ObjectOwnership",
    versioning="VersioningConfiguration.Status",
    object_lock="ObjectLockEnabled",
    access_points=(_POINT,),
    algorithm=f"{_DEFAULT}.SSEAlgorithm",
    key=f"{_DEFAULT}.KMSMasterKeyID",
    keys=template_key(""),
    policies=(One("AWS::S3::BucketPolicy", "Bucket", "PolicyDocument"), One("AWS::S3Express::BucketPolicy", "Bucket", "PolicyDocument")),
    acl="AccessControl",
    log_sources=(
        Referrer("AWS::S3::Bucket", "LoggingConfiguration.DestinationBucketName"),
        Referrer("AWS::ElasticLoadBalancing::LoadBalancer", "AccessLoggingPolicy.S3BucketName"),
    ),
    log_targets=Index(("AWS::ElasticLoadBalancingV2::LoadBalancer",), _log_bucket),
    logging="LoggingConfiguration",
    logging_target="LoggingConfiguration.DestinationBucketName",
)
READERS = (Reader(Bucket, ("AWS::S3::Bucket", "AWS::S3Express::DirectoryBucket"), s3.bucket, BUCKET),)
