"""Goes through the listings of a plan, account by account and region by region, and keeps what was answered on disk.

Memory holds a page of each listing that is under way, whatever the size of an account. Answers stand in a folder of the account until it is
done: resources that other regions refer to in `shared`, the others by region.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import msgspec

from assay.scanner.sources.aws.asking import MALFORMED, Account, Asker, Refused, Stopped, now
from assay.scanner.sources.aws.calls import Call, Listing, resource_id
from assay.scanner.sources.aws.items import CallOutcome, ItemRecord, UnlistedRecord, redacted_record, walk
from assay.scanner.sources.aws.plan import AccountPlan
from assay.scanner.sources.aws.spool import SHARED, Spool
from assay.scanner.sources.aws.unchanged import Since, Unchanged
from assay.scanner.sources.coverage import CallCount

LISTERS, DETAILERS = 8, 16
GLOBAL = "global"
_OF_AWS = "::aws:"  # in the ARN of what AWS keeps for all accounts
THREADS = "assay"  # see leave() in cli/live.py
INTERRUPTED = "Interrupted"
GRACE_SECONDS, _TICK = 2.0, 0.2
_HOMES = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}
"""Where the one endpoint of global services is: https://docs.aws.amazon.com/general/latest/gr/rande.html"""


class Progress(msgspec.Struct):
    """How far a run is. Units are regions, and the global services of an account."""

    accounts: int = 0
    """All that are to be gone through."""
    accounts_entered: int = 0
    accounts_done: int = 0
    units: int = 0
    """Of the accounts that were entered."""
    units_done: int = 0
    resources: int = 0
    at: str = ""

    @property
    def units_expected(self) -> int:
        """Of all accounts: one that was not entered yet is taken to have as many as the others have."""
        entered = max(1, self.accounts_entered)
        return self.units + (self.accounts - self.accounts_entered) * self.units // entered if self.units else 0


class RegionUnit(msgspec.Struct, frozen=True):
    """One region of one account, or its global services (`global`)."""

    account: Account
    region: str
    unchanged: Unchanged | None = None
    """Answers that need not be asked for again."""

    @property
    def home(self) -> str:
        """The region whose endpoints are asked."""
        return _HOMES.get(self.account.partition, "us-east-1") if self.region == GLOBAL else self.region


class _Patience:
    """Grace for calls that are under way when the run is to end: GRACE_SECONDS for all of them together."""

    def __init__(self) -> None:
        self._until: float | None = None

    def left(self) -> float:
        """Seconds that are left; the first question starts the clock."""
        if self._until is None:
            self._until = time.monotonic() + GRACE_SECONDS
        return self._until - time.monotonic()


def _offered(listing: Listing, unit: RegionUnit) -> bool:
    """Whether there can be anything to list."""
    return not listing.regions or unit.region in listing.regions


