"""Goes on where a snapshot stopped: regions that it has to the end are taken over; others, and those with failed calls, are asked again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from assay.scanner.sources import snapshot
from assay.scanner.sources.aws import records
from assay.scanner.sources.aws.items import ItemRecord, UnlistedRecord, redacted_record
from assay.scanner.sources.aws.spool import SHARED, Spool
from assay.scanner.sources.coverage import CallCount


def resumed(paths: Iterable[str], folder: str, scope: Mapping[str, Any]) -> dict[str, Spool]:
    """Account to what earlier snapshots hold of it, as a spool in `folder`. A snapshot that was cut off gives what is before the cut.

    `scope` is what is asked for now, as a header has it. A snapshot that was asked for less gives nothing: what it never called would look
    like what is not there.
    """
    spools: dict[str, Spool] = {}
    for path in paths:
        if not asked_as_much(path, scope):
            continue
        for account, spool in _taken_over(path, folder).items():
            earlier = spools.get(account)
            if earlier is None or len(spool.complete) >= len(earlier.complete):
                spools[account] = spool
    return spools


def _taken_over(path: str, folder: str) -> dict[str, Spool]:
    """Account to what one snapshot holds of it."""
    ended, spools = _ended_regions(path), dict[str, Spool]()
    spool, section = Spool(folder, "none", "", ""), ""
    for record in _records(path):
        if isinstance(record, records.AccountRecord):
            spool = spools[record.account] = Spool(folder, record.account, record.name, record.caller)
            spool.regions, spool.path, section = record.regions, record.path, SHARED
            spool.complete = {region for account, region in ended if account == record.account}
        elif isinstance(record, records.RegionRecord):
            section = record.region if record.region in spool.complete else ""
        elif isinstance(record, (ItemRecord, UnlistedRecord)):
            kept = section == SHARED and (record.region or "global") in spool.complete and not getattr(record, "left_out", False)
            if kept or section not in ("", SHARED):
                spool.write(section, redacted_record(record))  # the snapshot may be of a version that left out less
        elif isinstance(record, records.CallsRecord) and record.region in spool.complete:
            spool.calls.append(CallCount(**msgspec.structs.asdict(record)))
    return spools


def asked_as_much(path: str, scope: Mapping[str, Any]) -> bool:
    """Whether a snapshot was asked for all that is asked for now."""
    earlier = (snapshot.read_header(path) or {}).get("scope")
    if not isinstance(earlier, dict):
        return False
    if earlier.get("regions") != scope["regions"]:
        return False
    told = {name: earlier.get(name) for name in ("calls", "shared")}
    return all(isinstance(names, list) and set(map(str, names)) >= set(map(str, scope[name])) for name, names in told.items())


def _ended_regions(path: str) -> set[tuple[str, str]]:
    """The (account, region) that a snapshot has to the end, every call answered or denied. A region ends where the next part begins."""
    ended, failed = set[tuple[str, str]](), set[tuple[str, str]]()
    account, begun = "", ""
    for record in _records(path):
        if isinstance(record, (records.RegionRecord, records.AccountRecord, records.AccountEndRecord)):
            ended |= {(account, begun)} if begun else set()
            begun = ""
        if isinstance(record, records.AccountRecord):
            account = record.account
        elif isinstance(record, records.RegionRecord) and record.complete:
            begun = record.region
        elif isinstance(record, records.CallsRecord) and record.outcome == "failed":
            failed.add((record.account, record.region))
    return ended - failed


def _records(path: str) -> Iterator[records.Record]:
    with contextlib.suppress(snapshot.CutOff):
        for line in snapshot.lines(path):
            try:
                yield records.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                return  # what follows is in a part of which nothing is known
