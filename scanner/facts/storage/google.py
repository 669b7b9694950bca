"""Cloud Storage buckets. https://cloud.google.com/storage/docs/json_api/v1/buckets#resource"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.facts.bindings import OWN, PUBLIC_MEMBERS, bindings, google_policy_bindings, public_inherited
from assay.scanner.facts.google_assets import is_live, named
from assay.scanner.facts.keys.references import KeyLink
from assay.scanner.facts.network.ranges import is_world
from assay.scanner.facts.policies import Grant, acl_grant, google_grants
from assay.scanner.facts.spelling import Index, Many, Place, Spelling
from assay.scanner.facts.storage.kinds import Bucket
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

_PUBLIC_ACL = ("publicRead", "publicReadWrite", "authenticatedRead")


class BucketAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a Cloud Storage bucket."""

    prevention: Place
    prevented_above: Callable[[View], Value[bool]]
    """Whether an organisation policy enforces it; absent where none that is known speaks of the bucket."""
    looked_in: str
    """Where such a policy was looked for: `this code`."""
    uniform: Place
    uniform_above: Callable[[View], Value[bool]] = lambda view: Value(False)
    versioned: Place
    retention: Place
    locked: Place
    key: KeyLink
    filter: str
    """Whether the bucket admits certain addresses only, and below that which."""
    ranges: str
    bindings: Place
    folders: Index | None = None
    """Of an input of assets, name of a bucket to the bindings on its managed folders (`bindings_on_folders`)."""
    inherited: Place = ""
    predefined: Place
    """Predefined ACLs, of the bucket or of companions."""
    role_entities: Place = ()
    """Lists of `ROLE:entity` there."""
    entries: tuple[str | Many, ...]
    """Objects with `entity` and `role`."""


_FOLDER = lazy_re.pattern(r"(?:^//storage\.googleapis\.com/|/buckets/|^)([^/]+)/managedFolders/")


def bindings_on_folders(type_: str) -> Index:
    """Name of a bucket to the bindings on its managed folders, which count beside those on the bucket.

    https://cloud.google.com/storage/docs/managed-folders#permission-management
    """

    def records(folder: Item) -> Iterator[tuple[Hashable, Any]]:
        names = (name for name in (folder.address, folder["name"].data) if isinstance(name, str))
        owner = next((match[1] for name in names if (match := _FOLDER.search(name))), None)
        yield from ((owner, binding) for binding in google_policy_bindings(folder[OWN]))

    return Index((type_,), records)


def bucket(view: View, at: BucketAt) -> Bucket:
    """A bucket with its bindings and access lists, and the organisation policies that count for it. Several kinds ask for it."""
    return view.once(_bucket, at)


def _bucket(view: View, at: BucketAt) -> Bucket:
    prevention, above = view[at.prevention], at.prevented_above(view)
    # https://cloud.google.com/storage/docs/public-access-prevention
    enforced = prevention.default("inherited").equals("enforced")
    not_here = Unknown(
        f"public access prevention is inherited, and the organisation policy is not in {at.looked_in}",
        "set it to enforced, or scan the live bucket",
    )
    # An organisation policy that is not in the code is no reason to keep a public grant in it.
    blocked = any_of([view.limits(enforced), view.limits(above.default(False)), view.limits(_bounded(view, at))])
    uniform = view[at.uniform].default(False).truth()
    key = at.key.key(view)
    return Bucket(
        identity=view.identity(view[at.name] if at.name else named(view.item)),
        public_access_blocked=any_of([enforced, above.default(not_here)]),
        block_declared=prevention.is_set(),
        acls_disabled=any_of([uniform, at.uniform_above(view)]),
        acls_disabled_by=view.says("uniform bucket-level access"),
        versioned=view[at.versioned].default(False).truth(),
        retention_locked=all_of([view[at.retention].is_set(), view[at.locked].default(False).truth()]),
        encryption_key=key,
        encryption=key.then(lambda named: "kms" if named else "google"),
        receives_access_logs=Value(False),
        grants=Value([*_by_bindings(view, at, blocked), *_by_acls(view, at, any_of([view.limits(uniform), blocked]))]),
    )


def _bounded(view: View, at: BucketAt) -> Value[bool]:
    """Whether requests from the internet come from addresses that the bucket lists: https://cloud.google.com/storage/docs/ip-filtering-overview"""
    return all_of([view[at.filter].default("Disabled").equals("Enabled"), view[at.ranges].then(is_world).negate()])


def _by_bindings(view: View, at: BucketAt, blocked: Value[bool]) -> list[Any]:
    entries = [*bindings(view, at.bindings), *(view.index(at.folders).get(named(view.item).data, ()) if at.folders else ())]
    entries += public_inherited(view, at.inherited, "storage") if at.inherited else []
    # Whoever else has access to a bucket that blocks the public, it is not the public.
    known = [binding for binding in entries if not isinstance(binding, Unknown)]
    return google_grants(known if blocked.data is True else entries, blocked)


def public_writers(view: View, at: BucketAt) -> list[tuple[Grant, Value[bool]] | Unknown]:
    """What access lists grant, each with whether it lets everyone put objects into the bucket.

    OWNER has WRITER in it: https://cloud.google.com/storage/docs/access-control/lists#permissions
    """
    uniform, enforced = view[at.uniform].default(False).truth(), view[at.prevention].default("inherited").equals("enforced")
    above = at.prevented_above(view).default(False)
    granted = _by_acls(view, at, any_of([view.limits(value) for value in (uniform, enforced, above)]))
    return [
        grant
        if isinstance(grant, Unknown)
        else (grant, all_of([grant.exposed, any_of([grant.actions.equals("WRITER", "OWNER"), grant.principal.equals("publicReadWrite")])]))
        for grant in granted
    ]


def _by_acls(view: View, at: BucketAt, ineffective: Value[bool]) -> list[Any]:
    """Access lists: https://cloud.google.com/storage/docs/access-control/lists"""
    entries, more = view.inner(*at.entries)
    named = [name for name in view.values(at.predefined) if not name.absent]
    written = [Value[Any](element, listed.seen) for listed in view.values(at.role_entities) for element in _elements(listed)]
    grants = [acl_grant(entry["entity"], entry["role"], entry["entity"].equals(*PUBLIC_MEMBERS), ineffective) for entry in entries]
    grants += [acl_grant(name, Value("predefined ACL"), name.equals(*_PUBLIC_ACL), ineffective) for name in named]
    for text in (entry for entry in written if not entry.unknown):
        role, _, entity = str(text.data).rpartition(":")
        public = Value[bool](entity in PUBLIC_MEMBERS, text.seen)
        grants.append(acl_grant(Value(str(text.data), text.seen), Value(role, text.seen), public, ineffective))
    doubts = [doubt for doubt in (more, *(entry.unknown for entry in written)) if doubt]
    if ineffective.data is True:
        return [*grants]
    if not grants and not doubts and is_live(view.item):
        # A bucket with access lists has at least an owner on its own one, so that an empty one was not read.
        reason = f"the access lists of {view.item.address} are not in the asset"
        way = "switch on uniform bucket-level access, or read them with gcloud storage buckets describe"
        return [Unknown(reason, way, view.location)]
    return grants + doubts


def _elements(listed: Value[Any]) -> list[Any]:
    return listed.data if isinstance(listed.data, list) else [listed.data] if listed.unknown else []