class Collector:
    """One run over accounts. `regions` gives the regions of an account; `chosen` limits what global services list, empty for no limit."""

    def __init__(
        self,
        plan: AccountPlan,
        asker: Asker,
        regions: Callable[[Account], list[str]],
        chosen: frozenset[str] = frozenset(),
        since: Since | None = None,
    ) -> None:
        """`since`: an earlier snapshot, of which is taken what AWS Config says is still so."""
        self.plan, self.asker, self.regions, self.chosen, self.since = plan, asker, regions, chosen, since
        self.progress = Progress()
        self._patience = _Patience()
        self._lock = threading.Lock()
        self._listings = {listing.type: listing for listing in plan.listings}
        self._roots = _grouped(listing for listing in plan.listings if not listing.parent)
        self._children = {
            listing.type: _grouped(child for child in plan.listings if child.parent == listing.type) for listing in plan.listings
        }

    @property
    def made(self) -> int:
        """The calls that were made."""
        return self.asker.made + (self.since.asker.made if self.since else 0)

    def take_over(self, spool: Spool) -> None:
        """An account that is whole in an earlier snapshot: nothing of it is asked for."""
        with self._lock:
            self.progress.accounts_entered += 1
            self.progress.units += len(spool.regions) + 1
            self.progress.units_done += len(spool.regions) + 1
        self._leave_out(spool)

    def collect(self, account: Account, spool: Spool) -> None:
        """Write to the spool everything of one account that is not in it yet. Raises Stopped where the regions could not be asked for."""
        regions = self.regions(account)
        at = int(account.id) % (len(regions) or 1) if account.id.isdecimal() else 0  # not all accounts ask the same region at once
        order = [GLOBAL, *regions[at:], *regions[:at]]
        unchanged = self.since.of(account) if self.since else None
        units = [RegionUnit(account, region, unchanged) for region in order if region not in spool.complete]
        spool.regions = regions
        with self._lock:
            self.progress.accounts_entered += 1
            self.progress.units += len(regions) + 1
            self.progress.units_done += len(regions) + 1 - len(units)
        listers, details = ThreadPoolExecutor(LISTERS, f"{THREADS} lists"), ThreadPoolExecutor(DETAILERS, f"{THREADS} details")
        try:
            running: dict[RegionUnit, dict[Future[bool], list[Listing]]] = {}
            for unit in units:
                groups = [group for group in self._roots if group[0].everywhere == (unit.region == GLOBAL) and _offered(group[0], unit)]
                running[unit] = {listers.submit(self._list, unit, group, spool, details): group for group in groups}
            for unit, futures in running.items():
                self.progress.at = f"{account.id} {unit.region}"
                ends = [self._ended(unit, future, group, spool) for future, group in futures.items()]
                if all(ends):
                    spool.complete.add(unit.region)
                with self._lock:
                    self.progress.units_done += 1
        finally:
            for pool in (listers, details):
                pool.shutdown(wait=not self.asker.stop.is_set(), cancel_futures=True)
        self._leave_out(spool)

    def closed(self, account: str) -> list[CallCount]:
        """The ledger of an account that is gone through. It is told once."""
        return [*self.asker.closed(account), *(self.since.closed(account) if self.since else ())]

    def _leave_out(self, spool: Spool) -> None:
        for listing in self.plan.left_out:
            spool.write(SHARED, UnlistedRecord(listing.type, spool.account, "", CallOutcome("failed"), left_out=True))

    def _ended(self, unit: RegionUnit, future: Future[bool], group: list[Listing], spool: Spool) -> bool:
        """Whether a group of listings was gone through to its end. One that still waits for an answer when the run ends is given up."""
        while not future.done():
            wait([future], _TICK)
            if self.asker.stop.is_set():
                wait([future], max(0.0, self._patience.left()))
                break
        if future.done():
            return future.result()
        self._write(unit, spool, self._unlisted(unit, group, _interrupted(group[0].call), {}))
        return False

    def _list(self, unit: RegionUnit, group: list[Listing], spool: Spool, details: ThreadPoolExecutor) -> bool:
        """One listing call, for all the types that its answer tells; whether it was gone through to its end or refused, not stopped."""
        try:
            if not group[0].entries:
                self._write(unit, spool, self._single(unit, group[0]))
                return not self.asker.stop.is_set()
            if group[0].prepared:
                self.asker.prepare(unit.account, unit.home, group[0].prepared, unit.region)
            for page in self._pages(unit, group[0].call, {}, {}):
                entries = self._entries(unit, page, group)
                futures = [details.submit(self._described, unit, listing, entry, {}) for listing, entry in entries]
                for future in futures:
                    self._write(unit, spool, future.result())
        except Refused as refused:
            self._write(unit, spool, self._unlisted(unit, group, refused.answer, {}))
        except Stopped:
            self._write(unit, spool, self._unlisted(unit, group, _interrupted(group[0].call), {}))
            return False
        except Exception as error:  # an answer of a shape that no test has must cost this listing only
            broken = self.asker.spoil(unit.account, group[0].call, type(error).__name__, unit.region)
            self._write(unit, spool, self._unlisted(unit, group, broken, {}))
        return not self.asker.stop.is_set()  # else calls about some of its resources were not made

    def _write(self, unit: RegionUnit, spool: Spool, records: list[Any]) -> None:
        for record in records:
            shared = self._listings[record.type].joined_across_regions
            spool.write(SHARED if shared else unit.region, redacted_record(record))
        with self._lock:
            self.progress.resources += len(records)

    def _pages(
        self, unit: RegionUnit, call: Call, entry: dict[str, Any], parent: dict[str, Any], region: str = "", gone: tuple[str, ...] = ()
    ) -> Iterator[dict[str, Any]]:
        return self.asker.pages(unit.account, region or unit.home, call, _parameters(call, unit.account, entry, parent), unit.region, gone)

    def _single(self, unit: RegionUnit, listing: Listing) -> list[Any]:
        """An answer that is itself the resource."""
        answer = self.asker.ask(unit.account, unit.home, listing.call, _parameters(listing.call, unit.account, {}, {}), unit.region)
        record = _record(unit, listing, {})
        record.answers[listing.call.name] = answer
        for call in self.plan.details[listing.type]:
            record.answers[call.name] = self._detail(unit, call, record, {})
        return [record]

    def _described(self, unit: RegionUnit, listing: Listing, entry: Any, parent: dict[str, Any], region: str = "") -> list[Any]:
        """The records of one listed resource: itself with the answers about it, and those of the resources that are listed for it.

        `region`: that of what it is listed for, where this was listed globally.
        """
        listed = {"value": entry} if isinstance(entry, str) else dict(entry)
        listed |= {field: walk(parent, path) for field, path in listing.known}
        record = _record(unit, listing, listed)
        record.region = record.region or region
        if listing.uses and _OF_AWS in record.id and not any(listed.get(count) for count in listing.uses):
            return []
        if listing.region and not self._in_chosen_region(unit, listing, record):
            return []
        for call in self.plan.details[listing.type]:
            answer = self._detail(unit, call, record, parent)
            if answer.code in listing.gone and answer.code not in call.absent:
                return []
            record.answers[call.name] = answer
        records: list[Any] = [record]
        for group in self._children[listing.type]:
            records += self._children_of(unit, group, record)
        return records

    def _in_chosen_region(self, unit: RegionUnit, listing: Listing, record: ItemRecord) -> bool:
        """Whether a resource of a global listing is in a chosen region; enters its region in the record."""
        region = record.listed.get(listing.region)
        if not region and listing.locate:
            answer = self._detail(unit, listing.locate, record, {})
            if answer.code in listing.gone:
                return False
            if answer.outcome == "answered":
                # None is us-east-1, EU is eu-west-1: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
                constraint = answer.data.get("LocationConstraint") if isinstance(answer.data, dict) else None
                region = {"EU": "eu-west-1", None: "us-east-1", "": "us-east-1"}.get(constraint, constraint)
        record.region = region or ""
        return not self.chosen or not region or region in self.chosen

    def _entries(self, unit: RegionUnit, page: dict[str, Any], group: list[Listing]) -> list[tuple[Listing, Any]]:
        """The resources of a page, with the listing of each.

        A page that holds none of the listings' fields, or something other than lists in them, is a malformed answer.
        """
        lists = [(listing, _entries_at(page, listing.entries)) for listing in group]
        first = [re.split(r"[.\[]", listing.entries)[0] for listing in group]
        has_field = group[0].call.may_be_empty or any(field in page for field in first)
        if not has_field or not all(_is_list_of_entries(entries) for _, entries in lists):
            raise Refused(self.asker.spoil(unit.account, group[0].call, MALFORMED, unit.region))
        return [(listing, entry) for listing, entries in lists for entry in entries or []]

    def _unlisted(self, unit: RegionUnit, group: list[Listing], answer: CallOutcome, parent: dict[str, Any]) -> list[Any]:
        """What stands for the resources of a listing that failed, and for those below them that are judged by themselves."""
        records: list[Any] = []
        for listing in group:
            known = {field: walk(parent, path) for field, path in listing.known}
            records.append(_unlisted(unit, listing, answer, known))
            judged = [child for child in self._below(listing) if child.type in self.plan.judged]
            records += [_unlisted(unit, child, answer, {}) for child in judged]
        return records

    def _below(self, listing: Listing) -> Iterator[Listing]:
        """The listings of its children, of their children, and so on."""
        for group in self._children[listing.type]:
            for child in group:
                yield child
                yield from self._below(child)

    def _detail(self, unit: RegionUnit, call: Call, record: ItemRecord, parent: dict[str, Any]) -> CallOutcome:
        known = {**record.listed, **{name: answer.data for name, answer in record.answers.items()}}
        if not _applies(unit, call, known):
            return CallOutcome("absent", operation=call.label, time=now())
        region = record.region or unit.home if call.regional else unit.home
        try:
            taken = unit.unchanged.answer(record, call, region) if unit.unchanged else None
            if taken is not None:
                self.asker.spare(unit.account, call, unit.region)
                return taken
            gone = self._listings[record.type].gone
            return self.asker.ask(unit.account, region, call, _parameters(call, unit.account, known, parent), unit.region, gone)
        except Stopped:
            return _interrupted(call, call.permission)

    def _children_of(self, unit: RegionUnit, group: list[Listing], record: ItemRecord) -> list[Any]:
        parent = {**record.listed, **{name: answer.data for name, answer in record.answers.items()}}
        records: list[Any] = []
        if group[0].made is not None:
            entries = ((listing, entry) for listing in group if listing.made is not None for entry in listing.made(parent))
            return [made for listing, entry in entries for made in self._described(unit, listing, entry, parent, record.region)]
        if not _applies(unit, group[0].call, parent):
            return records
        gone = self._listings[record.type].gone
        try:
            for page in self._pages(unit, group[0].call, parent, parent, record.region, gone):
                for listing, entry in self._entries(unit, page, group):
                    records += self._described(unit, listing, entry, parent, record.region)
        except Refused as refused:
            if refused.answer.code not in gone:
                records += self._unlisted(unit, group, refused.answer, parent)
        except Stopped:
            records += self._unlisted(unit, group, _interrupted(group[0].call), parent)
        return records


