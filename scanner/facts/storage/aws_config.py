"""S3 in AWS Config: what an item says, as the answers of S3.

https://docs.aws.amazon.com/config/latest/developerguide/resource-config-reference.html#amazons3 names the attributes of a bucket that are
recorded; https://github.com/awslabs/aws-config-resource-schema, `AWS::S3::Bucket`, how they are spelled. Of object ownership and of what S3
thinks of a policy there is nothing. A bucket without lifecycle rules, website, replication or public access block has an item without
that part; of one that has not even the parts which every bucket has, nothing is known.
"""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.aws.recorded import AUDIT, NOT_SET, ConfigurationItem, Recorded
from assay.scanner.sources.raw import Unknown

_OF_EVERY_BUCKET = ("AccessControlList", "BucketPolicy", "BucketVersioningConfiguration")
_GROUPS = {
    "AllUsers": "http://acs.amazonaws.com/groups/global/AllUsers",
    "AuthenticatedUsers": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
    "LogDelivery": "http://acs.amazonaws.com/groups/s3/LogDelivery",
}
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#specifying-grantee-predefined-groups"""
_PERMISSIONS = {"FullControl": "FULL_CONTROL", "Read": "READ", "Write": "WRITE", "ReadAcp": "READ_ACP", "WriteAcp": "WRITE_ACP"}


def _part(name: str, wrapper: str = "") -> Any:
    """A part that is as the answer is; a bucket that has none has an item without it."""

    def told(item: ConfigurationItem) -> Any:
        configuration = item.more(name)
        if configuration is None:
            return NOT_SET if item.is_whole and item.has(*_OF_EVERY_BUCKET) and name not in item.supplementary else None
        return {wrapper: configuration} if wrapper else configuration

    return told


def _bucket(item: ConfigurationItem) -> dict[str, Any]:
    return {"Name": item.name or item.id, "CreationDate": item.configuration.get("creationDate")}


def _policy(item: ConfigurationItem) -> Any:
    policy = item.more("BucketPolicy")
    if not isinstance(policy, dict) or "policyText" not in policy:
        return None
    return NOT_SET if policy["policyText"] is None else {"Policy": policy["policyText"]}


def _policy_status(item: ConfigurationItem) -> Any:
    """What S3 thinks of a policy where there is none."""
    return NOT_SET if _policy(item) is NOT_SET else None


def _acl(item: ConfigurationItem) -> Any:
    acl = item.more("AccessControlList")
    grants = acl.get("grantList") or acl.get("grantSet") if isinstance(acl, dict) else None
    return {"Grants": [_grant(grant) for grant in grants]} if isinstance(grants, list) else None


def _grant(grant: Any) -> Any:
    why = Unknown("a grant of the bucket's ACL is not as AWS Config records it", AUDIT)
    grantee = grant.get("grantee") if isinstance(grant, dict) else None
    if isinstance(grantee, str):
        told: dict[str, Any] = {"Type": "Group", "URI": grantee if "://" in grantee else _GROUPS.get(grantee, why)}
    elif isinstance(grantee, dict) and isinstance(grantee.get("id"), str):
        told = {"Type": "CanonicalUser", "ID": grantee["id"]}
    else:
        return why
    permission = str(grant.get("permission"))
    return {"Grantee": told, "Permission": _PERMISSIONS.get(permission, permission if permission in _PERMISSIONS.values() else why)}


def _versioning(item: ConfigurationItem) -> Any:
    configuration = item.more("BucketVersioningConfiguration")
    status = configuration.get("status") if isinstance(configuration, dict) else None
    return {} if status == "Off" else {"Status": status} if status in ("Enabled", "Suspended") else None


