"""Cloud SQL and AlloyDB: what their settings mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from assay.scanner.facts.data.databases.copies import copies, database, last, source
from assay.scanner.facts.data.kinds import DataStore
from assay.scanner.facts.google_assets import is_live, named, stands_outside
from assay.scanner.facts.keys.at_rest.stores import StoreAt, key_of
from assay.scanner.facts.spelling import Index, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of

_COPIES = ("followers", "replicated")
_RECOVERY = ("replicas.pitr_enabled", "recovery_days")


class DatabaseAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what Cloud SQL and AlloyDB have in common."""

    location: Place
    home: Annotated[Any, "location", "replicas.region", *_COPIES]
    """Where it is if nothing says so: the default of the API, or why that is not known."""
    kept: Annotated[StoreAt, "replicas.encryption_key"]
    source: Annotated[Place, "copy_of", "rewindable"]
    """What it is a read copy of."""
    readers: Annotated[tuple[Referrer, ...], *_COPIES] = ()
    """The copies of it in Terraform."""
    naming: Annotated[Index | None, *_COPIES] = None
    """The copies of it in an input of REST resources, by what they name (copies.py)."""
    listed: Annotated[str, *_COPIES] = ""
    """A list of the full names of its copies, which have their locations."""
    enabled: Annotated[Place, *_RECOVERY]
    days: Annotated[Place, *_RECOVERY]


class InstanceAt(DatabaseAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a Cloud SQL instance."""

    backups: Annotated[Place, *_RECOVERY]
    """What has the switches of backups and recovery."""
    left_out: Annotated[Any, *_RECOVERY] = False
    """What a switch is in Enterprise Plus that is left out there, or why that is not known."""
    engine: Annotated[Place, *_RECOVERY]
    binary_log: Annotated[Place, *_RECOVERY]
    recovery: Annotated[Place, *_RECOVERY]
    edition: Annotated[Place, *_RECOVERY]
    tier: Annotated[Place, *_RECOVERY]
    sort: Annotated[Place, "*"] = ""
    """Whether it stands for a server elsewhere."""


def instance(view: View, at: InstanceAt) -> DataStore | None:
    """A Cloud SQL instance; None of one that stands for a server elsewhere.

    MySQL is rewound by its binary log, the others by a switch, and only where there are backups.
    Logs are kept for 7 days, for 14 in Enterprise Plus.
    https://cloud.google.com/sql/docs/postgres/backup-recovery/pitr, https://cloud.google.com/sql/docs/mysql/backup-recovery/pitr
    """
    if stands_outside(view[at.sort]).data is True:
        return None
    plus = _is_plus(view, at)
    by_default = _by_default(view, at, plus)
    mysql = view[at.engine].text().then(lambda version: str(version).upper().startswith("MYSQL"))
    switches = {True: view[at.binary_log].otherwise(by_default).truth(), False: view[at.recovery].otherwise(by_default).truth()}
    on = switches[mysql.data is True]
    if mysql.unknown and switches[True].data != switches[False].data:
        on = Value(mysql.unknown, mysql.seen)
    on = all_of([view[at.enabled].otherwise(by_default).truth(), on])
    days = view[at.days].number().otherwise(plus.then(lambda is_plus: 14 if is_plus else 7))
    return _store(view, at, _while_on(on, days))


def _by_default(view: View, at: InstanceAt, plus: Value[bool]) -> Value[Any]:
    """Backups and recovery are on in Enterprise Plus if nothing is said of them; an answer says what is on."""
    if is_live(view.item):
        return view.says(False)
    return plus if view[at.backups].absent else plus.then(lambda is_plus: at.left_out if is_plus else False)


def _is_plus(view: View, at: InstanceAt) -> Value[bool]:
    """Whether an instance is of Enterprise Plus, which has machine types of its own.

    https://cloud.google.com/sql/docs/postgres/editions-intro
    """
    by_tier = view[at.tier].default("").text().then(lambda tier: tier.startswith(("db-perf-optimized", "db-c4a-highmem")))
    return view[at.edition].then(lambda edition: None if edition is None else edition == "ENTERPRISE_PLUS").otherwise(by_tier)


def cluster(view: View, at: DatabaseAt) -> DataStore:
    """An AlloyDB cluster. It is backed up continuously unless that is switched off, for 14 days.

    https://cloud.google.com/alloydb/docs/backup/configure#continuous-backup-recovery-window
    """
    days = view[at.days].default(14).number()
    return _store(view, at, _while_on(view[at.enabled].default(True).truth(), days))


def _while_on(on: Value[bool], days: Value[Any]) -> Value[Any]:
    return on.then(lambda is_on: days.raw if is_on else 0)


def _region(view: View, at: DatabaseAt) -> Value[Any]:
    return view[at.location].otherwise(view.item.region).default(at.home)


def _store(view: View, at: DatabaseAt, days: Value[Any]) -> DataStore:
    name = view[at.name] if at.name else named(view.item)
    return database(
        view,
        view.identity(name),
        region=_region(view, at),
        key=key_of(view, view, at.kept),
        days=days,
        copy_of=source(view[at.source]),
        followers=_followers(view, at),
    )


def _followers(view: View, at: DatabaseAt) -> Iterator[Value[Any] | Unknown]:
    blocks, more = view.inner(*at.readers)
    doubts = [more] if more else []
    if at.naming is not None:
        own = view.item["name"].data
        named_here, unnamed = copies(view, at.naming, *([last(own)] if isinstance(own, str) else []))
        blocks, doubts = [*blocks, *named_here], [*doubts, *unnamed]
    yield from [_region(block, at) for block in blocks]
    for name in view[at.listed].elements():
        yield name.then(lambda text: _location(str(text)))
    yield from doubts


def _location(name: str) -> str | Unknown:
    """`us-east4` of `projects/p/locations/us-east4/clusters/c`."""
    _, _, rest = name.partition("/locations/")
    return rest.partition("/")[0] or Unknown(f"where {name} is", "look at the cluster")
