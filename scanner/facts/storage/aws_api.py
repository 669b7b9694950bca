"""S3 in the live account. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts import policies
from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.keys._old import KEY_NEEDS, live_key
from assay.scanner.facts.policies import Grant
from assay.scanner.facts.storage import s3
from assay.scanner.facts.storage.kinds import Bucket
from assay.scanner.sources.aws.calls import Call, Listing, listing
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Value, all_of, any_of, first_known, gather

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
BUCKETS = listing(
    Listing(
        "s3.bucket",
        Call("s3", "ListBuckets", page_size=10_000, action="s3:ListAllMyBuckets"),
        entries="Buckets",
        id="arn:{partition}:s3:::{Name}",
        everywhere=True,
        region="BucketRegion",
        locate=Call("s3", "GetBucketLocation", _BUCKET, regional=False),
        gone=("NoSuchBucket",),
        details=(BLOCK, POLICY, POLICY_STATUS, ACL, OWNERSHIP, ENCRYPTION, VERSIONING),
    )
)
_ACCOUNT_BLOCK = Call(
    "s3control", "GetPublicAccessBlock", (("AccountId", "@account"),), absent=(_NO_BLOCK,), action="s3:GetAccountPublicAccessBlock"
)
ACCOUNT = listing(
    Listing(
        "s3control.account", _ACCOUNT_BLOCK, entries="", id="arn:{partition}:s3:::account/{account}/public-access-block", everywhere=True
    )
)
ACCESS_FLAGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_BLOCKS = (BLOCK, ACCOUNT.type)


@reads(
    BUCKETS.type,
    companions=(ACCOUNT.type,),
    needs={
        "public_access_blocked": _BLOCKS,
        "acls_disabled": (OWNERSHIP,),
        "versioned": (VERSIONING,),
        "encryption_key": (ENCRYPTION, *KEY_NEEDS),
        "encryption": (ENCRYPTION,),
        "receives_access_logs": (POLICY, ACL),
        "grants": (*_BLOCKS, POLICY, POLICY_STATUS, ACL, OWNERSHIP),
    },
)
def bucket(item: Item, stack: Stack) -> Bucket:
    block = "get_public_access_block.PublicAccessBlockConfiguration"
    account = stack.beside(item, ACCOUNT.type)
    flags = {flag: any_of([each[f"{block}.{flag}"].default(False) for each in (item, *account)]) for flag in ACCESS_FLAGS}
    # Without ownership controls, ACLs work: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html
    acls_disabled = (
        item["get_bucket_ownership_controls.OwnershipControls.Rules.0.ObjectOwnership"].default("").equals("BucketOwnerEnforced")
    )
    rule = "get_bucket_encryption.ServerSideEncryptionConfiguration.Rules.0.ApplyServerSideEncryptionByDefault"
    encryption, key = s3.default_key(item[f"{rule}.SSEAlgorithm"], item[f"{rule}.KMSMasterKeyID"])
    return Bucket(
        identity=identity(item, name=item["Name"]),
        public_access_blocked=all_of(flags.values()),
        block_declared=Value(True, (item.location(),)),  # what is in force shows, declared or not
        acls_disabled=acls_disabled,
        versioned=item["get_bucket_versioning.Status"].default("").equals("Enabled"),
        retention_locked=Value(False, (item.location(),)),  # S3 Object Lock works on versions, so it is no alternative to them
        encryption_key=live_key(key, item, stack),
        encryption=encryption,
        receives_access_logs=_log_target(item),
        grants=_grants(item, flags, acls_disabled),
    )


def _log_target(item: Item) -> Value[bool]:
    """Open to the service that delivers access logs, without which none arrive."""
    policy, acl = item["get_bucket_policy.Policy"], item["get_bucket_acl.Grants"]
    by_policy = policy.then(lambda _: s3.lets_logs_in(policy))
    by_acl = acl.then(lambda held: any(step.get("Grantee", {}).get("URI") == s3.LOG_GROUP for step in held or []))
    return any_of([by_policy, by_acl])


def _grants(item: Item, flags: dict[str, Value[Any]], acls_disabled: Value[Any]) -> Value[Any]:
    restricted = flags["RestrictPublicBuckets"]
    granted = s3.policy_grants([item["get_bucket_policy.Policy"]], item.account, restricted)
    effective = any_of([flags["IgnorePublicAcls"], acls_disabled])
    grants, more = item.blocks("get_bucket_acl.Grants")
    listed: list[Any] = [more] if more else []
    for grant in grants:
        uri = grant["Grantee.URI"]
        who = first_known(uri, grant["Grantee.DisplayName"], grant["Grantee.ID"]).default("")
        listed.append(s3.acl_grant(who, grant["Permission"], uri.default("").equals(*s3.PUBLIC_GROUPS), effective))
    by_policy = gather(granted)
    return gather([by_policy, Value(listed, item["get_bucket_acl.Grants"].seen), _as_s3_judges(item, by_policy, restricted)])


def _as_s3_judges(item: Item, by_policy: Value[Any], restricted: Value[Any]) -> Value[Any]:
    """A policy that S3 itself calls public, and that no statement explains: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PolicyStatus.html"""
    public = item["get_bucket_policy_status.PolicyStatus.IsPublic"]
    explained = any(isinstance(each, policies.Grant) and each.public.data is True for each in by_policy.data)
    if public.data is not True or explained:
        return Value(None)
    return Value(
        [
            Grant(
                principal=Value("*", public.seen),
                actions=Value("what its policy says", public.seen),
                public=public,
                foreign=Value(False),
                exposed=all_of([public, restricted.negate()]),
            )
        ]
    )
