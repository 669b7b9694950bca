"""Which calls hang on what AWS Config records alone: their answers stay as long as the configuration item of the resource does.

A call that is not here is always made. Left out, although Config has items of these types, is what an item does not have (object ownership,
whether a key's period of rotation or a table's protection changed) or is not said to have (the rules of a web ACL), what changes without a
call (certificates that expire, keys that are imported), what Config looks at late (snapshots of databases: up to 12 hours,
https://docs.aws.amazon.com/config/latest/developerguide/rds-snapshots-public-prohibited.html), and what a policy of the resource can keep
Config from reading (queues, topics, streams, tables, repositories): its item would stay as it was. A bucket's policy can, too: see GATES.
Lists are always made: they tell what is new, and what is gone.
"""

from __future__ import annotations

from types import MappingProxyType

import msgspec

_RULES = "https://docs.aws.amazon.com/config/latest/developerguide"
_ATTRIBUTES = f"{_RULES}/resource-config-reference.html#s3-attributes"


class Covered(msgspec.Struct, frozen=True):
    """What covers a call about a resource."""

    type: str
    """The type in AWS Config: `AWS::S3::Bucket`."""
    source: str
    """Where AWS says that the item has it: the attributes that are recorded, or a rule which such a change sets off."""


class ReadingPolicy(msgspec.Struct, frozen=True):
    """A policy of the resource, which may keep AWS Config out: it is asked for, and has to be what Config has read itself."""

    call: str
    """Whose answer it is: `get_bucket_policy`."""
    field: str
    """The text in that answer."""
    part: str
    """The supplementary configuration that has it."""
    text: str
    """The text in that part; null where there is none."""


_BUCKET, _BALANCER, _CLASSIC = "AWS::S3::Bucket", "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancing::LoadBalancer"
COVERED = MappingProxyType(
    {
        "s3:GetPublicAccessBlock": Covered(_BUCKET, f"{_RULES}/s3-bucket-level-public-access-prohibited.html"),
        # What S3 thinks of a policy follows from the policy, which is asked for.
        "s3:GetBucketPolicyStatus": Covered(_BUCKET, f"{_RULES}/s3-bucket-policy-grantee-check.html"),
        "s3:GetBucketAcl": Covered(_BUCKET, _ATTRIBUTES),
        "s3:GetBucketEncryption": Covered(_BUCKET, f"{_RULES}/s3-bucket-server-side-encryption-enabled.html"),
        "s3:GetBucketVersioning": Covered(_BUCKET, _ATTRIBUTES),
        "s3:GetBucketWebsite": Covered(_BUCKET, _ATTRIBUTES),
        "s3:GetBucketLogging": Covered(_BUCKET, _ATTRIBUTES),
        "s3:GetBucketTagging": Covered(_BUCKET, _ATTRIBUTES),
        "s3:GetObjectLockConfiguration": Covered(_BUCKET, f"{_RULES}/s3-bucket-default-lock-enabled.html"),
        "s3:GetBucketLifecycleConfiguration": Covered(_BUCKET, _ATTRIBUTES),
        "s3:GetBucketReplication": Covered(_BUCKET, _ATTRIBUTES),
        "lambda:GetPolicy": Covered("AWS::Lambda::Function", f"{_RULES}/lambda-function-public-access-prohibited.html"),
        "elbv2:DescribeLoadBalancerAttributes": Covered(_BALANCER, f"{_RULES}/elb-deletion-protection-enabled.html"),
        "elb:DescribeLoadBalancerAttributes": Covered(_CLASSIC, f"{_RULES}/elb-logging-enabled.html"),
        "elb:DescribeLoadBalancerPolicies": Covered(_CLASSIC, f"{_RULES}/elb-predefined-security-policy-ssl-check.html"),
        "cloudfront:GetDistributionConfig": Covered("AWS::CloudFront::Distribution", f"{_RULES}/cloudfront-viewer-policy-https.html"),
        "backup:GetBackupPlan": Covered("AWS::Backup::BackupPlan", f"{_RULES}/backup-plan-min-frequency-and-min-retention-check.html"),
        "ec2:DescribeLaunchTemplateVersions": Covered("AWS::EC2::LaunchTemplate", f"{_RULES}/ec2-launch-template-public-ip-disabled.html"),
    }
)
"""Call, as the ledger names it, to what covers it."""
GATES = MappingProxyType({_BUCKET: ReadingPolicy("get_bucket_policy", "Policy", "BucketPolicy", "policyText")})
"""Type to what has to be asked for before anything of such a resource is taken over."""
