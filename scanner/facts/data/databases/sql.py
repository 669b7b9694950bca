"""Cloud SQL and AlloyDB: what their settings mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from assay.scanner.facts.data.databases.copies import copies, database, last, source
from assay.scanner.facts.data.kinds import DataStore
from assay.scanner.facts.google_assets import is_live, named
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

    engine: Annotated[Place, *_RECOVERY]
    binary_log: Annotated[Place, *_RECOVERY]
    recovery: Annotated[Place, *_RECOVERY]
    edition: Annotated[Place, *_RECOVERY]
    tier: Annotated[Place, *_RECOVERY]


def instance(view: View, at: InstanceAt) -> DataStore:
    """A Cloud SQL instance. MySQL is rewound by its binary log, the others by a switch, and only where there are backups.

    Logs are kept for 7 days, for 14 in Enterprise Plus, which has recovery on unless it is switched off.
    https://cloud.google.com/sql/docs/postgres/backup-recovery/pitr, https://cloud.google.com/sql/docs/mysql/backup-recovery/pitr
    """
    plus = _is_plus(view, at)
    by_default = Value(False) if is_live(view.item) else plus
    mysql = view[at.engine].text().then(lambda version: str(version).upper().startswith("MYSQL"))
    switches = {True: view[at.binary_log].otherwise(by_default).truth(), False: view[at.recovery].otherwise(by_default).truth()}
    on = switches[mysql.data is True]
    if mysql.unknown and switches[True].data != switches[False].data:
        on = Value(mysql.unknown, mysql.seen)
    on = all_of([view[at.enabled].otherwise(by_default).truth(), on])
    days = view[at.days].number().otherwise(plus.then(lambda is_plus: 14 if is_plus else 7))
    return _store(view, at, view[at.location].otherwise(view.item.region).default("us-central1"), _while_on(on, days))


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
    region = view[at.location].otherwise(view.item.region)
    return _store(view, at, region, _while_on(view[at.enabled].default(True).truth(), days))


def _while_on(on: Value[bool], days: Value[Any]) -> Value[Any]:
    return on.then(lambda is_on: days.raw if is_on else 0)


def _store(view: View, at: DatabaseAt, region: Value[Any], days: Value[Any]) -> DataStore:
    name = view[at.name] if at.name else named(view.item)
    return database(
        view,
        view.identity(name),
        region=region,
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
    yield from [block[at.location].otherwise(block.item.region) for block in blocks]
    for name in view[at.listed].elements():
        yield name.then(lambda text: _location(str(text)))
    yield from doubts


def _location(name: str) -> str | Unknown:
    """`us-east4` of `projects/p/locations/us-east4/clusters/c`."""
    _, _, rest = name.partition("/locations/")
    return rest.partition("/")[0] or Unknown(f"where {name} is", "look at the cluster")
