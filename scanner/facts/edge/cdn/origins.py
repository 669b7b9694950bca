"""How CloudFront reads the buckets that it serves, and who else may.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.edge.cdn.buckets import OriginBucket, OriginsAt, origin_bucket
from assay.scanner.facts.edge.cdn.cloudfront import named
from assay.scanner.facts.edge.cdn.kinds import BucketOrigin, OriginAccess, OriginReader
from assay.scanner.facts.edge.cdn.origin_policies import covers, foreign, of_one, pinned, sources
from assay.scanner.facts.policies import Grant
from assay.scanner.facts.spelling import Another, Index, Link, Place, Spelling
from assay.scanner.facts.statements import Statement, bounded, names_whole_account, statements
from assay.scanner.facts.storage import s3
from assay.scanner.facts.storage.kinds import Bucket
from assay.scanner.facts.view import View
from assay.scanner.globs import matches
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Unknown, describe, references_in
from assay.scanner.sources.values import Value, all_of, any_of

_TOGETHER = "scan it together with this, or the live account"
_CLOUDFRONT = "cloudfront.amazonaws.com"
_READS = ("s3:getobject", "s3:getobjectversion")


class OriginAccessAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells how a distribution reads its buckets."""

    enabled: Place = "DistributionConfig.Enabled"
    origins: Annotated[OriginsAt, "origins", "readers"] = OriginsAt()
    control: Annotated[Link, "origins"]
    """Of an origin, its origin access control."""
    controls: Annotated[Index | None, "origins"] = None
    """Those by id."""
    signing: Annotated[str, "origins"] = "OriginAccessControlConfig.SigningBehavior"
    control_type: Annotated[str, "origins"] = "OriginAccessControlConfig.OriginAccessControlOriginType"
    identity: Annotated[str, "origins"] = "S3OriginConfig.OriginAccessIdentity"
    """Of an origin, its legacy origin access identity; an empty text is none."""
    identities: Annotated[tuple[str, ...], "origins", "readers"] = ("AWS::CloudFront::CloudFrontOriginAccessIdentity",)
    """Types of such identities."""
    canonical: Annotated[Index | None, "origins"] = None
    """Identities by their canonical user."""
    bucket: Annotated[Another, "origins", "readers"]
    buckets: Annotated[Index, "origins", "readers"]
    """Buckets by address and by name."""
    key_policies: Annotated[Index, "origins"]
    """Key policies by what names a key."""


