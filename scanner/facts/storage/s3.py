"""S3: what its settings mean."""

from __future__ import annotations

import re
from typing import Annotated, Any

from assay.scanner.facts import policies, statements
from assay.scanner.facts.keys.references import KeyLink
from assay.scanner.facts.policies import Grant
from assay.scanner.facts.spelling import Beside, Fixed, Index, One, Place, Referrer, Spelling
from assay.scanner.facts.storage import access_points
from assay.scanner.facts.storage.kinds import Bucket
from assay.scanner.facts.targets import called
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of, gather

FLAGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
"""The flags of a public access block, as the API names them."""
DIRECTORY_BUCKETS = ("aws_s3_directory_bucket", "AWS::S3Express::DirectoryBucket")
_ENFORCED = "BucketOwnerEnforced"
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
_BY_DEFAULT = f"{_ENFORCED}, the default of buckets that are new since April 2023"
_ACL_WITHOUT_OWNERSHIP = Unknown(
    "the bucket has an ACL and no ownership controls: S3 refuses the ACL of a new bucket, and an older one has ACLs enabled",
    "declare ownership controls, or scan the live bucket",
)


class GrantsAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may use an S3 bucket."""

    flags: Annotated[tuple[Place, ...], "public_access_blocked", "grants"]
    """Those of the bucket's public access block and the account's, in the order of FLAGS."""
    ownership: Annotated[Place, "acls_disabled", "acls_disabled_by", "grants"]
    access_points: Annotated[tuple[access_points.PointAt, ...], "grants"] = ()
    policy: Annotated[Place, "grants", "receives_access_logs"] = ""
    policies: Annotated[Place, "grants", "receives_access_logs"] = ()
    """Policies that are resources of their own."""
    policy_is_public: Annotated[Place, "grants"] = ""
    """What S3 itself thinks of the policy."""
    acl: Annotated[Place, "grants", "receives_access_logs"] = ""
    """Canned ACLs."""
    acl_grants: Annotated[tuple[str | One, ...], "grants", "receives_access_logs"] = ()
    """Where ACLs have grants one by one, and below these what they say."""
    object_acls: Annotated[tuple[Referrer, ...], "grants"] = ()
    """Canned ACLs of single objects, which are in its code."""
    group: Annotated[str, "grants", "receives_access_logs"] = ""
    grantee: Annotated[str, "grants"] = ""
    permission: Annotated[str, "grants"] = ""


class BucketAt(GrantsAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of an S3 bucket."""

    declared: Annotated[Place, "block_declared"] = Fixed(True)
    """What declares a public access block; in a live account what is in force shows, declared or not."""
    new: Annotated[bool, "acls_disabled", "acls_disabled_by"] = True
    """Buckets are judged as new ones, with the defaults of these; a live account shows them as they are."""
    versioning: Annotated[Place, "versioned"]
    """`Enabled`, or a switch."""
    object_lock: Annotated[Place, "versioned"] = ""
    """Whether the bucket is made with Object Lock, of an input that does not show the versioning that S3 turns on for it."""
    algorithm: Annotated[Place, "encryption", "encryption_key"]
    key: Annotated[Place, "encryption_key"]
    keys: Annotated[KeyLink, "encryption_key"]
    """How it names keys."""
    log_sources: Annotated[tuple[Referrer, ...], "receives_access_logs"] = ()
    """What names the bucket as the target of its access logs."""
    log_targets: Annotated[Index | None, "receives_access_logs"] = None
    """Address or name of a bucket to such items, where a path does not lead to the attribute."""
    logging: Annotated[Place, "receives_access_logs"] = ""
    logging_target: Annotated[Place, "receives_access_logs"] = ""
    opened: Annotated[tuple[str, ...], "receives_access_logs"] = ()
    """Answers without which it is not known whether it is open to log delivery; in code a policy that is not known is for other things."""

    @property
    def granting(self) -> GrantsAt:
        """The part of it that tells who may use the bucket, for those who ask for that alone."""
        return GrantsAt(**{name: getattr(self, name) for name in GrantsAt.__struct_fields__})


