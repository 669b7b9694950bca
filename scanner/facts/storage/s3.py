"""S3: what its settings mean, however an input writes them."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts import policies
from assay.scanner.facts.base import Companions
from assay.scanner.facts.policies import Grant
from assay.scanner.sources.values import Unknown, Value, all_of

# Since April 2023 new buckets have ACLs disabled; older ones do not, and code does not tell which this is:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
OWNERSHIP_BY_DEFAULT = Unknown(
    "no ownership controls: the default depends on when the bucket was created", "declare BucketOwnerEnforced, or scan the live bucket"
)


def default_key(algorithm: Value[Any], key: Value[Any]) -> tuple[Value[Any], Value[Any]]:
    """(algorithm, key) of default encryption: a key counts only with KMS.

    Without configuration, SSE-S3 since January 2023: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
    """
    algorithm = algorithm.default("AES256")
    kms = algorithm.equals("aws:kms", "aws:kms:dsse")
    if kms.unknown:
        return algorithm, Value(kms.unknown, algorithm.seen)
    return algorithm, key if kms.data else Value(None, algorithm.seen)


# Who delivers access logs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html,
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
LOG_GROUP = "http://acs.amazonaws.com/groups/s3/LogDelivery"
LOG_ACL = "log-delivery-write"
_LOG_SERVICES = ("logging.s3.amazonaws.com", "logdelivery.elasticloadbalancing.amazonaws.com")
# The accounts of Elastic Load Balancing, one for each region that is older than August 2022; listed on the second of these pages.
_LOG_ACCOUNTS = frozenset(
    [
        "127311923021", "033677994240", "027434742980", "797873946194", "098369216593", "754344448648", "589379963580", "718504428378",
        "383597477331", "600734575887", "114774131450", "783225319266", "582318560864", "985666609251", "054676820928", "156460612806",
        "652711504416", "635631232127", "009996457667", "897822967062", "076674570225", "507241528517", "048591011584", "190560391635",
        "638102146993", "037604701340",
    ]
)  # fmt: skip


def lets_logs_in(document: Value[Any]) -> bool:
    """Whether a bucket policy allows a service that delivers access logs."""
    allowed = [each for each in policies.statements(document) if isinstance(each, policies.Statement) and each.allows is True]
    named = [who for statement in allowed for _, who in statement.principals]
    return any(who in _LOG_SERVICES or (isinstance(who, str) and policies.principal_account(who) in _LOG_ACCOUNTS) for who in named)


# https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
PUBLIC_GROUPS = ("http://acs.amazonaws.com/groups/global/AllUsers", "http://acs.amazonaws.com/groups/global/AuthenticatedUsers")
_CANNED = {"public-read": "READ", "public-read-write": "READ, WRITE", "authenticated-read": "READ"}
_NOT_PUBLIC = ("private", "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control", LOG_ACL)


def canned_acl(name: Value[Any], blocked: Value[Any]) -> list[Any]:
    """The grant of a canned ACL by the name that the S3 API has for it (`public-read`); none where there is no ACL."""
    if name.unknown:
        return [name.unknown]
    if name.absent:
        return []
    public = name.then(
        lambda text: text in _CANNED if text in (*_CANNED, *_NOT_PUBLIC) else Unknown(f"{text} is no canned ACL", "correct the ACL")
    )
    return [acl_grant(name.then(lambda text: f"ACL {text}"), Value(_CANNED.get(str(name.data), "as the ACL says")), public, blocked)]


def acl_grant(who: Value[Any], actions: Value[Any], public: Value[bool], blocked: Value[Any]) -> Grant:
    return Grant(principal=who, actions=actions, public=public, foreign=Value(False), exposed=all_of([public, blocked.negate()]))


def policy_grants(documents: list[Value[Any]], account: Value[Any], restricted: Value[Any]) -> list[Value[Any]]:
    """What bucket policies grant. `restricted`: RestrictPublicBuckets takes the effect of a public policy away."""
    owner = account.data if isinstance(account.data, str) else None
    return [policies.aws_grants(document, owner, restricted) for document in documents]


def may_have_more(*held: Companions) -> list[Value[Any]]:
    """Why there may be grants beside those that were found."""
    return [Value(part.more) for part in held if part.more and not part.nodes]