def key_policies(key: str, policy: str, separate: tuple[str, str, str] | None = None, calls: tuple[str, ...] = ()) -> Index:
    """Policies of keys by address and id. `separate`: a type with a policy of its own, with the paths to its key and its policy."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        if separate is not None and item.type == separate[0]:
            target = item.link(separate[1]).data
            yield (target.address if isinstance(target, Reference) else str(target)), item[separate[2]]
        elif not isinstance(item, Unlisted):
            yield item.address, item[policy]
            if isinstance(id_ := item["KeyId"].data, str):
                yield id_, item[policy]

    return Index((key, *((separate[0],) if separate else ())), records, calls=calls)


def origin_access(view: View, at: OriginAccessAt) -> OriginAccess:
    """The origins of a distribution that are buckets, and who may read these."""
    blocks, more = view.inner(at.origins.origins)
    doubts: list[Any] = [more] if more else []
    origins: list[Any] = [*doubts]
    readers: list[Any] = [*doubts]
    for origin in blocks:
        bucket = origin_bucket(origin.node, at.origins, view)
        if isinstance(bucket, Unknown):
            origins.append(bucket)
            readers.append(bucket)
        elif bucket is not None:
            origins.append(_origin(view, origin, bucket, at))
            readers += _readers(view, origin, bucket, at)
    return OriginAccess(
        identity=view.identity(view[at.name]),
        enabled=view[at.enabled].default(True).truth(),
        origins=view.says(origins),
        readers=view.says(readers),
    )


def _origin(view: View, origin: View, bucket: OriginBucket, at: OriginAccessAt) -> BucketOrigin:
    by_control, by_identity = _controlled(origin, at), origin.link(at.identity).is_set()
    if bucket.website:
        by_control = by_identity = origin.says(False)
    return BucketOrigin(
        name=origin[at.origins.id].text(),
        website=origin.says(bucket.website),
        signed=any_of([by_control, by_identity]),
        readable=origin.says(True) if bucket.website else _readable(view, origin, bucket, at, by_control),
    )


def _controlled(origin: View, at: OriginAccessAt) -> Value[bool]:
    """Whether an origin access control signs every request: `never` signs none, `no-override` none that brings its own signature.

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html
    """
    linked = origin.link(at.control)
    if linked.is_set().data is False:
        return origin.says(False)
    control = named(origin, at.control, at.controls)
    if isinstance(control, View):
        sure = control.surely
        return all_of([sure[at.signing].equals("always"), sure[at.control_type].default("s3").equals("s3")])
    elsewhere = Unknown("whether the origin access control signs every request: it is declared elsewhere", _TOGETHER, origin.location)
    return linked.then(lambda _: control or elsewhere)


def _listed_bucket(view: View, origin: View, bucket: OriginBucket, at: OriginAccessAt) -> View | Unknown:
    """The bucket, where it is among the items."""
    known = view.index(at.buckets)
    key = bucket.address or bucket.name
    item = next(iter(known.get(key, ())), None) if key else None
    if isinstance(item, Item):
        return view.of(item, at.bucket.spelling.names)
    unlisted = next(iter(known.get(None, ())), None)
    reason = f"who may read the bucket of origin {origin[at.origins.id].data}: it is not declared in this code or stack"
    return unlisted or Unknown(reason, _TOGETHER, origin.location)


def _readable(view: View, origin: View, origin_is: OriginBucket, at: OriginAccessAt, by_control: Value[bool]) -> Value[bool]:
    """Whether the bucket's policy lets the identity of this distribution read, and the policy of its key lets it decrypt."""
    bucket = _listed_bucket(view, origin, origin_is, at)
    if isinstance(bucket, Unknown):
        return origin.says(bucket)
    written = [entry for document in s3.documents(bucket, at.bucket.spelling) for entry in statements(document)]
    allowed: list[Value[bool]] = []
    for entry in written:
        if isinstance(entry, Unknown):
            allowed.append(bucket.says(entry))
        elif entry.allows is True and (reads := covers(entry, _READS)).data is not False:
            allowed += [all_of([_lets_in(view, entry, kind, who, at), reads]) for kind, who in entry.principals]
    allowed = allowed or [bucket.says(False)]
    decrypts = _decrypts(view, bucket, at) if by_control.data is True else bucket.says(True)
    return all_of([any_of(allowed), decrypts])


def _lets_in(view: View, statement: Statement, kind: str, who: Any, at: OriginAccessAt) -> Value[bool]:
    """Whether a principal of a statement is the identity by which this distribution asks."""
    seen = statement.seen
    if kind == "*":
        return Value(True, seen)
    if kind == "Service":
        is_cdn = Value.of(who, seen).equals(_CLOUDFRONT)
        named_sources = sources(statement)
        if isinstance(named_sources, Unknown):
            return all_of([is_cdn, Value(named_sources, seen)])
        own = any_of([_is_this(view, source) for source in named_sources]) if named_sources else Value(True, seen)
        return all_of([is_cdn, own])
    return _is_identity(view, kind, who, at, seen)


_IDENTITY = "cloudfront:user/cloudfront origin access identity "


def _is_identity(view: View, kind: str, who: Any, at: OriginAccessAt, seen: Any) -> Value[bool]:
    """Whether a principal is an origin access identity, by its ARN or by its canonical user."""
    if isinstance(who, Unknown):
        return Value(who, seen)
    if any(reference.type in at.identities for reference in references_in(who)):
        return Value(True, seen)
    text = str(who).lower()
    if _IDENTITY in text:
        return Value(True, seen)
    if kind != "CanonicalUser":
        return Value(False, seen)
    if at.canonical is None:
        return Value(Unknown(f"whether the canonical user {describe(who)} is CloudFront's", "name the identity by its ARN"), seen)
    known = view.index(at.canonical)
    return Value(True if known.get(who) else next(iter(known.get(None, ())), None) or False, seen)


def _is_this(view: View, source: Any) -> Value[bool]:
    """Whether a source may be this distribution. In code, one that is written out names a distribution that stands already."""
    if isinstance(source, Unknown):
        return Value(source)
    if references := [reference for reference in references_in(source) if "istribution" in reference.type]:
        return Value(any(reference.address == view.item.address for reference in references))
    text, own = str(source), view.item.address
    if not own.startswith("arn:"):
        return Value(True)
    return Value(matches(text, own))


