"""Who may erase what S3 buckets and DynamoDB tables keep.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-specific-table-indexes.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from assay.scanner.facts.iam.erasing import (
    AWS_ERASING,
    DELETING_ITEMS,
    OF_BUCKETS,
    OF_OBJECTS,
    OPENING_BUCKETS,
    REPLACING_ITEMS,
    REPLACING_OBJECTS,
    WRITING_OBJECTS,
)
from assay.scanner.facts.spelling import Another, Place, Spelling
from assay.scanner.facts.statements import statements
from assay.scanner.facts.storage.lifecycle import s3 as lifecycles
from assay.scanner.facts.storage.retention import s3 as retentions
from assay.scanner.facts.view import View
from assay.scanner.sources import numbers
from assay.scanner.sources.values import Value, all_of, any_of, places

from . import organisation
from .arns import Arns, Form
from .decisions import Target, region_of
from .granted import Asking, Granted, Own, of_identities, of_policy
from .holdings import Holdings, holdings
from .kinds import Eraser, RecordStore
from .trusting import called
from .ways import arns_of


class StoreAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may erase from a store."""

    identities: Annotated[Another, "erasers"]
    """Of `IdentityAt`, for each type of identities."""
    policies: Annotated[Place, "erasers"] = ()
    """Policies of the store itself."""
    copies: Annotated[str, "erasers"] = ""
    """Blocks of copies in other regions, which have policies of their own."""
    tags: Annotated[Place, "erasers"] = ""
    """Of a live account, the calls that tell its tags, by which it has its role."""
    organisation: Annotated[Another | None, "erasers"] = None
    """Of `OrganisationAt`."""
    forms: Mapping[str, Form] = {}
    """Of the types of stores whose ARNs policies may hold."""


class BucketAt(StoreAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells this of a bucket."""

    retention: Annotated[retentions.RetentionAt, "retention_days", "locked", "weakness"]
    lifecycle: Annotated[lifecycles.LifecycleAt, "deleted_after"]


def bucket(view: View, at: BucketAt) -> RecordStore:
    """A bucket. Objects under a lock are replaced by new versions alone, so that s3:PutObject erases nothing of them."""
    kept = retentions.retention(view, at.retention)
    arns = arns_of(view, at.forms)
    called = _names(view, at, arns)
    objects = Target(OF_OBJECTS, [f"{arn}/*" for arn in called])
    return RecordStore(
        identity=view.identity(view[at.name]),
        lockable=view.says(True),
        retention_days=kept.retention_days,
        locked=kept.locked,
        weakness=kept.weakness,
        deleted_after=lifecycles.bucket(view, at.lifecycle).deleted_after,
        erasers=_erasers(view, at, arns, [objects, Target(OF_BUCKETS, called)]),
    )


def table(view: View, at: StoreAt) -> RecordStore:
    """A table. What is put replaces what has the same key, and nothing of it is kept beside it."""
    arns = arns_of(view, at.forms)
    called = _names(view, at, arns)
    return RecordStore(
        identity=view.identity(view[at.name]),
        lockable=view.says(False),
        erasers=_erasers(view, at, arns, [Target(DELETING_ITEMS, called), Target(REPLACING_ITEMS, called)]),
    )


def writers(view: View, at: StoreAt) -> Value[Any]:
    """Everybody who may put an object into a bucket, or delete one, or write the policy by which they may."""
    arns = arns_of(view, at.forms)
    called = _names(view, at, arns)
    return _erasers(view, at, arns, [Target(WRITING_OBJECTS, [f"{arn}/*" for arn in called]), Target(OPENING_BUCKETS, called)])


_REPLACING = REPLACING_ITEMS | REPLACING_OBJECTS


def _names(view: View, at: StoreAt, arns: Arns) -> list[str]:
    region = view.item.region.data
    name = view[at.name].raw
    return arns.of(view.item.address, view.item.type, name, region if isinstance(region, str) else None, view.account)


def _erasers(view: View, at: StoreAt, arns: Arns, targets: list[Target]) -> Value[Any]:
    """Everybody whom a policy of an identity, or the store's own, lets erase."""
    key = "analysis.access.holdings"
    above = organisation.known(view, at.organisation, arns)
    types = at.identities.spelling
    known: Holdings = numbers.kept(view.items.answers, key, lambda: holdings(view, types, arns, AWS_ERASING, above))
    asked = Asking(view, types, arns, targets, None, above, region_of(view))
    documents = view.values(at.policies)
    if at.copies:
        blocks, more = view.inner(at.copies)
        documents = [block[place] for block in blocks for place in [at.policies]] + ([view.says(more)] if more else [])
    own = Own([entry for document in documents for entry in statements(document)], alone=False)
    holding = known.of([arn for target in targets for arn in target.arns], asked.actions)
    given = [*_by_identity(of_identities(asked, holding, own.denials(arns))), *of_policy(asked, own)]
    erasers: list[Any] = [_eraser(granted) for granted in given]
    for eraser in erasers if own.unread else ():  # what is not read may deny it
        eraser.deletes = all_of([eraser.deletes, Value(own.unread[0])])
        eraser.replaces = all_of([eraser.replaces, Value(own.unread[0])])
    erasers += own.unread
    erasers += [why for item, why in known.doubts if view.item.same_account(item) is not False]
    return Value(erasers, places([view.says(None), *documents]))


def _by_identity(given: Iterable[Granted]) -> list[Granted]:
    """One for each identity, with all that its statements let it do."""
    merged: dict[str, Granted] = {}
    for granted in given:
        merged.setdefault(granted.key, granted._replace(given=[])).given.extend(granted.given)
    return list(merged.values())


def _eraser(granted: Granted) -> Eraser:
    allowed, name = granted.given, granted.name
    deleting = [value for action, value in allowed if action not in _REPLACING]
    replacing = [value for action, value in allowed if action in _REPLACING]
    certain = dict.fromkeys(_SPELLED.get(action, action) for action, value in allowed if value.data is True)
    perhaps = dict.fromkeys(_SPELLED.get(action, action) for action, value in allowed if value.data is not True)
    seen = places([value for _, value in allowed])
    return Eraser(
        identity=granted.who,
        name=Value(called(granted.who, name), name.seen),
        by=Value(", ".join(certain or perhaps), seen),
        workload=granted.workload,
        deletes=any_of([*deleting, Value(False, seen)]),
        replaces=any_of([*replacing, Value(False, seen)]),
    )


_SPELLED = {
    name.lower(): name
    for name in (
        "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention", "s3:PutLifecycleConfiguration",
        "s3:PutBucketObjectLockConfiguration", "s3:PutBucketPolicy", "dynamodb:DeleteItem", "dynamodb:UpdateItem",
        "dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete", "dynamodb:PartiQLUpdate", "dynamodb:DeleteTable",
        "dynamodb:UpdateTimeToLive", "dynamodb:PutItem",
    )
}  # fmt: skip
