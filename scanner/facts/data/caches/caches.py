"""What the settings of caches mean: those of AWS, and those of Google."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.data.caches.kinds import Cache
from assay.scanner.facts.google_assets import named
from assay.scanner.facts.keys.references import KeyLink
from assay.scanner.facts.network.ranges import listed
from assay.scanner.facts.spelling import Index, Link, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

_ENCRYPTED = (True, "true", "SERVER_AUTHENTICATION", "TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION")
_SIGNED_IN = (True, "true", "IAM_AUTH", "AUTH_MODE_IAM_AUTH")


class CacheAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a cache. A place that is empty is a setting that the service does not have."""

    key: Annotated[KeyLink | None, "encryption_key"] = None
    at_rest: Annotated[Place, "encryption_key"] = ""
    """A switch besides the key."""
    in_transit: Annotated[Place, "encrypted_in_transit"] = ""
    in_transit_unset: Annotated[bool, "encrypted_in_transit"] = False
    """What that is where nothing is written."""
    mode: Annotated[Place, "encrypted_in_transit"] = ""
    """Says `preferred` where clients without TLS are served too."""
    engine: Annotated[Place, "encryption_key", "encrypted_in_transit"] = ""
    """Says `valkey` of an engine that is encrypted, at rest and in transit, unless that is switched off."""
    tokens: Annotated[tuple[Place, ...], "authenticated"] = ()
    """What is set where clients identify themselves."""
    sign_in: Annotated[Place, "authenticated"] = ""
    """A switch for the same."""
    acl: Annotated[Place, "authenticated"] = ""
    """The list of users; `open-access` is everybody."""
    network: Annotated[Place, "private"] = ""
    """The subnet group or network that it stands in."""
    connections: Annotated[tuple[str, ...], "private"] = ()
    """Where the networks stand that it is reached from, of a service that has one endpoint for each (`a[].b`: of each element of `a`)."""
    separate: Annotated[tuple[Referrer, ...], "private"] = ()
    """Resources that tell further ones, each with the path to them in `Referrer.path`."""
    groups: Annotated[Index | None, "private"] = None
    """Of an input in which a replication group does not tell, its name to those of the subnet groups that its members stand in."""
    member: Annotated[Place, "encryption_key"] = ""
    """Set of a cluster that is a member of a replication group, and as that one is."""
    datastore: Annotated[Link | None, "encryption_key", "encrypted_in_transit", "authenticated"] = None
    """The global datastore that a replication group is a secondary one of."""
    primary: Annotated[Link | None, "encryption_key", "encrypted_in_transit", "authenticated"] = None
    """Of such a datastore, its primary replication group."""
    inherited: Annotated[tuple[Place, ...], "authenticated"] = ()
    """Of `tokens`, those of the primary group that hold for the secondary ones as well: users are of one region."""


def cache(view: View, at: CacheAt) -> Cache | None:
    """A cache; None for what is a part of another."""
    member, identity = view[at.member].is_set(), view.identity(view[at.name] if at.name else named(view.item))
    if member.data is True:
        return None
    identity.perhaps = member.unknown
    primary = _primary(view, at)
    return Cache(
        identity=identity,
        encryption_key=_key(view, at, primary),
        encrypted_in_transit=_in_transit(view, at, primary),
        authenticated=_authenticated(view, at, primary),
        private=_private(view, at),
    )


def _primary(view: View, at: CacheAt) -> View | Value[Any] | None:
    """The group whose settings a secondary group of a global datastore has, or why it is not known; None of every other cache.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Redis-Global-Datastores-CLI.html
    """
    if at.datastore is None or view[at.datastore].absent:
        return None
    datastore = view.target(at.datastore)
    primary = datastore.target(at.primary) if datastore is not None and at.primary is not None else None
    return primary or view.says(
        Unknown(
            "it is as the primary group of its global datastore, which is not here",
            "scan the code of the primary group with it, or the live account",
            view.location,
        )
    )


def _key(view: View, at: CacheAt, primary: View | Value[Any] | None) -> Value[Any]:
    """Valkey is encrypted at rest by default: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html"""
    if at.key is None:
        return view.says(None)
    key = at.key.key(view)
    if not at.at_rest or key.absent:
        return key
    on = _switched(view, at, at.at_rest, primary)
    return key if on.data is True else on.then(lambda is_on: key.raw if is_on else None)


def _in_transit(view: View, at: CacheAt, primary: View | Value[Any] | None) -> Value[bool]:
    """`preferred` serves clients with and without TLS: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html"""
    if not at.in_transit:
        return view.says(at.in_transit_unset)
    mode = (primary if isinstance(primary, View) else view)[at.mode]
    return all_of([_switched(view, at, at.in_transit, primary), mode.default("required").equals("preferred").negate()])


def _switched(view: View, at: CacheAt, switch: Place, primary: View | Value[Any] | None) -> Value[bool]:
    """What is written, else what the primary group has, else what is on by default."""
    written = view[switch]
    if not written.absent:
        return written.equals(*_ENCRYPTED)
    if primary is not None:
        return _switched(primary, at, switch, None) if isinstance(primary, View) else primary
    if at.engine:
        return view[at.engine].default("").equals("valkey")
    return written.default(at.in_transit_unset and switch == at.in_transit).equals(*_ENCRYPTED)


def _authenticated(view: View, at: CacheAt, primary: View | Value[Any] | None) -> Value[bool]:
    ways = [view[token].then(lambda data: data not in (None, "", [])) for token in at.tokens]
    if isinstance(primary, View):
        ways += [primary[token].then(lambda data: data not in (None, "")) for token in at.inherited]
    elif primary is not None:
        ways.append(primary)
    if at.sign_in:
        ways.append(view[at.sign_in].default(False).equals(*_SIGNED_IN))
    if at.acl:
        ways.append(view[at.acl].default("open-access").equals("open-access").negate())
    return any_of(ways) if ways else view.says(False)


def _private(view: View, at: CacheAt) -> Value[bool]:
    """Without a choice it stands in the default network: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html

    What has an endpoint for each network is reached from none without one: https://cloud.google.com/memorystore/docs/cluster/networking
    """
    if at.connections:
        networks = [network for path in at.connections for network in listed(view.node, path)]
        for join in at.separate:
            group = view.referrers(join)
            networks += [network for other in group.views for network in listed(other.node, join.path)]
            networks += [view.says(group.more)] if group.more else []
        return all_of([network.then(_is_chosen) for network in networks]) if networks else view.says(True)
    chosen = view[at.network] if at.groups is None else _member_groups(view, at.groups, view[at.name])
    return chosen.then(_is_chosen)


def _is_chosen(data: Any) -> bool:
    texts = data if isinstance(data, list) else [data]
    return all(text not in (None, "", "default") and not str(text).endswith("/networks/default") for text in texts) and bool(texts)


def _member_groups(view: View, groups: Index, name: Value[Any]) -> Value[Any]:
    members = view.index(groups).get(name.data, ())
    why = Unknown("none of its members was listed", "grant elasticache:DescribeCacheClusters", view.location)
    return next(iter(members), view.says(why))
