"""How Google's load balancer reads the buckets that it serves, who else may, and which buckets hold a web site.

https://cloud.google.com/cdn/docs/using-signed-urls#configuring_permissions
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.bindings import BASIC, PUBLIC_MEMBERS, Binding, bindings, inherited
from assay.scanner.facts.edge.cdn.kinds import BucketOrigin, OriginAccess, OriginReader, StaticSite
from assay.scanner.facts.edge.cdn.reading_roles import READS_OBJECTS
from assay.scanner.facts.edge.cdn.routes import EXTERNAL, RoutesAt, entries, routes_to, unsettled
from assay.scanner.facts.google_assets import is_live, missing, named
from assay.scanner.facts.policies import Grant
from assay.scanner.facts.spelling import Another, Index, Place, Referrer, Spelling
from assay.scanner.facts.storage import google
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

_AGENT = "@cloud-cdn-fill.iam.gserviceaccount.com"
_NOT_SHOWN = Unknown("whether it has a key for signed URLs: a template cannot add one", "scan the live project")


class BackendBucketAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells how a backend bucket reads its bucket. The defaults are the API's names."""

    name: Place = "name"
    scheme: Annotated[Place, "enabled"] = "loadBalancingScheme"
    cdn: Annotated[Place, "origins"] = "enableCdn"
    bucket_name: Annotated[str, "origins", "readers"] = "bucketName"
    keys: Annotated[str, "origins"] = "cdnPolicy.signedUrlKeyNames"
    separate: Annotated[tuple[Referrer, ...], "origins"] = ()
    """Keys that are resources of their own."""
    declared: Annotated[bool, "origins"] = False
    """The input declares keys, so that there are no others."""
    bucket: Annotated[Another, "origins", "readers"]
    buckets: Annotated[Index, "origins", "readers"]
    """Buckets by address and by name."""


def backend_bucket(view: View, at: BackendBucketAt) -> OriginAccess:
    """A backend bucket serves one bucket; without a key for signed URLs it is asked as anybody is, so that it has to be public."""
    bucket = _bucket(view, at)
    name = view[at.bucket_name].text()
    keys = any_of([_keys(view, at), *(view.referrers(join).exist for join in at.separate)])
    if keys.data is False and not at.declared and not is_live(view.item):
        keys = view.says(_NOT_SHOWN)
    cdn = view[at.cdn].default(False).truth()
    own: list[Binding | Unknown] = [bucket] if isinstance(bucket, Unknown) else _bindings(bucket, at)
    origin = BucketOrigin(
        name=name if name.unknown is None else Value("its bucket", name.seen),
        website=view.says(False),
        signed=all_of([cdn, keys]),
        readable=any_of([*map(_lets_in, own), view.says(False)]),
    )
    return OriginAccess(
        identity=view.identity(view[at.name]),
        enabled=view[at.scheme].default("EXTERNAL").equals(*EXTERNAL),
        origins=view.says([origin]),
        readers=view.says([bucket] if isinstance(bucket, Unknown) else _readers(bucket, own, at)),
    )


def _keys(view: View, at: BackendBucketAt) -> Value[bool]:
    """Whether it names keys, or a manifest of its own adds one."""
    names = view[at.keys]
    added, _ = view.inner(*(() if isinstance(names.data, list) else (at.keys,)))
    return view.says(True) if added else names.then(bool)


def _bucket(view: View, at: BackendBucketAt) -> View | Unknown:
    linked = view.link(at.bucket_name).data
    known = view.index(at.buckets)
    names = [getattr(linked, "address", None), view[at.bucket_name].data, linked]
    item = next((known[name][0] for name in names if isinstance(name, str) and name in known), None)
    if isinstance(item, Item):
        return view.of(item, at.bucket.spelling.names)
    return missing(view.item, "the bucket", "storage.googleapis.com/Bucket")


def _bindings(bucket: View, at: BackendBucketAt) -> list[Binding | Unknown]:
    spelling = at.bucket.spelling
    return bindings(bucket, spelling.bindings) + (list(inherited(bucket, spelling.inherited)) if spelling.inherited else [])


def _reads(role: Any) -> bool | Unknown:
    """Whether a role holds storage.objects.get."""
    if not isinstance(role, str):
        return unknown_inside(role) or Unknown(f"which role {role} is", "scan the live project")
    if role in READS_OBJECTS or role in BASIC:
        return True
    return False if role.startswith("roles/") else Unknown(f"whether the custom role {role} reads objects", "grant a role of Cloud Storage")


