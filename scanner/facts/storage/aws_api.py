"""S3 in the live account. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.aws_api import live_key
from assay.scanner.facts.spelling import Beside, Many
from assay.scanner.facts.storage import access_points, aws_config, s3
from assay.scanner.facts.storage.kinds import Bucket
from assay.scanner.sources.aws.calls import Call, Listing

_BUCKET = (("Bucket", "Name"),)
_NO_BLOCK = "NoSuchPublicAccessBlockConfiguration"
BLOCK = Call("s3", "GetPublicAccessBlock", _BUCKET, absent=(_NO_BLOCK,), action="s3:GetBucketPublicAccessBlock")
POLICY = Call("s3", "GetBucketPolicy", _BUCKET, absent=("NoSuchBucketPolicy",))
POLICY_STATUS = Call("s3", "GetBucketPolicyStatus", _BUCKET, absent=("NoSuchBucketPolicy",))
ACL = Call("s3", "GetBucketAcl", _BUCKET)
OWNERSHIP = Call("s3", "GetBucketOwnershipControls", _BUCKET, absent=("OwnershipControlsNotFoundError",))
_NO_ENCRYPTION = "ServerSideEncryptionConfigurationNotFoundError"
ENCRYPTION = Call("s3", "GetBucketEncryption", _BUCKET, absent=(_NO_ENCRYPTION,), action="s3:GetEncryptionConfiguration")
VERSIONING = Call("s3", "GetBucketVersioning", _BUCKET, may_be_empty=True)
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html
_NO_LOCK = "ObjectLockConfigurationNotFoundError"
OBJECT_LOCK = Call("s3", "GetObjectLockConfiguration", _BUCKET, absent=(_NO_LOCK,), action="s3:GetBucketObjectLockConfiguration")
LIFECYCLE = Call(
    "s3", "GetBucketLifecycleConfiguration", _BUCKET, absent=("NoSuchLifecycleConfiguration",), action="s3:GetLifecycleConfiguration"
)
REPLICATION = Call(
    "s3", "GetBucketReplication", _BUCKET, absent=("ReplicationConfigurationNotFoundError",), action="s3:GetReplicationConfiguration"
)
WEBSITE = Call("s3", "GetBucketWebsite", _BUCKET, absent=("NoSuchWebsiteConfiguration",))
TAGS = Call("s3", "GetBucketTagging", _BUCKET, absent=("NoSuchTagSet",))
LOGGING = Call("s3", "GetBucketLogging", _BUCKET, may_be_empty=True)
BUCKETS = Listing(
    "s3.bucket",
    Call("s3", "ListBuckets", page_size=10_000, action="s3:ListAllMyBuckets"),
    entries="Buckets",
    id="arn:{partition}:s3:::{Name}",
    everywhere=True,
    region="BucketRegion",
    locate=Call("s3", "GetBucketLocation", _BUCKET, regional=False),
    gone=("NoSuchBucket",),
    details=(
        POLICY,
        BLOCK,
        POLICY_STATUS,
        ACL,
        OWNERSHIP,
        ENCRYPTION,
        VERSIONING,
        WEBSITE,
        LOGGING,
        TAGS,
        OBJECT_LOCK,
        LIFECYCLE,
        REPLICATION,
    ),
    recorded=aws_config.BUCKET,
)
_ACCOUNT_BLOCK = Call(
    "s3control", "GetPublicAccessBlock", (("AccountId", "@account"),), absent=(_NO_BLOCK,), action="s3:GetAccountPublicAccessBlock"
)
ACCOUNT = Listing(
    "s3control.account",
    _ACCOUNT_BLOCK,
    entries="",
    id="arn:{partition}:s3:::account/{account}/public-access-block",
    everywhere=True,
    recorded=aws_config.ACCOUNT,
)
_POINT = (("AccountId", "@account"), ("Name", "Name"))
GET_POINT = Call("s3control", "GetAccessPoint", _POINT)
POINT_POLICY = Call("s3control", "GetAccessPointPolicy", _POINT, absent=("NoSuchAccessPointPolicy",))
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListAccessPoints.html
POINTS = Listing(
    "s3control.access-point",
    Call("s3control", "ListAccessPoints", (("AccountId", "@account"), ("Bucket", "Name")), marker=("NextToken", "NextToken")),
    entries="AccessPointList",
    id="AccessPointArn",
    parent=BUCKETS.type,
    known=(("OfBucket", "Name"),),
    gone=("NoSuchAccessPoint",),
    details=(GET_POINT, POINT_POLICY),
    recorded=aws_config.POINT,
)
LISTINGS = (BUCKETS, ACCOUNT, POINTS)
_POINT_BLOCK = "get_access_point.PublicAccessBlockConfiguration"
_POINTS = access_points.PointAt(
    points=Many(POINTS.type, "OfBucket", calls=(GET_POINT.name, POINT_POLICY.name)),
    policy="get_access_point_policy.Policy",
    block=_POINT_BLOCK,
    restricts=f"{_POINT_BLOCK}.RestrictPublicBuckets",
    vpc="get_access_point.VpcConfiguration.VpcId",
)
_FLAGS = tuple(f"get_public_access_block.PublicAccessBlockConfiguration.{flag}" for flag in s3.FLAGS)
_DEFAULT = "get_bucket_encryption.ServerSideEncryptionConfiguration.Rules.0.ApplyServerSideEncryptionByDefault"

BUCKET_AT = s3.BucketAt(
    name="Name",
    names=("Name",),
    access_points=(_POINTS,),
    flags=tuple((flag, Beside(ACCOUNT.type, path=flag)) for flag in _FLAGS),
    ownership="get_bucket_ownership_controls.OwnershipControls.Rules.0.ObjectOwnership",
    new=False,
    versioning="get_bucket_versioning.Status",
    algorithm=f"{_DEFAULT}.SSEAlgorithm",
    key=f"{_DEFAULT}.KMSMasterKeyID",
    keys=live_key(""),
    policy="get_bucket_policy.Policy",
    policy_is_public="get_bucket_policy_status.PolicyStatus.IsPublic",
    acl_grants=("get_bucket_acl.Grants",),
    group="Grantee.URI",
    grantee="Grantee.DisplayName|Grantee.ID",
    permission="Permission",
    opened=("get_bucket_policy.Policy", "get_bucket_acl.Grants"),
)
READERS = (Reader(Bucket, (BUCKETS.type,), s3.bucket, BUCKET_AT),)
