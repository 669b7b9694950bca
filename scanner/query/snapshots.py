"""A snapshot as rows: the resources that it holds as the account told them, the calls, and what is missing. Nothing is judged, and what was
left out when it was taken stays `(redacted)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from assay.scanner.sources import snapshot
from assay.scanner.sources.aws.items import ApiItem, CallOutcome, ItemRecord, UnlistedRecord
from assay.scanner.sources.coverage import CallCount, Gap
from assay.scanner.sources.gcp import records as google
from assay.scanner.tables.columns import CALLS, GAPS, RESOURCES, RUNS
from assay.scanner.tables.rows import Begun, Row, call_values, gap_values, time

_PROJECT = "projects/"


class _Tag(msgspec.Struct):
    record: str = ""
    finished: str = ""
    complete: bool = False
    scope: Any = None
    """Of the header and of gaps."""


_tag = msgspec.json.Decoder(_Tag).decode
_call = msgspec.json.Decoder(CallCount).decode
_gap = msgspec.json.Decoder(Gap).decode


def rows(path: str, wanted: frozenset[str]) -> Iterator[Row]:
    """The rows of a snapshot, which `source` names. One that is damaged gives what can be read of it, and a gap. Raises OSError."""
    header = snapshot.read_header(path)
    if header is None:
        raise OSError(0, "a snapshot that is damaged, or of another version; take it again, or ask with the version that wrote it")
    yield from _Snapshot(path, header, wanted).rows()


class _Snapshot:
    def __init__(self, path: str, header: Mapping[str, Any], wanted: frozenset[str]) -> None:
        self._path, self._header, self._wanted = path, header, wanted
        self._begun = Begun(path, None)
        self._resource = _of_google if header.get("cloud") == "google" else _of_aws
        self._finished, self._complete, self._count = "", False, 0
        self._gaps = 0

    def rows(self) -> Iterator[Row]:
        try:
            for number, line in enumerate(snapshot.lines(self._path), 1):
                try:
                    yield from self._row(line)
                except (msgspec.MsgspecError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
                    reason = f"the line is no record of a snapshot: {error}"
                    yield from self._gap(Gap(self._path, "parse_error", reason, "take the snapshot again", number))
            damage = ""
        except snapshot.CutOff as error:
            damage, self._finished = str(error), ""
        if not self._finished:
            yield from self._gap(snapshot.cut_off(self._path, damage))
        started, tool = str(self._header.get("started") or ""), str(self._header.get("tool") or "")
        yield self._begun.row(
            RUNS.name, started=time(started), finished=time(self._finished), version=tool.removeprefix("assay "),
            complete=self._complete and not self._gaps, resources=self._count,
        )  # fmt: skip

    def _row(self, line: bytes) -> Iterator[Row]:
        tag = _tag(line)
        if tag.record in ("item", "asset"):
            self._count += 1
            if RESOURCES.name in self._wanted:
                yield self._begun.row(RESOURCES.name, **self._resource(line))
        elif tag.record == "calls":
            call = _call(line)
            yield self._begun.row(CALLS.name, **call_values(call))
            if call.outcome != "answered":
                yield from self._gap(_denied(call))
        elif tag.record == "gap":
            yield from self._gap(_gap(line))
        elif tag.record == "end":
            self._finished, self._complete = tag.finished, tag.complete

    def _gap(self, gap: Gap) -> Iterator[Row]:
        self._gaps += 1
        if self._gaps <= snapshot.MAX_GAPS:
            yield self._begun.row(GAPS.name, **gap_values(gap, False))


def _denied(call: CallCount) -> Gap:
    """The gap of calls that were not answered, as a scan of the snapshot has it."""
    way = f"grant {call.permission}" if call.outcome == "denied" else "audit again"
    return Gap(f"aws:{call.account}/{call.region}", f"call_{call.outcome}", f"{call.service}:{call.operation}: {call.code}", way)


_decode = msgspec.json.Decoder(ItemRecord | UnlistedRecord).decode


def _of_aws(line: bytes) -> dict[str, Any]:
    record = _decode(line)
    assert isinstance(record, ItemRecord)
    item = ApiItem(record, "")
    answers = {name: _answered(answer) for name, answer in record.answers.items()}
    return {
        "resource": record.id, "address": record.id, "type": record.type, "cloud": "aws", "account": record.account or None,
        "region": record.region or None, "root": item.root, "stands_for": "itself", "tags": _tags(item), "seen": time(record.time),
        "data": {"listed": record.listed, **answers},
    }  # fmt: skip


def _answered(answer: CallOutcome) -> Any:
    """What a call answered; None where it said that there is nothing, and why where it did not answer."""
    return {"outcome": answer.outcome, "code": answer.code} if answer.outcome in ("denied", "failed") else answer.data


def _tags(item: ApiItem) -> dict[str, str]:
    return {key: value for key, value in item.tags.items() if isinstance(value, str)}


def _of_google(line: bytes) -> dict[str, Any]:
    record = google.decode(line)
    kinds = {
        "resource": google.RESOURCE,
        "iam_policy": google.IAM_POLICY,
        "org_policy": google.ORG_POLICY,
        "access_policy": google.ACCESS_POLICY,
    }
    data = {name: msgspec.json.decode(text) for name, kind in kinds.items() if (text := record.text(kind))}
    said, head = data.get("resource"), record.resource
    labels = said.get("labels") if isinstance(said, dict) else None
    project = next((above[len(_PROJECT) :] for above in record.ancestors or () if above.startswith(_PROJECT)), None)
    return {
        "resource": record.name, "address": record.name, "type": record.type, "cloud": "google", "account": project,
        "region": head.location if isinstance(head, google.ResourceHead) and head.location else None, "stands_for": "itself",
        "tags": {key: value for key, value in labels.items() if isinstance(value, str)} if isinstance(labels, dict) else {},
        "seen": time(record.update_time or record.updateTime), "data": data,
    }  # fmt: skip
