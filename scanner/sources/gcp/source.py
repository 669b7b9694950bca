"""Live projects, folders and organisations of Google Cloud, and snapshots of them."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from assay.scanner.override import override
from assay.scanner.sources import snapshot, stage
from assay.scanner.sources.coverage import CallCount, Coverage, Gap
from assay.scanner.sources.discover import show
from assay.scanner.sources.gcp.assets import collections
from assay.scanner.sources.gcp.inventory import ALWAYS, DENY_POLICY, NOT_LISTED, POLICY, Inventory
from assay.scanner.sources.gcp.items import root_of
from assay.scanner.sources.gcp.names import is_asset_type
from assay.scanner.sources.gcp.records import ACCESS_POLICY, MALFORMED, ORG_POLICY, RESOURCE
from assay.scanner.sources.gcp.store import SPOOL, read_text
from assay.scanner.sources.interface import EVERYTHING, Collection, Item, Source, Unlisted, Wanted
from assay.scanner.sources.live import Collected, LiveSource, SnapshotPart, Status
from assay.scanner.sources.raw import Location, Unknown


class SnapshotSource(Source):
    """A snapshot of Google Cloud."""

    input = "google"

    def __init__(self, path: str) -> None:
        self.path = path

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        """A snapshot that is cut off is read as far as it goes, and marked as incomplete."""
        reader = SnapshotReader(wanted.types, wanted.judged, show(self.path))
        try:
            reader.read(snapshot.lines(self.path))
        except snapshot.CutOff as error:
            reader.ended, reader.damage = False, str(error)
        yield from reader.collections()


def from_snapshot(path: str) -> Source:
    """The source of a snapshot file (see sources/snapshot.py)."""
    return SnapshotSource(path)


class PartSource(Source):
    """What an audit collected."""

    input = "google"

    def __init__(self, part: SnapshotPart) -> None:
        self.part = part

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        """A part that was lost when it was read before is a gap, and is not read again."""
        part = self.part
        try:
            stage.enter(part.name, os.path.getsize(part.file))
        except stage.LostInput as lost:
            way = "audit its projects one by one; --limit-memory and --limit-seconds say what it may take"
            yield Collection(part.name, [], Coverage(gaps=[Gap(part.name, "input_failed", str(lost.strerror), way)]))
            return
        reader = SnapshotReader(wanted.types, wanted.judged, part.snapshot)
        with open(part.file, "rb") as lines:
            reader.read(lines)
        yield from reader.collections()


class AuditSource(LiveSource):
    """A live project, folder or organisation. What it answers goes to `out`, where that is given, and is judged as a snapshot is."""

    input = "google"

    def __init__(self, request: Any, plan: Any, out: str | None = None, waits: Any = None, pace: float = 1.0) -> None:
        self.request, self.plan, self.out = request, plan, out
        self.stopping = threading.Event()
        self._waits, self._pace = waits, pace
        self.collector: Any = None

    def stop(self) -> None:
        """End the audit soon; what was answered by then is judged."""
        self.stopping.set()

    def status(self) -> Status:
        """How far the audit is. May be asked from another thread."""
        collector = self.collector
        if collector is None:
            return Status(0, 0, "logging in", "")
        return Status(collector.done, collector.steps, collector.at, f"{collector.assets:,} assets, {collector.asker.made:,} calls")

    @override
    def parts(self) -> Iterator[SnapshotPart]:
        """One part, whose file is there only until the next is asked for."""
        with tempfile.TemporaryDirectory(prefix="assay-") as folder:
            file = os.path.join(folder, "part")
            with open(file, "wb") as opened:
                opened.writelines(self._lines())
            yield SnapshotPart("google", file, f"google:{self.request.parent}", self.out or "")

    def collect_only(self) -> Collected:
        """Collect without judging."""
        reader = SnapshotReader(frozenset(), frozenset(), self.out or "")
        reader.read(self._lines())
        gaps = [gap for collection in reader.collections() for gap in collection.coverage.gaps]
        return Collected(self.collector.projects, self.collector.assets, self.collector.asker.made, gaps)

    def _lines(self) -> Iterator[bytes]:
        from assay.scanner.sources.gcp.asking import Asker
        from assay.scanner.sources.gcp.collect import Collector
        from assay.scanner.sources.gcp.session import Clients

        asker = Asker(self.request.parent, self.stopping, self._waits, self._pace)
        self.collector = Collector(self.request, self.plan, Clients(self.request), asker)
        lines = self.collector.lines()
        if not self.out:
            yield from lines
            return
        first = next(lines)  # raises where there are no credentials: no file is begun then
        with snapshot.replacing(self.out) as writer:
            writer.copy(iter([first]))
            yield first
            for line in lines:
                writer.copy(iter([line]))
                yield line


class _Unlisted(msgspec.Struct):
    """A kind of content that could not be read, of some asset types; none of them stands for all."""

    types: list[str]
    content: str
    outcome: str
    reason: str
    settles_it: str
    operation: str
    time: str


class _Listed(msgspec.Struct):
    """A kind of content that was read, and the call that gave it."""

    content: str
    operation: str
    time: str


class _Effective(msgspec.Struct):
    """The organisation policy in effect on a project, or why it could not be read."""

    scope: str
    constraint: str
    operation: str
    time: str
    policy: dict[str, Any] | None = None
    outcome: str = ""
    reason: str = ""
    settles_it: str = ""


class _Gap(msgspec.Struct):
    scope: str
    code: str
    reason: str
    settles_it: str


class _Header(msgspec.Struct):
    cloud: str
    scope: dict[str, Any]


class _Tag(msgspec.Struct):
    record: str = ""


_tag = msgspec.json.Decoder(_Tag).decode


_NOT_ASKED = Unknown("the snapshot was taken without assets of this type", "take it again with the same controls")


def _why_not_asked(type_: str) -> Unknown:
    return Unknown(f"the inventory has no {type_}", "scan the code that makes them") if type_ in NOT_LISTED else _NOT_ASKED


class SnapshotReader:
    """Turns the lines of a snapshot into collections. `path` names it in gaps.

    `wanted` and `judged` are as in `interface.Wanted`.
    """

    def __init__(self, wanted: frozenset[str] | None, judged: frozenset[str], path: str = "") -> None:
        self.path, self.ended, self.damage = path, False, ""
        self._wanted, self._judged, self._asked = wanted or frozenset(), judged, frozenset[str]()
        self.inventory, self.coverage = Inventory(wanted), Coverage()
        self._parent = ""
        self._unlisted: list[_Unlisted] = []
        self._gaps: set[Gap] = set()

    def read(self, lines: Iterable[bytes]) -> None:
        """Raises CutOff where the lines do."""
        self.inventory.files.append(self.path)
        for number, line in enumerate(lines, 1):
            try:
                self._enter(_tag(line).record, line, number)
            except MALFORMED as error:
                reason = f"the line is no record of a snapshot: {error}"
                self._gap(Gap(self.path, "parse_error", reason, "take the snapshot again", number))

    def _enter(self, tag: str, line: bytes, number: int) -> None:
        if tag == "asset":
            record, raw, file, offset, _ = read_text(line, SPOOL, 0, number)
            if isinstance(record, Exception):
                raise record
            self.inventory.add(record, raw, file, offset, 0)
        elif tag == "listed":
            listed = msgspec.json.decode(line, type=_Listed)
            self.inventory.operations[listed.content] = listed.operation
            self.inventory.read_time = self.inventory.read_time or listed.time
        elif tag == "unlisted":
            self._enter_unlisted(msgspec.json.decode(line, type=_Unlisted))
        elif tag == "effective_policy":
            self._enter_effective(msgspec.json.decode(line, type=_Effective))
        elif tag == "calls":
            self.coverage.calls.append(msgspec.json.decode(line, type=CallCount))
        elif tag == "gap":
            gap = msgspec.json.decode(line, type=_Gap)
            self._gap(Gap(gap.scope, gap.code, gap.reason, gap.settles_it))
        elif tag == "snapshot":
            scope = msgspec.json.decode(line, type=_Header).scope
            self._parent, self.inventory.caller = str(scope.get("parent", "")), str(scope.get("caller", ""))
            types = scope.get("types")
            self._asked = frozenset(type_ for type_ in types if isinstance(type_, str)) if isinstance(types, list) else frozenset()
        elif tag == "end":
            self.ended = True

    def _enter_unlisted(self, record: _Unlisted) -> None:
        self._unlisted.append(record)
        for type_ in record.types or [""]:
            self.inventory.lacking[record.content, type_] = self._why(record)
        if POLICY in record.types and record.content == RESOURCE:
            self.inventory.lacking[ORG_POLICY, ""] = self._why(record)
        self._report(record)

    def _report(self, record: _Unlisted | _Effective) -> None:
        """The gap of a call that was denied or failed."""
        if record.outcome in ("denied", "failed"):
            self._gap(Gap(f"google:{self._parent}", f"call_{record.outcome}", record.reason, record.settles_it))

    def _why(self, record: _Unlisted | _Effective) -> Unknown:
        seen = Location(operation=record.operation, time=record.time, caller=self.inventory.caller)
        return Unknown(record.reason, record.settles_it, seen)

    def _enter_effective(self, record: _Effective) -> None:
        policies = self.inventory.effective.setdefault(record.scope, {})
        policies[record.constraint] = self._why(record) if record.policy is None else record.policy
        self._report(record)

    def collections(self) -> Iterator[Collection]:
        """The collections, once all lines are read."""
        inventory = self.inventory
        inventory.root = self._parent
        if not inventory.operations:
            inventory.operations[RESOURCE] = "cloudasset.ListAssets"
        if not self.ended:
            self._gap(snapshot.cut_off(self.path, self.damage))
            why = Unknown("the snapshot ends in the middle", "take it again")
            for kind in ("RESOURCE", "IAM_POLICY", ORG_POLICY, ACCESS_POLICY):
                inventory.lacking.setdefault((kind, ""), why)
        refused = {type_: self._why(record) for record in self._unlisted if record.content == RESOURCE for type_ in record.types}
        # A snapshot from before deny policies were asked for says no more of them than an export does.
        not_asked = sorted(self._wanted - self._asked - {DENY_POLICY})
        left_out = {type_: _why_not_asked(type_) for type_ in not_asked if is_asset_type(type_)}
        judged = {type_: why for type_, why in left_out.items() if type_ in self._judged}
        others = {type_: why for type_, why in left_out.items() if type_ not in self._judged}
        yield from collections(inventory, self.coverage, self._stand_ins(refused | judged), self._stand_ins(others))

    def _stand_ins(self, types: dict[str, Unknown]) -> list[Item]:
        """For every type of which there may be more, an item of which nothing is known."""
        root, project = root_of(self._parent), self._parent[9:] if self._parent.startswith("projects/") else None
        return [Unlisted(type_, root, self._parent, why).within(project, None) for type_, why in types.items() if type_ not in ALWAYS]

    def _gap(self, gap: Gap) -> None:
        if gap not in self._gaps and len(self._gaps) < snapshot.MAX_GAPS:
            self._gaps.add(gap)
            self.coverage.gaps.append(gap)
