"""S3 in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Companions, Stack, identity, if_there, reads
from assay.scanner.facts.keys._old import key_ref
from assay.scanner.facts.storage import s3
from assay.scanner.facts.storage.kinds import Bucket
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.values import Value, all_of, any_of, first_known, gather

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
    ownership = parts["aws_s3_bucket_ownership_controls"]["rule.object_ownership"]
    status = parts["aws_s3_bucket_versioning"]["versioning_configuration.status"]
    versioning = status.equals("Enabled") if not status.absent else item["versioning.enabled"].default(False).truth()
    encryption, key = _encryption(item, parts["aws_s3_bucket_server_side_encryption_configuration"])
    return Bucket(
        identity=identity(item, name=item["bucket"], companions=parts.values()),
        public_access_blocked=all_of(flags.values()),
        block_declared=any_of([access.exists, *[if_there(Value(True), each, False) for each in account]]),
        acls_disabled=ownership.default(s3.OWNERSHIP_BY_DEFAULT).equals("BucketOwnerEnforced"),
        versioned=versioning,  # off unless it is configured: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
        retention_locked=Value(False, (item.location(),)),  # S3 Object Lock works on versions, so it is no alternative to them
        encryption_key=key_ref(key, stack),
        encryption=encryption,
        receives_access_logs=_log_target(item, stack, parts),
        # A bucket with an ACL in its code cannot have been made with ACLs disabled.
        grants=_grants(item, parts, flags, ownership.default(False).equals("BucketOwnerEnforced")),
    )


_LOG_SOURCES = {
    "aws_lb": "access_logs.bucket",
    "aws_alb": "access_logs.bucket",
    "aws_elb": "access_logs.bucket",
    "aws_s3_bucket_logging": "target_bucket",
}


def _log_target(item: Item, stack: Stack, parts: dict[str, Companions]) -> Value[bool]:
    """Named as a target of access logs, or open to the service that delivers them."""
    sources = [stack.companions(item, type_, via, names=NAMES) for type_, via in _LOG_SOURCES.items()]
    found: list[Node] = [node for held in sources for node in held.nodes]
    for node in [*parts["aws_s3_bucket_acl"].nodes, item]:
        grants = node.blocks("access_control_policy.grant")[0] + node.blocks("grant")[0]
        uris = [first_known(grant["grantee.uri"], grant["uri"]).data for grant in grants]
        if node["acl"].data == s3.LOG_ACL or s3.LOG_GROUP in uris:
            found.append(node)
    found += [node for node in parts["aws_s3_bucket_policy"].nodes if s3.lets_logs_in(node["policy"])]
    certain = [if_there(Value(True, (node.location(),)), node, False) for node in found]
    return any_of(certain or [Value(False, (item.location(),))])


def _encryption(item: Item, configuration: Companions) -> tuple[Value[Any], Value[Any]]:
    """(algorithm, key): the separate resource, else the deprecated block of the bucket."""
    path = "rule.apply_server_side_encryption_by_default"
    old = f"server_side_encryption_configuration.{path}"
    algorithm = first_known(configuration[f"{path}.sse_algorithm"], item[f"{old}.sse_algorithm"])
    key = first_known(configuration[f"{path}.kms_master_key_id"], item[f"{old}.kms_master_key_id"])
    return s3.default_key(algorithm, key)


def _grants(item: Item, parts: dict[str, Companions], flags: dict[str, Value[Any]], acls_disabled: Value[Any]) -> Value[Any]:
    held = parts["aws_s3_bucket_policy"]
    documents = [node["policy"] for node in held.nodes] + [item["policy"]]
    granted = s3.policy_grants(documents, item.account, flags["restrict_public_buckets"])
    effective = any_of([flags["ignore_public_acls"], acls_disabled])
    acls = parts["aws_s3_bucket_acl"]
    granted += [_acl(node, effective) for node in [*acls.nodes, item]]
    return gather(granted + s3.may_have_more(held, acls))


def _acl(node: Any, blocked: Value[Any]) -> Value[Any]:
    """Grants of a canned ACL and of explicit ones."""
    found = s3.canned_acl(node["acl"], blocked)
    for path in ("access_control_policy.grant", "grant"):
        grants, more = node.blocks(path)
        found += [more] if more else []
        for grant in grants:
            uri = first_known(grant["grantee.uri"], grant["uri"])
            who = first_known(uri, grant["grantee.id"], grant["id"], grant["grantee.email_address"]).default("")
            actions = first_known(grant["permission"], grant["permissions"]).then(
                lambda held: held if isinstance(held, str) else ", ".join(map(str, held or []))
            )
            found.append(s3.acl_grant(who, actions, uri.default("").equals(*s3.PUBLIC_GROUPS), blocked))
    return Value(found, node["acl"].seen)
