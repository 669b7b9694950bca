"""RDS, Aurora, DocumentDB and Neptune: what their settings mean.

Automated backups keep what point-in-time recovery needs for as many days as they are kept; of a cluster they cannot be switched off.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html,
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Backups.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from assay.scanner.facts.data.databases.copies import database, source
from assay.scanner.facts.data.kinds import DataStore
from assay.scanner.facts.keys.at_rest.stores import StoreAt, key_of
from assay.scanner.facts.spelling import Index, Link, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value

_COPIES = ("followers", "replicated")
_SOURCE = ("copy_of", "rewindable")


class GlobalAt(msgspec.Struct, frozen=True, kw_only=True):
    """Where code tells of the global database that a cluster is in, and of the others in it."""

    named: Link
    """What a cluster names as its global database."""
    founder: Link
    """What a global database names as the cluster that it was made from."""
    founded: Referrer
    members: Referrer
    names: tuple[str, ...]


class DatabaseAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a database."""

    home: Annotated[Unknown | None, "location"] = None
    """Why the region that it is made in may not be known."""
    kept: Annotated[StoreAt, "replicas.encryption_key"]
    """How it is encrypted."""
    days: Annotated[Place, "replicas.pitr_enabled", "recovery_days"]
    days_unset: Annotated[int, "replicas.pitr_enabled", "recovery_days"] = 0
    source: Annotated[Place, *_SOURCE] = ""
    """What it is a read copy of."""
    part_of: Annotated[Place, "replicas"] = ""
    """Set of an instance whose storage is that of a cluster."""
    readers: Annotated[tuple[Referrer, ...], *_COPIES] = ()
    """The read copies of it, of an input that declares them."""
    listed: Annotated[tuple[str, ...], *_COPIES] = ()
    """Lists of its read copies, by identifier in its own region, by ARN in others."""
    joined: Annotated[GlobalAt | None, *_COPIES, *_SOURCE] = None
    listed_members: Annotated[Index | None, *_COPIES] = None
    """The clusters of each global database by the ARN of one of them, of an input that lists these."""
    joined_to: Annotated[Place, *_COPIES, *_SOURCE] = ""
    """The global database that it is in, of such an input."""
    apart: Annotated[Unknown | None, *_COPIES] = None
    """Why copies in other regions are not known, of an input that speaks of one region."""


def store(view: View, at: DatabaseAt) -> DataStore | None:
    """A database; None for an instance of a cluster, which keeps the data.

    The other clusters of a global database are stores like it: each has backups and a key of its own, and may take the writes over.
    """
    part, identity = view[at.part_of].is_set(), view.identity(view[at.name])
    if part.data is True:
        return None
    identity.perhaps = part.unknown
    return database(
        view,
        identity,
        region=_region(view, at),
        key=key_of(view, view, at.kept),
        days=view[at.days].default(at.days_unset).number(),
        copy_of=_source(view, at),
        followers=[*_readers(view, at), *_listed(view, at), *_members(view, at), *([at.apart] if at.apart else [])],
    )


def _region(view: View, at: DatabaseAt) -> Value[Any]:
    return view.item.region.default(at.home)


def _source(view: View, at: DatabaseAt) -> Value[Any]:
    """What it is a read copy of. The clusters of a global database name their source too, and are stores of their own."""
    place: Place = at.joined.named if at.joined else at.joined_to
    joined, own = view[place].is_set(), source(view[at.source])
    return view.says(None) if joined.data is True else own if own.data is None or not joined.unknown else view.says(joined.unknown)


def _readers(view: View, at: DatabaseAt) -> Iterator[Value[Any] | Unknown]:
    blocks, more = view.inner(*at.readers)
    yield from [_region(block, at) for block in blocks]
    if more:
        yield more


def _listed(view: View, at: DatabaseAt) -> Iterator[Value[Any] | Unknown]:
    """What an answer lists: the region of an ARN is its fourth field."""
    for path in at.listed:
        for name in view[path].elements():
            yield name.then(lambda text: text.split(":")[3] if str(text).startswith("arn:") else view.item.region.raw)
    if at.listed_members is None:
        return
    known = view.index(at.listed_members)
    members = next(iter(known.get(view.item.address, ())), None)
    if members is not None:
        yield from [Value(arn.split(":")[3], (view.location,)) for arn in members if arn != view.item.address]
    elif view[at.joined_to].is_set().data is not False:  # where that is not known, it may be in one
        why = f"where the other clusters of {describe(view[at.joined_to].data)} are"
        yield from known.get(None, ()) or [Unknown(why, "look at the global database", view.location)]


def _members(view: View, at: DatabaseAt) -> Iterator[Value[Any] | Unknown]:
    """The regions of the other clusters of the global database that it is in."""
    join = at.joined
    if join is None:
        return
    founded, doubt = view.inner(join.founded)
    if doubt:
        yield doubt
    named = view[join.named]
    group = view.target(join.named)
    if group is None and not named.absent:
        name = describe(view.link(join.named).data)
        way = "scan the code that makes it together with this, or the live account"
        yield named.unknown or Unknown(f"where the other clusters of {name} are: it is not declared here", way, view.location)
    for global_cluster in (*founded, *([group] if group else [])):
        known = view.of(global_cluster.item, join.names)
        founder = known.target(join.founder)
        blocks, more = known.inner(join.members)
        others = {block.item.address: block for block in (*blocks, *([founder] if founder else []))}
        yield from [_region(other, at) for address, other in others.items() if address != view.item.address]
        if more:
            yield more