def _lets_in(binding: Binding | Unknown) -> Value[bool]:
    """Whether a binding lets Cloud CDN's own identity, or everyone, read."""
    if isinstance(binding, Unknown):
        return Value(binding)
    member = binding.member
    text = "".join(part for part in member.parts if isinstance(part, str)) if isinstance(member, Text) else member
    is_agent: Any = unknown_inside(member) or Unknown(f"who {member} is", "scan the live project")
    if isinstance(text, str) and (not isinstance(member, Text) or _AGENT in text):
        is_agent = _AGENT in text or text in PUBLIC_MEMBERS
    return all_of([Value(is_agent, binding.seen), Value(_reads(binding.role), binding.seen)])


def _readers(bucket: View, own: list[Binding | Unknown], at: BackendBucketAt) -> list[Any]:
    """Who may read the bucket past the CDN, as OriginReader or Unknown."""
    known = google.bucket(bucket, at.bucket.spelling)
    name = bucket.says(known.identity.name)
    grants = known.grants.data if isinstance(known.grants.data, list) else [known.grants.data]
    readers: list[Any] = [entry for entry in (*grants, *own) if isinstance(entry, Unknown)]
    for grant in grants:
        if isinstance(grant, Grant) and grant.public.data is not False:
            readers.append(OriginReader(bucket=name, principal=grant.principal, passes_by=grant.exposed))
    for binding in own:
        if isinstance(binding, Binding) and binding.member not in PUBLIC_MEMBERS:
            passes = all_of([Value(_is_many(binding.member), binding.seen), Value(_reads(binding.role), binding.seen)])
            readers.append(OriginReader(bucket=name, principal=Value(describe(binding.member), binding.seen), passes_by=passes))
    return readers


_MANY = ("domain:", "group:", "principalSet:")
"""Members that are many: https://cloud.google.com/iam/docs/principal-identifiers"""


def _is_many(member: Any) -> bool | Unknown:
    text = member.prefix if isinstance(member, Text) else member
    if isinstance(text, str) and text:
        return text.startswith(_MANY)
    return unknown_inside(member) or False


class SiteAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a bucket serves."""

    name: Place = "name"
    backends: Annotated[Index, "published", "behind_cdn"]
    """Backend buckets by their bucket."""
    cdn: Annotated[str, "behind_cdn"] = "enableCdn"
    """Of a backend bucket, whether it caches."""
    routes: Annotated[RoutesAt, "behind_cdn", "served_directly"]
    website: Annotated[Place, "published", "served_directly"] = "website"
    bucket: Annotated[Another, "served_directly"]


def by_bucket(type_: str, bucket: str) -> Index:
    """Backend buckets by the address and the name of their bucket; under None why one may serve any."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        linked = item.link(bucket).data
        if why := unknown_inside(linked):
            yield None, why
        if not isinstance(linked, Unknown) and linked is not None:
            yield getattr(linked, "address", linked), item
        if isinstance(text := item[bucket].data, str) and text != linked:
            yield text, item

    return Index((type_,), records)


def site(view: View, at: SiteAt) -> StaticSite:
    """A bucket with what serves it.

    Without a load balancer before it, a public bucket is served from storage.googleapis.com.
    """
    known = view.index(at.backends)
    name = view[at.name] if at.name else named(view.item)
    keys = dict.fromkeys([view.item.address, name.data])
    backends = [view.of(item) for key in keys for item in known.get(key, ()) if isinstance(item, Item)]
    doubts = [Value[bool](why) for why in known.get(None, ()) if isinstance(why, Unknown)]
    led = [_led_to(view, backend, at) for backend in backends]
    behind = [all_of([backend[at.cdn].default(False).truth(), way]) for backend, way in zip(backends, led, strict=True)]
    bucket = google.bucket(view, at.bucket.spelling)
    exposed = [grant.exposed for grant in bucket.grants.data if isinstance(grant, Grant)]
    website = view.exists(at.website)
    return StaticSite(
        identity=view.identity(name),
        published=any_of([view.says(bool(backends)), website, *doubts]),
        behind_cdn=any_of([*behind, *doubts, view.says(False)]),
        served_directly=all_of([any_of([*exposed, view.says(False)]), any_of([*led, view.says(False)]).negate()]),
    )


def _led_to(view: View, backend: View, at: SiteAt) -> Value[bool]:
    """Whether a load balancer for HTTPS leads to a backend bucket."""
    over_https = [
        there
        for route in routes_to(backend, at.routes, "backendBuckets", backend["name"])
        for _, secure, there in entries(backend, at.routes, route)
        if secure
    ]
    doubts = [Value[bool](other.why) for other in unsettled(backend, at.routes)]
    return any_of([*over_https, *doubts, view.says(False)])
