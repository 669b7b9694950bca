"""Who may erase what S3 buckets and DynamoDB tables keep.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-specific-table-indexes.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
from assay.scanner.facts.messaging.kinds import Parties
from assay.scanner.facts.messaging.parties import aws_parties
from assay.scanner.facts.model import Identity
from assay.scanner.facts.policies import of_other_account
from assay.scanner.facts.spelling import Another, Link, Place, Spelling
from assay.scanner.facts.statements import Statement, allowed_of, names_whole_account, statements
from assay.scanner.facts.storage.lifecycle import s3 as lifecycles
from assay.scanner.facts.storage.retention import s3 as retentions
from assay.scanner.facts.view import View
from assay.scanner.sources import numbers
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of, places

from . import organisation
from .arns import Arns, Form, spelled
from .decisions import Target, allowed, left_by, on, region_of
from .holdings import Holding, Holdings, holdings
from .kinds import Eraser, RecordStore
from .meeting import Told
from .organisation import Limits
from .requests import Request
from .ways import arns_of
from .whose import as_for, callers


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
    known: Holdings = numbers.kept(view.items.answers, key, lambda: holdings(view, at.identities.spelling, arns, AWS_ERASING, above))
    held = known.of([arn for target in targets for arn in target.arns], frozenset().union(*(target.actions for target in targets)))
    documents = view.values(at.policies)
    if at.copies:
        blocks, more = view.inner(at.copies)
        documents = [block[place] for block in blocks for place in [at.policies]] + ([view.says(more)] if more else [])
    own = [entry for document in documents for entry in statements(document)]
    denials = [spelled(entry, arns) for entry in own if isinstance(entry, Statement) and entry.allows is not True]
    unread = [entry for entry in own if isinstance(entry, Unknown)]
    found: list[Any] = [*_of_identities(view, held, targets, denials), *_of_policy(view, at, own, arns, targets, denials)]
    for eraser in found if unread else ():  # what is not read may deny it
        eraser.deletes = all_of([eraser.deletes, Value(unread[0])])
        eraser.replaces = all_of([eraser.replaces, Value(unread[0])])
    found += unread
    found += [why for item, why in known.doubts if view.item.same_account(item) is not False]
    return Value(found, places([view.says(None), *documents]))


def _of_identities(view: View, held: Iterable[Holding], targets: list[Target], denials: list[Statement]) -> list[Eraser]:
    """By the policies of identities of the account: an eraser for each identity."""
    merged: dict[str, tuple[Holding, list[tuple[str, Value[bool]]]]] = {}
    for holding in held:
        if view.item.same_account(holding.item) is False:
            continue
        if actions := list(allowed(view, holding, targets, denials)):
            merged.setdefault(holding.item.address, (holding, []))[1].extend(actions)
    return [_eraser(holding.name, Parties(holding.who), holding.workload, actions) for holding, actions in merged.values()]


def _eraser(name: Value[Any], who: Parties, workload: Value[bool], allowed: list[tuple[str, Value[bool]]]) -> Eraser:
    deleting = [value for action, value in allowed if action not in _REPLACING]
    replacing = [value for action, value in allowed if action in _REPLACING]
    certain = dict.fromkeys(_SPELLED.get(action, action) for action, value in allowed if value.data is True)
    perhaps = dict.fromkeys(_SPELLED.get(action, action) for action, value in allowed if value.data is not True)
    seen = places([value for _, value in allowed])
    return Eraser(
        identity=who,
        name=Value(name.data if isinstance(name.data, str) else describe(name.raw), name.seen),
        by=Value(", ".join(certain or perhaps), seen),
        workload=workload,
        deletes=any_of([*deleting, Value(False, seen)]),
        replaces=any_of([*replacing, Value(False, seen)]),
    )


def _of_policy(
    view: View, at: StoreAt, own: list[Statement | Unknown], arns: Arns, targets: list[Target], denials: list[Statement]
) -> Iterator[Eraser]:
    """By the store's own policy. The account as a whole is let nothing by it that the policies of its identities do not let it."""
    link = next((one.others for one in at.identities.spelling if one.others is not None), None) or Link("", ())
    for entry in own:
        if isinstance(entry, Unknown) or entry.allows is False:
            continue
        actions, more = allowed_of(entry, AWS_ERASING)
        doubt = more if not actions or entry.not_action else None
        doubt = doubt or (entry.allows if isinstance(entry.allows, Unknown) else None)
        for kind, who in callers(entry, left_by(entry, denials, targets, actions)):
            if kind == "AWS" and names_whole_account(who) and of_other_account(kind, who, view.account, entry).data is False:
                continue
            parties = aws_parties(view, link, kind, who, entry)
            named = parties.principal if isinstance(parties.principal, Identity) else None
            mine = [one for denial in denials if (one := as_for(denial, named) if named else denial) is not None]
            limits = _limits(view, at, arns, kind, who, named)
            asked = actions or (AWS_ERASING if more else frozenset())
            given = list(on(targets, spelled(entry, arns), asked, [*mine, *limits.denials], limits.bounds, doubt))
            if given:
                name = "anyone" if kind == "*" or entry.not_principal else describe(who)
                yield _eraser(Value(name, entry.seen), parties, Value(True, entry.seen), given)


def _limits(view: View, at: StoreAt, arns: Arns, kind: str, who: Any, named: Identity | None) -> Limits:
    """What policies of the organisation take from a principal of the store's own policy."""
    known = named if named is not None and view.items.at(named.address) is not None else None
    regions = region_of(view)
    request = Request(known, Told({}, regions=regions), regions, service=kind == "Service")
    caller = organisation.caller_of(view, who, known) if kind == "AWS" else None
    return organisation.known(view, at.organisation, arns).limits(request, caller, view.item)


_SPELLED = {
    name.lower(): name
    for name in (
        "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention", "s3:PutLifecycleConfiguration",
        "s3:PutBucketObjectLockConfiguration", "s3:PutBucketPolicy", "dynamodb:DeleteItem", "dynamodb:UpdateItem",
        "dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete", "dynamodb:PartiQLUpdate", "dynamodb:DeleteTable",
        "dynamodb:UpdateTimeToLive", "dynamodb:PutItem",
    )
}  # fmt: skip
