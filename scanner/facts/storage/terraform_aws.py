"""S3 in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket"""

from __future__ import annotations

from typing import Any

from scanner.facts import policies
from scanner.facts.base import Companions, Stack, identity, if_there, reads
from scanner.facts.keys.references import key_ref
from scanner.facts.policies import Grant
from scanner.facts.storage.kinds import Bucket
from scanner.sources.interface import Item, Node
from scanner.sources.values import Unknown, Value, all_of, any_of, first_known, gather

ACCESS_FLAGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
NAMES = ("bucket", "id")
_PARTS = {
    "aws_s3_bucket_public_access_block": "bucket",
    "aws_s3_bucket_policy": "bucket",
    "aws_s3_bucket_acl": "bucket",
    "aws_s3_bucket_ownership_controls": "bucket",
    "aws_s3_bucket_versioning": "bucket",
    "aws_s3_bucket_server_side_encryption_configuration": "bucket",
}


@reads("aws_s3_bucket", orphans=_PARTS, names=NAMES, companions=("aws_s3_account_public_access_block",))
def bucket(item: Item, stack: Stack) -> Bucket:
    parts = {type_: stack.companions(item, type_, via, names=NAMES) for type_, via in _PARTS.items()}
    access = parts["aws_s3_bucket_public_access_block"]
    account = stack.beside(item, "aws_s3_account_public_access_block")
    flags = {
        flag: any_of([access[flag].default(False).truth(), *[each[flag].default(False).truth() for each in account]])
        for flag in ACCESS_FLAGS
    }
    # Since April 2023 new buckets have ACLs disabled; older ones do not, and code does not tell which this is:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    ownership = parts["aws_s3_bucket_ownership_controls"]["rule.object_ownership"]
    by_default = Unknown(
        "no ownership controls: the default depends on when the bucket was created", "declare BucketOwnerEnforced, or scan the live bucket"
    )
    acls_disabled = ownership.default(by_default).equals("BucketOwnerEnforced")
    status = parts["aws_s3_bucket_versioning"]["versioning_configuration.status"]
    versioning = status.equals("Enabled") if not status.absent else item["versioning.enabled"].default(False).truth()
    encryption, key = _encryption(item, parts["aws_s3_bucket_server_side_encryption_configuration"])
    return Bucket(
        identity=identity(item, name=item["bucket"], companions=parts.values()),
        public_access_blocked=all_of(flags.values()),
        block_declared=any_of([access.exists, *[if_there(Value(True), each, False) for each in account]]),
        acls_disabled=acls_disabled,
        versioned=versioning,  # off unless it is configured: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
        retention_locked=Value(False, (item.location(),)),  # S3 Object Lock works on versions, so it is no alternative to them
        encryption_key=key_ref(key, stack),
        encryption=encryption,
        receives_access_logs=_log_target(item, stack, parts),
        # A bucket with an ACL in its code cannot have been made with ACLs disabled.
        grants=_grants(item, parts, flags, ownership.default(False).equals("BucketOwnerEnforced")),
    )


# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html,
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
_LOG_SOURCES = {
    "aws_lb": "access_logs.bucket",
    "aws_alb": "access_logs.bucket",
    "aws_elb": "access_logs.bucket",
    "aws_s3_bucket_logging": "target_bucket",
}
_LOG_GROUP = "http://acs.amazonaws.com/groups/s3/LogDelivery"
_LOG_SERVICES = ("logging.s3.amazonaws.com", "logdelivery.elasticloadbalancing.amazonaws.com")


def _log_target(item: Item, stack: Stack, parts: dict[str, Companions]) -> Value[bool]:
    """Named as a target of access logs, or open to the service that delivers them."""
    sources = [stack.companions(item, type_, via, names=NAMES) for type_, via in _LOG_SOURCES.items()]
    found: list[Node] = [node for held in sources for node in held.nodes]
    for node in [*parts["aws_s3_bucket_acl"].nodes, item]:
        grants = node.blocks("access_control_policy.grant")[0] + node.blocks("grant")[0]
        uris = [first_known(grant["grantee.uri"], grant["uri"]).data for grant in grants]
        if node["acl"].data == "log-delivery-write" or _LOG_GROUP in uris:
            found.append(node)
    for node in parts["aws_s3_bucket_policy"].nodes:
        allowed = [each for each in policies.statements(node["policy"]) if isinstance(each, policies.Statement) and each.allows is True]
        if any(who in _LOG_SERVICES for statement in allowed for _, who in statement.principals):
            found.append(node)
    certain = [if_there(Value(True, (node.location(),)), node, False) for node in found]
    return any_of(certain or [Value(False, (item.location(),))])