def _decrypts(view: View, bucket: View, at: OriginAccessAt) -> Value[bool]:
    """Whether CloudFront may use the key of the bucket; a key that is declared elsewhere is judged there.

    The policy of `aws/s3` cannot let it:
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html#create-oac-overview-s3
    """
    kms = bucket[at.bucket.spelling.algorithm].default("AES256").equals("aws:kms", "aws:kms:dsse")
    key = bucket[at.bucket.spelling.key]
    target = key.data
    if kms.data is False or isinstance(target, Unknown):
        return any_of([kms.negate(), Value(target, key.seen)])
    if target is None or str(target).endswith("alias/aws/s3"):
        return kms.negate()
    name = target.address if isinstance(target, Reference) else str(target)
    known = view.index(at.key_policies)
    documents = known.get(name) or known.get(name.rpartition("/")[2]) or ()
    lets: list[Value[bool]] = [_lets_decrypt(document) for document in documents]
    return any_of([kms.negate(), *(lets or [Value(True, key.seen)])])


def _lets_decrypt(document: Value[Any]) -> Value[bool]:
    allowed: list[Value[bool]] = [Value(False, document.seen)]
    for entry in statements(document):
        if isinstance(entry, Unknown):
            allowed.append(Value(entry, document.seen))
        elif entry.allows is True:
            whom = [Value.of(who, entry.seen).equals(_CLOUDFRONT, "*") for kind, who in entry.principals if kind in ("Service", "*")]
            allowed.append(all_of([any_of(whom), covers(entry, ("kms:decrypt",))]))
    return any_of(allowed)


def _readers(view: View, origin: View, origin_is: OriginBucket, at: OriginAccessAt) -> list[Any]:
    """Who may read a bucket by its policy, its access lists and its access points, as OriginReader or Unknown."""
    bucket = _listed_bucket(view, origin, origin_is, at)
    if isinstance(bucket, Unknown):
        return [bucket]
    known: Bucket = s3.bucket(bucket, at.bucket.spelling)
    name = bucket.says(known.identity.name)
    grants = known.grants.data if isinstance(known.grants.data, list) else [known.grants.data]
    written = [entry for document in s3.documents(bucket, at.bucket.spelling) for entry in statements(document)]
    readers: list[Any] = list({one.reason: one for one in (*grants, *written) if isinstance(one, Unknown)}.values())
    for grant in grants:
        if isinstance(grant, Grant) and grant.public.data is not False:
            readers.append(OriginReader(bucket=name, principal=grant.principal, passes_by=grant.exposed))
    for entry in written:
        if isinstance(entry, Statement) and entry.allows is True and (reads := covers(entry, _READS)).data is not False:
            told = [_reader(bucket, name, entry, kind, who, at) for kind, who in entry.principals]
            readers += [_perhaps(reader, reads) for reader in told if reader is not None]
    return readers


def _perhaps(reader: OriginReader, reads: Value[bool]) -> OriginReader:
    """The reader that someone is if a statement is for reading at all."""
    reader.passes_by = all_of([reader.passes_by, reads])
    return reader


def _reader(view: View, bucket: Value[str], statement: Statement, kind: str, who: Any, at: OriginAccessAt) -> OriginReader | None:
    """Whom a statement lets read, but for the public, whom grants tell. `view`: of the bucket."""
    seen = statement.seen
    if statement.not_principal:
        return None
    if kind == "*":
        limited = bounded(statement)
        if limited.data is False:
            return None
        passes = all_of([limited, pinned(statement).negate(), of_one(statement).negate()])
        return OriginReader(bucket=bucket, principal=Value("everyone within the conditions of its statement", seen), passes_by=passes)
    if kind == "Service":
        if Value.of(who, seen).equals(_CLOUDFRONT).data is not True:
            return None
        distributions = Value[str]("any CloudFront distribution within the conditions of its statement", seen)
        return OriginReader(bucket=bucket, principal=distributions, passes_by=pinned(statement).negate())
    return OriginReader(bucket=bucket, principal=Value(describe(who), seen), passes_by=_of_another(view, kind, who, at, seen))


def _of_another(view: View, kind: str, who: Any, at: OriginAccessAt, seen: Any) -> Value[bool]:
    """Whether a principal is another account as a whole, which a canonical user is unless it is an identity of CloudFront."""
    if kind not in ("AWS", "CanonicalUser") or _is_identity(view, kind, who, at, seen).data is True:
        return Value(False, seen)
    if isinstance(who, Unknown):
        return Value(who, seen)
    if kind == "CanonicalUser":
        return Value(
            Unknown(f"of which account {describe(who)} is the canonical user", "name the identity or the account by its ARN"), seen
        )
    return foreign(who, view.account, seen) if names_whole_account(who) else Value(False, seen)
