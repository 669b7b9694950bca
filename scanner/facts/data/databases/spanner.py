"""Spanner and Bigtable: what their settings mean."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.data.databases.copies import database, spread
from assay.scanner.facts.data.kinds import DataStore, Replica
from assay.scanner.facts.google_assets import is_live, missing, named, short
from assay.scanner.facts.indexes import view_under
from assay.scanner.facts.keys.at_rest.stores import DevicesAt, StoreAt, key_of
from assay.scanner.facts.spelling import Index, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.gcp.names import region_of
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.values import Value, any_of

_RECOVERY = ("replicas.pitr_enabled", "recovery_days")
_PLACED = ("replicas.region", "replicated", "multi_region", "location", "followers")
_REGIONAL = "regional-"
# https://cloud.google.com/spanner/docs/instance-configurations
_SPREAD = lazy_re.pattern(r"(nam|eur|asia)\d+|nam-eur-asia\d+|nam-asia\d+|nam-eur\d+|eur-asia\d+|dual-region-[a-z]+\d+")
_OPTION = lazy_re.pattern(r"version_retention_period\W+(\d+[smhd])\b", re.IGNORECASE)
"""In DDL: `SET OPTIONS (version_retention_period = '7d')`, of PostgreSQL's dialect `SET spanner.version_retention_period = '7d'`."""
_IN_DAYS = {"s": 86_400, "m": 1_440, "h": 24, "d": 1}
_DEFAULT = "1h"


class DatabaseAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a Spanner database."""

    kept: Annotated[StoreAt, "replicas.encryption_key"]
    retention: Annotated[Place, *_RECOVERY]
    ddl: Annotated[str, *_RECOVERY] = ""
    """Statements, which can set the period too."""
    instance: Annotated[str, *_PLACED]
    instances: Annotated[Index, *_PLACED]
    config: Annotated[str, *_PLACED]
    """Of the instance: where it is."""
    instance_type: str
    """For why it is not known."""


def spanner(view: View, at: DatabaseAt) -> DataStore:
    """A Spanner database, which is where the configuration of its instance says. It keeps versions for an hour by default, 7 days at most.

    https://cloud.google.com/spanner/docs/pitr
    """
    config = short(_config(view, at))
    store = database(
        view,
        view.identity(view[at.name] if at.name else named(view.item)),
        region=config.then(lambda text: str(text).removeprefix(_REGIONAL)),
        key=key_of(view, view, at.kept),
        days=view[at.retention].otherwise(_in_statements(view, at)).default(_DEFAULT).text().then(_days),
        copy_of=view.says(None),
    )
    store.replicated = store.multi_region = config.then(_is_spread)
    return store


def _config(view: View, at: DatabaseAt) -> Value[Any]:
    """The configuration of the instance of a database, which is named by it, or in its full name."""
    link = view.link(at.instance).data
    name = link.address if isinstance(link, Reference) else link
    if name is None and is_live(view.item):
        name = view.item["#parent"].data
    if isinstance(name, Unknown):
        return view.says(name)
    instance = view_under(view, at.instances, name)
    return (
        instance[at.config] if isinstance(instance, View) else view.says(instance or missing(view.item, "the instance", at.instance_type))
    )


def _is_spread(config: Any) -> bool | Unknown:
    if str(config).startswith(_REGIONAL):
        return False
    own = Unknown(f"which regions {config} has", "look at the configuration of the instance")
    return True if _SPREAD.fullmatch(str(config)) else own


def _in_statements(view: View, at: DatabaseAt) -> Value[Any]:
    """The period that the last of the statements sets; absent where none speaks of it."""
    period: Value[Any] = view.says(None)
    for statement in view[at.ddl].elements():
        text = statement.text()
        set_here = text.then(lambda written: match[1] if (match := _OPTION.search(str(written))) else None)
        period = period if set_here.absent else set_here
    return period


def _days(period: str) -> float | Unknown:
    """Days of a period such as `36h`, cut to hundredths."""
    match = re.fullmatch(r"(\d+)([smhd])", period)
    if match is None:
        return Unknown(f"{period} is no period of Spanner", "write it as 7d")
    return int(match[1]) * 100 // _IN_DAYS[match[2]] / 100


class BigtableAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a Bigtable instance."""

    clusters: Annotated[tuple[str, ...], "replicas", "replicated"]
    """Where the blocks of its clusters are."""
    assets: Annotated[Index | None, "replicas", "replicated"] = None
    """Its clusters by the address of the instance, of an input in which they are resources of their own."""
    place: Annotated[str, "replicas.region", "replicated", "location"]
    home: Annotated[Unknown | None, "replicas.region", "replicated", "location"] = None
    """Why it may not be known where a cluster is that does not say so."""
    kept: Annotated[DevicesAt | StoreAt, "replicas.encryption_key"]


def bigtable(view: View, at: BigtableAt) -> DataStore:
    """A Bigtable instance with its clusters, each a copy. Nothing rewinds it: backups are all that it has.

    https://cloud.google.com/bigtable/docs/replication-overview, https://cloud.google.com/bigtable/docs/backups
    """
    blocks, more = view.inner(*at.clusters)
    known = view.index(at.assets) if at.assets is not None and is_live(view.item) else {}
    blocks += [view.of(item) for item in known.get(view.item.address, ())]
    more = more or next(iter(known.get(None, ())), None)
    if not blocks and more is None:
        more = missing(view.item, "a cluster", "bigtableadmin.googleapis.com/Cluster")
    copies = [_copy(view, block, at, is_first=number == 0) for number, block in enumerate(blocks)]
    return DataStore(
        identity=view.identity(view[at.name] if at.name else named(view.item)),
        replicas=view.says([*copies, *([more] if more else [])]),
        followers=view.says([]),
        copy_of=view.says(None),
        replicated=any_of([spread([copy.region for copy in copies]), *([view.says(more)] if more else [])]),
        multi_region=view.says(False),
        location=copies[0].region if copies else view.says(more),
        rewindable=view.says(False),
        recovery_days=view.says(None),
    )


def _copy(view: View, block: View, at: BigtableAt, *, is_first: bool) -> Replica:
    region = short(block[at.place].otherwise(view.item.region).default(at.home)).then(lambda place: region_of(str(place)))
    return Replica(region=region, home=block.says(is_first), encryption_key=key_of(view, block, at.kept), pitr_enabled=block.says(False))


def clusters_of(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """A cluster by the address of its instance; under None why there may be more."""
    yield (None, item.why) if isinstance(item, Unlisted) else (item.address.rpartition("/clusters/")[0], item)
