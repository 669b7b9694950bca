"""S3 in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Companions, Stack, identity, if_there, reads
from assay.scanner.facts.edge.attributes import attribute
from assay.scanner.facts.keys._old import key_ref
from assay.scanner.facts.policies import required
from assay.scanner.facts.storage import s3
from assay.scanner.facts.storage.kinds import Bucket
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.nodes import Doubtful, Elsewhere
from assay.scanner.sources.values import Reference, Text, Unknown, Value, all_of, any_of, gather

ACCESS_FLAGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
NAMES = ("BucketName",)
_POLICY = "AWS::S3::BucketPolicy"
_BALANCERS = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_LOG_SOURCES = {
    "AWS::S3::Bucket": "LoggingConfiguration.DestinationBucketName",
    "AWS::ElasticLoadBalancing::LoadBalancer": "AccessLoggingPolicy.S3BucketName",
}


@reads("AWS::S3::Bucket", orphans={_POLICY: "Bucket"}, names=NAMES, companions=(_BALANCERS, *_LOG_SOURCES))
def bucket(item: Item, stack: Stack) -> Bucket:
    policy = stack.companions(item, _POLICY, "Bucket", names=NAMES)
    access = {flag: item[f"PublicAccessBlockConfiguration.{flag}"].default(False).truth() for flag in ACCESS_FLAGS}
    ownership = item["OwnershipControls.Rules.0.ObjectOwnership"]
    default = "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault"
    encryption, key = s3.default_key(item[f"{default}.SSEAlgorithm"], item[f"{default}.KMSMasterKeyID"])
    return Bucket(
        identity=identity(item, name=item["BucketName"], companions=[policy]),
        public_access_blocked=all_of(access.values()),
        block_declared=item["PublicAccessBlockConfiguration"].is_set(),
        acls_disabled=ownership.default(s3.OWNERSHIP_BY_DEFAULT).equals("BucketOwnerEnforced"),
        # Off unless it is configured: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
        versioned=item["VersioningConfiguration.Status"].equals("Enabled"),
        retention_locked=Value(False, (item.location(),)),  # S3 Object Lock works on versions, so it is no alternative to them
        encryption_key=key_ref(key, stack),
        encryption=encryption,
        receives_access_logs=_log_target(item, stack, policy),
        # A bucket with an ACL in its code cannot have been made with ACLs disabled.
        grants=_grants(item, policy, access, ownership.default(False).equals("BucketOwnerEnforced")),
    )


def _log_target(item: Item, stack: Stack, policy: Companions) -> Value[bool]:
    """Named as a target of access logs, or open to the service that delivers them."""
    sources = [stack.companions(item, type_, via, names=NAMES) for type_, via in _LOG_SOURCES.items()]
    found: list[Node] = [node for held in sources for node in held.nodes]
    for node in stack.beside(item, _BALANCERS):
        balancer = node.node if isinstance(node, Doubtful) else node
        if _names(attribute(balancer, "access_logs.s3.bucket"), item):
            found.append(node)
    # Without a destination, a bucket logs to itself:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-loggingconfiguration.html
    to_itself = all_of([item["LoggingConfiguration"].is_set(), item["LoggingConfiguration.DestinationBucketName"].is_set().negate()])
    opened = item["AccessControl"].equals(_ACLS[s3.LOG_ACL]).data is True or any(
        s3.lets_logs_in(node["PolicyDocument"]) for node in policy.nodes
    )
    certain = [if_there(Value(True, (node.location(),)), node, False) for node in found]
    return any_of([*certain, to_itself, Value(opened, (item.location(),))])


def _names(target: Any, item: Item) -> bool:
    """Whether what a property names is this bucket: by reference, or by its name."""
    if isinstance(target, Reference):
        return target.address == item.address
    name = item["BucketName"].data
    return isinstance(target, (str, Text)) and isinstance(name, (str, Text)) and str(target) == str(name)


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html#cfn-s3-bucket-accesscontrol
_ACLS = {
    "private": "Private", "public-read": "PublicRead", "public-read-write": "PublicReadWrite", "authenticated-read": "AuthenticatedRead",
    "log-delivery-write": "LogDeliveryWrite", "bucket-owner-read": "BucketOwnerRead", "aws-exec-read": "AwsExecRead",
    "bucket-owner-full-control": "BucketOwnerFullControl",
}  # fmt: skip
_CANNED = {written: name for name, written in _ACLS.items()}


_RESTRICTS = Unknown(
    "whether the bucket, which is declared elsewhere, restricts public access",
    "scan the bucket together with its policy, or the live bucket",
)


def _grants(item: Item, policy: Companions, access: dict[str, Value[Any]], acls_disabled: Value[Any]) -> Value[Any]:
    documents = [required(node["PolicyDocument"]) for node in policy.nodes]
    granted = s3.policy_grants(
        documents, item.account, Value(_RESTRICTS, (item.location(),)) if isinstance(item, Elsewhere) else access["RestrictPublicBuckets"]
    )
    written = item["AccessControl"]
    acl = written.then(lambda name: _CANNED.get(name, name) if isinstance(name, str) else name)
    effective = any_of([access["IgnorePublicAcls"], acls_disabled])
    return gather([*granted, Value(s3.canned_acl(acl, effective), written.seen), *s3.may_have_more(policy)])