def _interrupted(call: Call, permission: str = "") -> CallOutcome:
    """Of a call that was not made, or not waited for, since the run was to end."""
    return CallOutcome("failed", code=INTERRUPTED, permission=permission, operation=call.label, time=now())


def _is_list_of_entries(entries: Any) -> bool:
    return entries is None or (isinstance(entries, list) and all(isinstance(entry, (dict, str)) for entry in entries))


def _applies(unit: RegionUnit, call: Call, known: dict[str, Any]) -> bool:
    """Whether a call is to be made about a resource: its condition (`Call.when`) holds, or cannot be told."""
    if call.when is None:
        return True
    path, expected = call.when
    value = walk(known, path)
    return value is None or value == (unit.account.id if expected == "@account" else expected)


def _grouped(listings: Iterable[Listing]) -> list[list[Listing]]:
    """Listings by the call that they share: one answer may tell several types. What is the answer as a whole is asked for by itself."""
    groups: dict[tuple[Call, bool, bool], list[Listing]] = {}
    for listing in listings:
        groups.setdefault((listing.call, bool(listing.entries), listing.made is None), []).append(listing)
    return list(groups.values())


def _parameters(call: Call, account: Account, entry: dict[str, Any], parent: dict[str, Any]) -> dict[str, Any]:
    """The request parameters of a call, see `Call.parameters`."""
    parameters: dict[str, Any] = {}
    for name, path in call.parameters:
        if path.startswith("="):
            parameters[name] = msgspec.json.decode(path[1:]) if path.startswith(("={", "=[")) else path[1:]
        elif path == "@account":
            parameters[name] = account.id
        else:
            value = walk(parent, path[2:]) if path.startswith("..") else walk(entry, path)
            parameters[name] = [value] if name.endswith("s") and isinstance(value, str) else value
    return parameters


def _entries_at(page: dict[str, Any], path: str) -> Any:
    """The entries of a page; `Reservations[].Instances` are those of every reservation."""
    outer, lists, inner = path.partition("[].")
    entries = walk(page, outer)
    if not lists or not _is_list_of_entries(entries):
        return entries
    lists_inside = [walk(one, inner) for one in entries or []]
    malformed = next((entries for entries in lists_inside if not _is_list_of_entries(entries)), None)
    return malformed if malformed is not None else [entry for entries in lists_inside for entry in entries or []]


def _record(unit: RegionUnit, listing: Listing, listed: dict[str, Any]) -> ItemRecord:
    id_ = resource_id(listing, listed, unit.account.partition, unit.account.id, unit.home)
    region = "" if unit.region == GLOBAL else unit.region
    return ItemRecord(listing.type, id_, unit.account.id, region, listing.call.label, now(), listed)


def _unlisted(unit: RegionUnit, listing: Listing, answer: CallOutcome, known: dict[str, Any]) -> UnlistedRecord:
    region = "" if unit.region == GLOBAL else unit.region
    return UnlistedRecord(listing.type, unit.account.id, region, answer, known)