def bucket(view: View, at: BucketAt) -> Bucket:
    """A bucket with what its companions and the account-level block say of it."""
    directory = is_directory(view)
    flags = [any_of([Value(directory), *_switches(view, flag)]) for flag in at.flags]
    algorithm, key = _default_key(view[at.algorithm], view[at.key])
    written, acls = documents(view, at), _canned_acls(view, at)
    ownership = view.says(_ENFORCED) if directory else _ownership(view, at, acls)
    return Bucket(
        identity=view.identity(view[at.name]),
        public_access_blocked=all_of(flags),
        block_declared=view.says(True) if directory else view.exists(at.declared),
        acls_disabled=ownership.then(lambda text: text in (_ENFORCED, _BY_DEFAULT)),
        acls_disabled_by=ownership,
        # Off unless it is configured: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
        versioned=any_of(
            [view[at.versioning].equals("Enabled", "true", True), view.limits(view[at.object_lock].equals("Enabled", "true", True))]
        ),
        versionable=view.says(not directory),
        retention_locked=view.says(False),  # S3 Object Lock works on versions, so it is no alternative to them
        encryption_key=at.keys.key(view, key),
        encryption=algorithm,
        receives_access_logs=any_of([*_named_by_sources(view, at), *_opened_to_logs(view, at, written, acls)]),
        grants=_grants(view, at, written, acls),
    )


def grants(view: View, at: GrantsAt) -> Value[Any]:
    """Who may use a bucket, as the fact of that name says it."""
    return _grants(view, at, documents(view, at), _canned_acls(view, at))


def documents(view: View, at: GrantsAt) -> list[Value[Any]]:
    """The policies of a bucket: its own, and those that are resources of their own."""
    return [*(policies.required(document) for document in view.values(at.policies)), view[at.policy]]


def _canned_acls(view: View, at: GrantsAt) -> list[Value[Any]]:
    return [_canned(name) for name in view.values(at.acl)]


def _switches(view: View, flag: Place) -> list[Value[bool]]:
    """A flag on the bucket itself, and on its account."""
    places = flag if isinstance(flag, tuple) else (flag,)
    own = [view[place] for place in places if not isinstance(place, Beside)]
    of_account = view.values(*[place for place in places if isinstance(place, Beside)])
    return [value.default(False).truth() for value in (*own, *of_account)]


def is_shut(view: View, flags: tuple[Place, ...]) -> Value[bool]:
    """Whether nobody gets in without credentials, whatever policies and ACLs say. `flags`: the last two of FLAGS.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-options
    """
    return all_of([any_of(_switches(view, flag)) for flag in flags])


def is_directory(view: View) -> bool:
    """Whether it is a directory bucket: S3 Express, or a Local Zone.

    Public access is blocked and ACLs are disabled, which nobody can change, and there are no versions:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/directory-buckets-overview.html
    """
    return view.item.type in DIRECTORY_BUCKETS


def _ownership(view: View, at: BucketAt, acls: list[Value[Any]]) -> Value[Any]:
    """What decides whether ACLs have effect; the default where nothing says so."""
    declared = view[at.ownership].then(lambda text: _ENFORCED if isinstance(text, str) and text.lower() == _ENFORCED.lower() else text)
    if not at.new:
        return declared.default("no ownership controls: the default of buckets from before April 2023")
    open_acl = next((acl for acl in acls if not acl.absent and acl.data != "private"), None)
    listed, more = view.inner(*at.acl_grants)
    default = _ACL_WITHOUT_OWNERSHIP if open_acl is not None or listed or more else _BY_DEFAULT
    return declared.default(default)


