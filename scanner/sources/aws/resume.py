"""Goes on where a snapshot stopped: regions that it has to the end are taken over; others, and those where calls failed, are asked again."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import msgspec

from scanner.sources import snapshot
from scanner.sources.aws import records
from scanner.sources.aws.items import ItemRecord, UnlistedRecord
from scanner.sources.aws.spool import SHARED, Spool
from scanner.sources.interface import CallCount


def resumed(paths: Iterable[str], folder: str) -> dict[str, Spool]:
    """Account to what earlier snapshots hold of it, as a spool in `folder`. A snapshot that was cut off gives what is before the cut."""
    found: dict[str, Spool] = {}
    for path in paths:
        try:
            _take_over(path, folder, found)
        except snapshot.CutOff:
            continue
    return found


def _take_over(path: str, folder: str, found: dict[str, Spool]) -> None:
    failed = {
        (record.account, record.region)
        for _, record in _records(path)
        if isinstance(record, records.CallsRecord) and record.outcome == "failed"
    }
    spool, section = Spool(folder, "none", "", ""), ""
    for line, record in _records(path):
        if isinstance(record, records.AccountRecord):
            spool = found[record.account] = Spool(folder, record.account, record.name, record.caller)
            spool.regions, section = record.regions, SHARED
        elif isinstance(record, records.RegionRecord):
            section = record.region if record.complete and (spool.account, record.region) not in failed else ""
            spool.complete.update({section} - {""})
        elif isinstance(record, (ItemRecord, UnlistedRecord)) and section and not getattr(record, "left_out", False):
            spool.append(section, line)
        elif isinstance(record, records.CallsRecord) and record.region in spool.complete:
            spool.calls.append(CallCount(**msgspec.structs.asdict(record)))
        elif isinstance(record, records.AccountEndRecord):
            spool.keep(functools.partial(_of_regions, spool.complete))


def _records(path: str) -> Iterable[tuple[bytes, records.Record]]:
    for line in snapshot.lines(path):
        try:
            yield line, records.decode(line)
        except (msgspec.DecodeError, RecursionError):
            continue  # judging says so


def _of_regions(regions: set[str], line: bytes) -> bool:
    record = records.decode(line)
    return ((record.region if isinstance(record, (ItemRecord, UnlistedRecord)) else "") or "global") in regions