def _logging(item: ConfigurationItem) -> Any:
    configuration = item.more("BucketLoggingConfiguration")
    if not isinstance(configuration, dict) or "destinationBucketName" not in configuration:
        return None
    target = configuration["destinationBucketName"]
    return {} if target is None else {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": configuration.get("logFilePrefix") or ""}}


def _encryption(item: ConfigurationItem) -> Any:
    """S3 encrypts every bucket since 2023, and changed no item for that: one without it tells nothing."""
    configuration = item.more("ServerSideEncryptionConfiguration")
    return {"ServerSideEncryptionConfiguration": configuration} if isinstance(configuration, dict) and configuration.get("rules") else None


def _tags(item: ConfigurationItem) -> Any:
    if not isinstance(item.tags, dict):
        return None
    return {"TagSet": item.pairs} if item.tags else NOT_SET


def _lock(item: ConfigurationItem) -> Any:
    configuration = item.more("ObjectLockConfiguration")
    return {"ObjectLockConfiguration": configuration} if isinstance(configuration, dict) else None


def _lifecycle(item: ConfigurationItem) -> Any:
    configuration = _part("BucketLifecycleConfiguration")(item)
    if not isinstance(configuration, dict):
        return configuration
    rules = configuration.get("rules")
    return {"Rules": [_rule(rule) for rule in rules]} if isinstance(rules, list) else None


def _rule(rule: Any) -> Any:
    told: dict[str, Any] = {"ID": rule.get("id"), "Status": rule.get("status")}
    if rule.get("filter") is None:
        told["Prefix"] = rule.get("prefix") or ""
    else:
        told["Filter"] = _filter(rule["filter"].get("predicate"))
    transitions = rule.get("transitions")
    told["Transitions"] = [_set(transition, days="Days", date="Date", storageClass="StorageClass") for transition in transitions or []]
    expires = _set(rule, expirationInDays="Days", expirationDate="Date", expiredObjectDeleteMarker="ExpiredObjectDeleteMarker")
    if expires:
        told["Expiration"] = expires
    return told


def _set(data: Any, **names: str) -> dict[str, Any]:
    """What is set of some fields; -1 stands for no number of days."""
    fields = {name: data.get(field) for field, name in names.items()}
    return {name: value for name, value in fields.items() if value is not None and value is not False and value != -1}


_PREDICATES = {
    "LifecyclePrefixPredicate": ("prefix", "Prefix"),
    "LifecycleTagPredicate": ("tag", "Tag"),
    "LifecycleObjectSizeGreaterThanPredicate": ("objectSizeGreaterThan", "ObjectSizeGreaterThan"),
    "LifecycleObjectSizeLessThanPredicate": ("objectSizeLessThan", "ObjectSizeLessThan"),
}


def _filter(predicate: Any) -> Any:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRuleFilter.html: none is for every object."""
    if predicate is None:
        return {}
    if predicate.get("type") != "LifecycleAndOperator":
        field, name = _PREDICATES.get(str(predicate.get("type")), ("", ""))
        return {name: predicate.get(field)} if name else Unknown("a filter of a lifecycle rule is of a kind that is not known", AUDIT)
    told: dict[str, Any] = {}
    for operand in predicate.get("operands") or []:
        field, name = _PREDICATES.get(str(operand.get("type")), ("", ""))
        if not name:
            return Unknown("a filter of a lifecycle rule is of a kind that is not known", AUDIT)
        told |= {"Tags": [*told.get("Tags", []), operand.get(field)]} if name == "Tag" else {name: operand.get(field)}
    return {"And": told}


BUCKET = Recorded(
    "AWS::S3::Bucket",
    _bucket,
    (
        ("get_public_access_block", _part("PublicAccessBlockConfiguration", "PublicAccessBlockConfiguration")),
        ("get_bucket_policy", _policy),
        ("get_bucket_policy_status", _policy_status),
        ("get_bucket_acl", _acl),
        ("get_bucket_encryption", _encryption),
        ("get_bucket_versioning", _versioning),
        ("get_bucket_website", _part("BucketWebsiteConfiguration")),
        ("get_bucket_logging", _logging),
        ("get_bucket_tagging", _tags),
        ("get_object_lock_configuration", _lock),
        ("get_bucket_lifecycle_configuration", _lifecycle),
    ),
)
"""Rules of replication are a map there whose fields are written down nowhere: they are not read."""

ACCOUNT = Recorded(
    "AWS::S3::AccountPublicAccessBlock",
    lambda item: {},
    (("get_public_access_block", lambda item: {"PublicAccessBlockConfiguration": item.fields()}),),
)


def _point(item: ConfigurationItem) -> Any:
    fields = item.fields("VpcConfiguration", "PolicyStatus")
    return {"AccessPointArn": item.arn, "Name": fields.get("Name"), "Bucket": fields.get("Bucket"), "OfBucket": fields.get("Bucket")}


POINT = Recorded("AWS::S3::AccessPoint", _point, (("get_access_point", lambda item: item.fields("VpcConfiguration")),))