def _default_key(algorithm: Value[Any], key: Value[Any]) -> tuple[Value[Any], Value[Any]]:
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
_LOG_GROUP = "http://acs.amazonaws.com/groups/s3/LogDelivery"
_LOG_ACL = "log-delivery-write"
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


def _named_by_sources(view: View, at: BucketAt) -> list[Value[bool]]:
    """Whether something names the bucket as the target of its access logs."""
    sources = view.referrers(*at.log_sources).views
    if at.log_targets:
        keys = {view.item.address, *(called(view.item, name) for name in at.names)}
        sources += [view.of(item) for key in keys for item in view.index(at.log_targets).get(key, ())]
    # Without a destination, a bucket logs to itself:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-loggingconfiguration.html
    to_itself = all_of([view[at.logging].is_set(), view[at.logging_target].is_set().negate()])
    return [*[source.weighed(source.says(True), absence=False) for source in sources], to_itself]


def _opened_to_logs(view: View, at: BucketAt, documents: list[Value[Any]], acls: list[Value[Any]]) -> list[Value[bool]]:
    """Whether it is open to the service that delivers access logs, without which none arrive."""
    open_: list[Value[bool]] = [Value(True, acl.seen) for acl in acls if acl.data == _LOG_ACL]
    open_ += [grant.says(True) for grant in view.inner(*at.acl_grants)[0] if grant[at.group].data == _LOG_GROUP]
    open_ += [Value(True, document.seen) for document in documents if _lets_logs_in(document)]
    return open_ + [view[path].then(lambda _: False) for path in at.opened]


def _lets_logs_in(document: Value[Any]) -> bool:
    """Whether a bucket policy allows a service that delivers access logs."""
    allowed = [
        statement
        for statement in statements.statements(document)
        if isinstance(statement, statements.Statement) and statement.allows is True
    ]
    named = [who for statement in allowed for _, who in statement.principals]
    return any(who in _LOG_SERVICES or (isinstance(who, str) and statements.principal_account(who) in _LOG_ACCOUNTS) for who in named)


def _grants(view: View, at: GrantsAt, documents: list[Value[Any]], acls: list[Value[Any]]) -> Value[Any]:
    """What policies and ACLs grant, and whether the public access block takes the effect of that away."""
    directory: Value[Any] = Value(is_directory(view))
    ignored, restricted = (any_of([directory, *map(view.limits, _switches(view, flag))]) for flag in at.flags[2:])
    by_policy = _settled(gather([policies.aws_grants(document, view.account, restricted) for document in documents]), restricted)
    by_acl = _by_acl(view, at, acls, ignored)
    by_object = _settled(Value(_by_object_acls(view, at, ignored)), ignored)
    by_point = [_settled(grants, restricted) for point in at.access_points for grants in access_points.grants(view, point, restricted)]
    explained = any(map(policies.denied_to_everyone, documents))
    status = Value(None) if explained else _as_s3_judges(view[at.policy_is_public], by_policy, restricted)
    return gather([by_policy, by_acl, by_object, *by_point, status])


def _by_acl(view: View, at: GrantsAt, acls: list[Value[Any]], ignored: Value[bool]) -> Value[Any]:
    """What ACLs grant. `ignored`: the public access block takes the effect of what they give to everyone away."""
    # A bucket with an ACL in its code cannot have been made with ACLs disabled. Without ownership controls, ACLs of a live bucket work:
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html
    ineffective = any_of([ignored, view.limits(view[at.ownership].equals(_ENFORCED))])
    canned = [_canned_grant(acl, ineffective) for acl in acls if not acl.absent]
    listed, more = _listed_grants(view, at, ineffective)
    return _settled(Value([*canned, *listed, *([more] if more and more not in canned else [])]), ineffective)


