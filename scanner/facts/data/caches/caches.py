"""What the settings of caches mean: those of AWS, and those of Google."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.data.caches.kinds import Cache
from assay.scanner.facts.google_assets import named
from assay.scanner.facts.keys.references import KeyLink
from assay.scanner.facts.spelling import Index, Place, Spelling
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
    """Blocks that name the networks it is reached from, by `network`, where there may be several."""
    groups: Annotated[Index | None, "private"] = None
    """Of an input in which a replication group does not tell, its name to those of the subnet groups that its members stand in."""
    member: Annotated[Place, "encryption_key"] = ""
    """Set of a cluster that is a member of a replication group, and as that one is."""


def cache(view: View, at: CacheAt) -> Cache | None:
    """A cache; None for what is a part of another."""
    member, identity = view[at.member].is_set(), view.identity(view[at.name] if at.name else named(view.item))
    if member.data is True:
        return None
    identity.perhaps = member.unknown
    valkey = view[at.engine].default("").equals("valkey")
    return Cache(
        identity=identity,
        encryption_key=_key(view, at, valkey),
        encrypted_in_transit=_in_transit(view, at, valkey),
        authenticated=_authenticated(view, at),
        private=_private(view, at),
    )


def _key(view: View, at: CacheAt, valkey: Value[bool]) -> Value[Any]:
    """Valkey is encrypted at rest by default: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html"""
    if at.key is None:
        return view.says(None)
    key = at.key.key(view)
    if not at.at_rest or key.absent:
        return key
    on = _switched(view[at.at_rest], valkey)
    return key if on.data is True else on.then(lambda is_on: key.raw if is_on else None)


def _in_transit(view: View, at: CacheAt, valkey: Value[bool]) -> Value[bool]:
    """`preferred` serves clients with and without TLS: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html"""
    if not at.in_transit:
        return view.says(at.in_transit_unset)
    on = view[at.in_transit].default(True if at.in_transit_unset else None)
    on = _switched(on, valkey) if at.engine else on.default(False).equals(*_ENCRYPTED)
    return all_of([on, view[at.mode].default("required").equals("preferred").negate()])


def _switched(written: Value[Any], valkey: Value[bool]) -> Value[bool]:
    return valkey if written.absent else written.default(False).equals(*_ENCRYPTED)


def _authenticated(view: View, at: CacheAt) -> Value[bool]:
    ways = [view[token].then(lambda data: data not in (None, "", [])) for token in at.tokens]
    if at.sign_in:
        ways.append(view[at.sign_in].default(False).equals(*_SIGNED_IN))
    if at.acl:
        ways.append(view[at.acl].default("open-access").equals("open-access").negate())
    return any_of(ways) if ways else view.says(False)


def _private(view: View, at: CacheAt) -> Value[bool]:
    """Without a choice it stands in the default network: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html"""
    if at.connections:
        connections, more = view.inner(*at.connections)
        networks = [connection["network"].then(_is_chosen) for connection in connections]
        return all_of([*networks, view.says(more or bool(networks))])
    chosen = view[at.network] if at.groups is None else _member_groups(view, at.groups, view[at.name])
    return chosen.then(_is_chosen)


def _is_chosen(data: Any) -> bool:
    texts = data if isinstance(data, list) else [data]
    return all(text not in (None, "", "default") and not str(text).endswith("/networks/default") for text in texts) and bool(texts)


def _member_groups(view: View, groups: Index, name: Value[Any]) -> Value[Any]:
    members = view.index(groups).get(name.data, ())
    why = Unknown("none of its members was listed", "grant elasticache:DescribeCacheClusters", view.location)
    return next(iter(members), view.says(why))