def _encryption(item: Item, configuration: Companions) -> tuple[Value[Any], Value[Any]]:
    """(algorithm, key): the separate resource, else the deprecated block of the bucket."""
    path = "rule.apply_server_side_encryption_by_default"
    old = f"server_side_encryption_configuration.{path}"
    algorithm = first_known(configuration[f"{path}.sse_algorithm"], item[f"{old}.sse_algorithm"])
    key = first_known(configuration[f"{path}.kms_master_key_id"], item[f"{old}.kms_master_key_id"])
    # Without configuration, SSE-S3 since January 2023: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
    algorithm = algorithm.default("AES256")
    kms = algorithm.equals("aws:kms", "aws:kms:dsse")
    if kms.unknown:
        return algorithm, Value(kms.unknown, algorithm.seen)
    return algorithm, key if kms.data else Value(None, algorithm.seen)


def _grants(item: Item, parts: dict[str, Companions], flags: dict[str, Value[Any]], acls_disabled: Value[Any]) -> Value[Any]:
    held = parts["aws_s3_bucket_policy"]
    documents = [node["policy"] for node in held.nodes] + [item["policy"]]
    account = item.account.data if isinstance(item.account.data, str) else None
    granted = [policies.aws_grants(document, account, flags["restrict_public_buckets"]) for document in documents]
    effective = any_of([flags["ignore_public_acls"], acls_disabled])
    acls = parts["aws_s3_bucket_acl"]
    granted += [_acl(node, effective) for node in [*acls.nodes, item]]
    granted += [Value(more) for part in (held, acls) if (more := part.more) and not part.nodes]
    return gather(granted)


PUBLIC_GROUPS = ("http://acs.amazonaws.com/groups/global/AllUsers", "http://acs.amazonaws.com/groups/global/AuthenticatedUsers")
_CANNED = {"public-read": "READ", "public-read-write": "READ, WRITE", "authenticated-read": "READ"}
_NOT_PUBLIC = ("private", "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control", "log-delivery-write")


def _acl(node: Any, blocked: Value[Any]) -> Value[Any]:
    """Grants of a canned ACL (https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl) and of explicit ones."""
    found: list[Any] = []
    canned = node["acl"]
    if canned.unknown:
        found.append(canned.unknown)
    elif canned.data is not None:
        public = canned.then(
            lambda name: name in _CANNED if name in (*_CANNED, *_NOT_PUBLIC) else Unknown(f"{name} is no canned ACL", "correct the ACL")
        )
        found.append(
            _acl_grant(canned.then(lambda name: f"ACL {name}"), Value(_CANNED.get(str(canned.data), "as the ACL says")), public, blocked)
        )
    for path in ("access_control_policy.grant", "grant"):
        grants, more = node.blocks(path)
        found += [more] if more else []
        for grant in grants:
            uri = first_known(grant["grantee.uri"], grant["uri"])
            who = first_known(uri, grant["grantee.id"], grant["id"], grant["grantee.email_address"]).default("")
            actions = first_known(grant["permission"], grant["permissions"]).then(
                lambda held: held if isinstance(held, str) else ", ".join(map(str, held or []))
            )
            found.append(_acl_grant(who, actions, uri.default("").equals(*PUBLIC_GROUPS), blocked))
    return Value(found, canned.seen)


def _acl_grant(who: Value[Any], actions: Value[Any], public: Value[bool], blocked: Value[Any]) -> Grant:
    return Grant(principal=who, actions=actions, public=public, foreign=Value(False), exposed=all_of([public, blocked.negate()]))
