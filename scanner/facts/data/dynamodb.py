"""DynamoDB: what its settings mean."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.data.kinds import DataStore, Replica
from assay.scanner.facts.keys.references import KeyLink
from assay.scanner.facts.spelling import Index, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.nodes import Elsewhere
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ReplicaDescription.html
COMING = ("CREATING", "ARCHIVING")
NO_COPY = ("CREATION_FAILED", "DELETING", "ARCHIVED", "REGION_DISABLED")


class TableAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a table."""

    home: Annotated[Unknown | None, "location"] = None
    """Why the region that the table is made in may not be known."""
    pitr: Annotated[Place, "replicas.pitr_enabled", "recovery_days"] = ""
    period: Annotated[Place, "recovery_days"]
    encrypted: Annotated[Place, "replicas.encryption_key"] = ""
    """A switch, of an input that names no key where AWS manages it."""
    key: Annotated[KeyLink, "replicas.encryption_key"]
    restored: Annotated[Place, "replicas.encryption_key"] = ""
    """What it is restored from, whose settings it keeps where it says nothing of encryption."""
    copies: Annotated[tuple[str | Referrer, ...], "replicas", "replicated"]
    """Where copies in other regions stand: blocks, or companions, or blocks of these; below that what is told of one."""
    copy_region: Annotated[str, "replicas", "replicated"]
    """Where it is absent, a companion is in the region of its provider."""
    copy_status: Annotated[str, "replicas", "replicated"] = ""
    copy_key: Annotated[KeyLink | None, "replicas.encryption_key"] = None
    copy_pitr: Annotated[Place, "replicas.pitr_enabled"] = ""
    untold: Annotated[Unknown | None, "replicas"] = None
    """Why nothing is told of copies."""
    tables: Annotated[Index | None, "replicas.encryption_key", "replicas.pitr_enabled"] = None
    """Name and region to tables, of an input in which every copy is a table of its own, which has the settings."""
    alike: Annotated[tuple[Referrer, ...], "replicas", "replicated"] = ()
    """What lists the regions of copies that are tables of their own, to be judged by themselves."""
    version: Annotated[Place, "replicas", "replicated"] = ""
    """Of a global table, of an input in which the copies of one of 2017 are not among its copies."""


def table(view: View, at: TableAt) -> DataStore:
    """A table in one region with its copies in others."""
    pitr = _recoverable(view[at.pitr])
    key = _own_key(view[at.encrypted], at.key, view) if at.encrypted else at.key.key(view)
    if key.absent and view[at.encrypted].absent and not view[at.restored].absent:
        key = _of_source(view, view[at.restored])
    home = Replica(region=_home(view, at), home=view.says(True), encryption_key=key, pitr_enabled=pitr)
    blocks, more = view.inner(*at.copies)
    twins, doubt = view.inner(*at.alike)
    replicas = [_copy(view, at, block) for block in blocks]
    replicas += [Replica(region=twin[at.copy_region], home=Value(False), encryption_key=key, pitr_enabled=pitr) for twin in twins]
    copies = [copy for copy in (*replicas, more, doubt, None if blocks else _old_copies(view, at)) if copy]
    made = any(isinstance(copy, Replica) for copy in copies)
    companions = view.referrers(*[place for place in (*at.copies, *at.alike) if isinstance(place, Referrer)])
    return DataStore(
        identity=view.identity(view[at.name], *companions.items),
        replicas=view.says([home, *copies]),
        followers=view.says([]),
        copy_of=view.says(None),
        rewindable=view.says(True),
        replicated=view.says(made or next(iter(copies), False)),
        multi_region=Value(False),
        location=home.region,
        recovery_days=_recovery_days(pitr, view[at.period]),
    )


def _home(view: View, at: TableAt) -> Value[Any]:
    """The region that a table is made in: its provider's, which of a table that is declared elsewhere is not known."""
    return view.says(view.item.why) if isinstance(view.item, Elsewhere) else view.item.region.default(at.home)