def _by_object_acls(view: View, at: GrantsAt, ignored: Value[bool]) -> list[Grant | Unknown]:
    """What ACLs of single objects give to everyone, or may give."""
    ineffective = any_of([ignored, view.limits(view[at.ownership].equals(_ENFORCED))])
    acls = [_canned(name) for name in view.values(*at.object_acls)]
    shown = [acl for acl in acls if not acl.absent and acl.then(_is_public).data is not False]
    return [_canned_grant(acl, ineffective, "object ACL") for acl in shown]


def public_writers(view: View, at: GrantsAt) -> list[tuple[Grant, Value[bool]] | Unknown]:
    """What ACLs grant, each with whether it lets everyone put objects into the bucket.

    FULL_CONTROL has WRITE in it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#permissions
    """
    ignored = any_of([Value(is_directory(view)), *map(view.limits, _switches(view, at.flags[2]))])
    granted = _by_acl(view, at, _canned_acls(view, at), ignored).data
    return [grant if isinstance(grant, Unknown) else (grant, all_of([grant.exposed, grant.actions.then(_writes)])) for grant in granted]


def _writes(actions: Any) -> bool:
    return not {"WRITE", "FULL_CONTROL"}.isdisjoint(str(actions).split(", "))


def _settled(grants: Value[Any], blocked: Value[bool]) -> Value[Any]:
    """Where public access is blocked, nobody whom a part that is not known may let in is the public."""
    if blocked.data is not True:
        return grants
    elements = grants.data if isinstance(grants.data, list) else [grants.data]
    return Value([grant for grant in elements if not isinstance(grant, Unknown)], [*grants.seen, *blocked.seen])


# https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
_PUBLIC_GROUPS = ("http://acs.amazonaws.com/groups/global/AllUsers", "http://acs.amazonaws.com/groups/global/AuthenticatedUsers")
_PUBLIC = {"public-read": "READ", "public-read-write": "READ, WRITE", "authenticated-read": "READ"}
_NOT_PUBLIC = ("private", "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control", _LOG_ACL)


def _canned(name: Value[Any]) -> Value[Any]:
    """A canned ACL as the API names it: `public-read`, which CloudFormation calls `PublicRead`."""
    return name.then(lambda text: re.sub(r"\B([A-Z])", r"-\1", text).lower() if isinstance(text, str) else text)


def _canned_grant(acl: Value[Any], ineffective: Value[bool], sort: str = "ACL") -> Grant | Unknown:
    actions = acl.then(lambda name: _PUBLIC.get(str(name), "as the ACL says"))
    if acl.unknown and not acl.options:
        return acl.unknown
    return policies.acl_grant(acl.then(lambda name: f"{sort} {name}"), actions, acl.then(_is_public), ineffective)


def _listed_grants(view: View, at: GrantsAt, ineffective: Value[bool]) -> tuple[list[Grant], Unknown | None]:
    blocks, more = view.inner(*at.acl_grants)
    grants: list[Grant] = []
    for block in blocks:
        who = block[at.group, at.grantee].default("")
        actions = block[at.permission].then(lambda names: names if isinstance(names, str) else ", ".join(map(str, names or [])))
        grants.append(policies.acl_grant(who, actions, block[at.group].default("").equals(*_PUBLIC_GROUPS), ineffective))
    return grants, more


def _is_public(acl: str) -> bool | Unknown:
    return acl in _PUBLIC if acl in (*_PUBLIC, *_NOT_PUBLIC) else Unknown(f"{acl} is no canned ACL", "correct the ACL")


def _as_s3_judges(public: Value[Any], by_policy: Value[Any], restricted: Value[Any]) -> Value[Any]:
    """A policy that S3 itself calls public, and that no statement explains: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PolicyStatus.html

    What S3 calls public are grants; what denials take from them again is no part of that:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
    """
    explained = any(isinstance(grant, Grant) and grant.public.data is True for grant in by_policy.data)
    if public.data is not True or explained:
        return Value(None)
    return Value([policies.acl_grant(Value("*", public.seen), Value("what its policy says", public.seen), public, restricted)])