def _copy(view: View, at: TableAt, block: View) -> Replica | Unknown | None:
    """A copy in another region; None where there is none in the end."""
    region, status = block[at.copy_region], block[at.copy_status].data
    if region.absent and block.item is not view.item:
        region = block.item.region.default(at.home)
    if status in COMING:
        return Unknown(f"the copy in {region.data} is {status}", "audit again later", block.location)
    if status in NO_COPY or (isinstance(region.data, str) and region.data == _home(view, at).data):
        return None
    key, pitr = _settings(view, at, block, region)
    return Replica(region=region, home=Value(False), encryption_key=key, pitr_enabled=pitr)


def _settings(view: View, at: TableAt, block: View, region: Value[Any]) -> tuple[Value[Any], Value[bool]]:
    """(key, whether point-in-time recovery is on) of a copy. It is off even where the table has it."""
    key = at.copy_key.key(block) if at.copy_key else block.says(at.untold)
    if at.tables is None:
        return key, block.says(at.untold) if at.untold else _recoverable(block[at.copy_pitr])
    for item in view.index(at.tables).get((str(view[at.name].data), str(region.data)), ()):
        copy = view.of(item)
        return at.key.key(copy), _recoverable(copy[at.pitr])
    unseen = block.says(Unknown(f"the copy in {region.data} was not collected", "audit that region too", block.location))
    return unseen if key.absent else key, unseen


def _old_copies(view: View, at: TableAt) -> Unknown | None:
    """The copies of a global table of 2017 are not among a table's replicas.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables.V1.html
    """
    version = view[at.version].data
    if version is None or isinstance(version, Unknown):
        return None
    return Unknown(f"where the copies of this global table of version {version} are", "upgrade it to version 2019.11.21", view.location)


def global_table(view: View, at: TableAt) -> DataStore:
    """AWS::DynamoDB::GlobalTable: every copy is in the list with its own settings, that of the stack's own region included."""
    blocks, more = view.inner(*at.copies)
    own = view.item.region.default(at.home)
    copies = [
        Replica(
            region=block[at.copy_region],
            home=own if own.unknown else block[at.copy_region].equals(own.data),
            # The switch is the table's, the key each copy's own: a key of another region cannot encrypt it.
            encryption_key=_own_key(view[at.encrypted], at.key, block),
            pitr_enabled=_recoverable(block[at.copy_pitr]),
        )
        for block in blocks
    ]
    days = [_recovery_days(copy.pitr_enabled, block[at.period]) for block, copy in zip(blocks, copies, strict=True)]
    return DataStore(
        identity=view.identity(view[at.name]),
        replicas=view.says([*copies, *([more] if more else [])]),
        # A table has one copy in a region, so that two copies are in two regions whatever those are called.
        followers=view.says([]),
        copy_of=view.says(None),
        rewindable=view.says(True),
        replicated=view.says(len(copies) > 1 or more or False),
        multi_region=Value(False),
        location=own,
        recovery_days=_shortest(days) or view.says(None),
    )


def _shortest(days: list[Value[Any]]) -> Value[Any] | None:
    """Of the copies that have recovery on, how far the one with the shortest reaches back."""
    known = [value for value in days if not value.absent and not value.unknown]
    return next((value for value in days if value.unknown), None) or min(known, key=lambda value: value.data, default=None)


def _own_key(switch: Value[Any], link: KeyLink, where: View) -> Value[Any]:
    """Without the setting an AWS-owned key; with it but no key, the AWS-managed alias/aws/dynamodb.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html
    """
    switched = switch.default(False).truth()
    if switched.unknown or not switched.data:
        return Value(switched.unknown, switched.seen)
    return link.key(where, where[link].default("alias/aws/dynamodb"))


def _of_source(view: View, source: Value[Any]) -> Value[Any]:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html"""
    why = f"it is restored from {describe(source.data)}, and what that is encrypted with is not known here"
    return Value(Unknown(why, "say how it is encrypted, or scan the live table", view.location), source.seen)


def _recoverable(switch: Value[Any]) -> Value[bool]:
    """Point-in-time recovery is off unless it is switched on: by a flag, or as the API says it."""
    return switch.default(False).equals("ENABLED", "true", True)


def _recovery_days(enabled: Value[bool], period: Value[Any]) -> Value[Any]:
    """35 days unless a period is given: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html"""
    days = period.default(35).number()
    return enabled.then(lambda on: days.data if on else None)
