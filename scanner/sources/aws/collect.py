"""Goes through the listings of a plan, account by account and region by region, and keeps what was answered on disk.

Memory holds a page of each listing that is under way, whatever the size of an account. Answers stand in a folder of the account until it is
done: resources that other regions refer to in `shared`, the others by region.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import msgspec

from assay.scanner.sources.aws.asking import MALFORMED, Account, Asker, Refused, Stopped, now
from assay.scanner.sources.aws.calls import Call, Listing
from assay.scanner.sources.aws.items import Answer, ItemRecord, UnlistedRecord, walk
from assay.scanner.sources.aws.plan import Plan
from assay.scanner.sources.aws.spool import SHARED, Spool

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
    accounts_done: int = 0
    units: int = 0
    units_done: int = 0
    resources: int = 0
    at: str = ""


class Unit(msgspec.Struct, frozen=True):
    """One region of one account, or its global services (`global`)."""

    account: Account
    region: str

    @property
    def home(self) -> str:
        return _HOMES.get(self.account.partition, "us-east-1") if self.region == GLOBAL else self.region


class _Patience:
    """How long calls that are under way may still take when the run is to end: so much for all of them together."""

    def __init__(self) -> None:
        self._until: float | None = None

    def left(self) -> float:
        if self._until is None:
            self._until = time.monotonic() + GRACE_SECONDS
        return self._until - time.monotonic()


class Collector:
    """One run over accounts. `regions` gives the regions of an account; `chosen` limits what global services list, empty for no limit."""

    def __init__(self, plan: Plan, asker: Asker, regions: Callable[[Account], list[str]], chosen: frozenset[str] = frozenset()) -> None:
        self.plan, self.asker, self.regions, self.chosen = plan, asker, regions, chosen
        self.progress = Progress()
        self._patience = _Patience()
        self._lock = threading.Lock()
        self._roots = _grouped(each for each in plan.listings if not each.parent)
        self._children = {each.type: _grouped(child for child in plan.listings if child.parent == each.type) for each in plan.listings}

    def collect(self, account: Account, spool: Spool) -> None:
        """Everything of one account that is not in the spool yet."""
        regions = self.regions(account)
        units = [Unit(account, region) for region in [GLOBAL, *regions] if region not in spool.complete]
        spool.regions = regions
        with self._lock:
            self.progress.units += len(units)
        listers, details = ThreadPoolExecutor(LISTERS, f"{THREADS} lists"), ThreadPoolExecutor(DETAILERS, f"{THREADS} details")
        try:
            running: dict[Unit, dict[Future[bool], list[Listing]]] = {}
            for unit in units:
                groups = [group for group in self._roots if group[0].everywhere == (unit.region == GLOBAL)]
                running[unit] = {listers.submit(self._group, unit, group, spool, details): group for group in groups}
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
        for each in self.plan.left_out:
            spool.write(SHARED, UnlistedRecord(each.type, account.id, "", Answer("failed"), left_out=True))

    def _ended(self, unit: Unit, future: Future[bool], group: list[Listing], spool: Spool) -> bool:
        """Whether a listing was gone through to its end. One that still waits for an answer when the run is to end is given up."""
        while not future.done():
            wait([future], _TICK)
            if self.asker.stop.is_set():
                wait([future], max(0.0, self._patience.left()))
                break
        if future.done():
            return future.result()
        stopped = Answer("failed", code=INTERRUPTED, operation=group[0].call.label, time=now())
        self._write(unit, spool, self._unlisted(unit, group, stopped, {}))
        return False

    def _group(self, unit: Unit, group: list[Listing], spool: Spool, details: ThreadPoolExecutor) -> bool:
        """One listing call, for all the types that its answer tells; whether it was gone through to its end or refused, not stopped."""
        try:
            if not group[0].entries:
                self._write(unit, spool, self._single(unit, group[0]))
                return not self.asker.stop.is_set()
            for page in self._pages(unit, group[0].call, {}, {}):
                entries = self._entries(unit, page, group)
                work = [details.submit(self._complete, unit, each, entry, {}) for each, entry in entries]
                for future in work:
                    self._write(unit, spool, future.result())
        except Refused as refused:
            self._write(unit, spool, self._unlisted(unit, group, refused.answer, {}))
        except Stopped:
            stopped = Answer("failed", code=INTERRUPTED, operation=group[0].call.label, time=now())
            self._write(unit, spool, self._unlisted(unit, group, stopped, {}))
            return False
        except Exception as error:  # an answer of a shape that no test has must cost this listing only
            broken = self.asker.spoil(unit.account, group[0].call, type(error).__name__, unit.region)
            self._write(unit, spool, self._unlisted(unit, group, broken, {}))
        return not self.asker.stop.is_set()  # else calls about some of its resources were not made

    def _write(self, unit: Unit, spool: Spool, records: list[Any]) -> None:
        for record in records:
            shared = self._listing(record.type).joined_across_regions
            spool.write(SHARED if shared else unit.region, record)
        with self._lock:
            self.progress.resources += len(records)

    def _listing(self, type_: str) -> Listing:
        return next(each for each in self.plan.listings if each.type == type_)

    def _pages(self, unit: Unit, call: Call, entry: dict[str, Any], parent: dict[str, Any]) -> Iterator[dict[str, Any]]:
        return self.asker.pages(unit.account, unit.home, call, _parameters(call, unit.account, entry, parent), unit.region)

    def _single(self, unit: Unit, listing: Listing) -> list[Any]:
        """An answer that is itself the resource."""
        answer = self.asker.ask(unit.account, unit.home, listing.call, _parameters(listing.call, unit.account, {}, {}), unit.region)
        record = _record(unit, listing, {})
        record.answers[listing.call.name] = answer
        return [record]

    def _complete(self, unit: Unit, listing: Listing, entry: Any, parent: dict[str, Any]) -> list[Any]:
        """A resource with the answers about it, and what is listed for it."""
        listed = {"value": entry} if isinstance(entry, str) else dict(entry)
        listed |= {field: walk(parent, path) for field, path in listing.known}
        record = _record(unit, listing, listed)
        if listing.uses and _OF_AWS in record.id and not any(listed.get(count) for count in listing.uses):
            return []
        if listing.region and not self._located(unit, listing, record):
            return []
        for call in self.plan.details[listing.type]:
            answer = self._detail(unit, call, record, parent)
            if answer.code in listing.gone:
                return []
            record.answers[call.name] = answer
        found: list[Any] = [record]
        for group in self._children[listing.type]:
            found += self._children_of(unit, group, record)
        return found

    def _located(self, unit: Unit, listing: Listing, record: ItemRecord) -> bool:
        """Find out the region of a resource of a global listing; whether it is among the chosen ones."""
        region = record.listed.get(listing.region)
        if not region and listing.locate:
            answer = self._detail(unit, listing.locate, record, {})
            if answer.code in listing.gone:
                return False
            if answer.outcome == "answered":
                # None is us-east-1, EU is eu-west-1: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
                told = answer.data.get("LocationConstraint") if isinstance(answer.data, dict) else None
                region = {"EU": "eu-west-1", None: "us-east-1", "": "us-east-1"}.get(told, told)
        record.region = region or ""
        return not self.chosen or not region or region in self.chosen

    def _entries(self, unit: Unit, page: dict[str, Any], group: list[Listing]) -> list[tuple[Listing, Any]]:
        """The resources of a page. One that holds none of the lists, or something else in their place, is a malformed answer."""
        lists = [(each, walk(page, each.entries)) for each in group]
        whole = all(held is None or (isinstance(held, list) and all(isinstance(each, (dict, str)) for each in held)) for _, held in lists)
        told = group[0].call.may_be_empty or any(each.entries.partition(".")[0] in page for each in group)
        if not (whole and told):
            raise Refused(self.asker.spoil(unit.account, group[0].call, MALFORMED, unit.region))
        return [(each, entry) for each, held in lists for entry in held or []]

    def _unlisted(self, unit: Unit, group: list[Listing], answer: Answer, parent: dict[str, Any]) -> list[Any]:
        """What stands for the resources of a listing that failed, and for those below them that are judged by themselves."""
        found: list[Any] = []
        for each in group:
            known = {field: walk(parent, path) for field, path in each.known}
            found.append(_unlisted(unit, each, answer, known))
            found += [_unlisted(unit, below, answer, {}) for below in self._below(each) if below.type in self.plan.judged]
        return found

    def _below(self, listing: Listing) -> Iterator[Listing]:
        for group in self._children[listing.type]:
            for each in group:
                yield each
                yield from self._below(each)

    def _detail(self, unit: Unit, call: Call, record: ItemRecord, parent: dict[str, Any]) -> Answer:
        known = {**record.listed, **{name: answer.data for name, answer in record.answers.items()}}
        if not _meant(unit, call, known):
            return Answer("absent", operation=call.label, time=now())
        region = record.region or unit.home if call.regional else unit.home
        try:
            return self.asker.ask(unit.account, region, call, _parameters(call, unit.account, known, parent), unit.region)
        except Stopped:
            return Answer("failed", code=INTERRUPTED, operation=call.label, permission=call.permission, time=now())

    def _children_of(self, unit: Unit, group: list[Listing], record: ItemRecord) -> list[Any]:
        parent = {**record.listed, **{name: answer.data for name, answer in record.answers.items()}}
        found: list[Any] = []
        if not _meant(unit, group[0].call, parent):
            return found
        try:
            for page in self._pages(unit, group[0].call, parent, parent):
                for each, entry in self._entries(unit, page, group):
                    found += self._complete(unit, each, entry, parent)
        except Refused as refused:
            if refused.answer.code not in self._listing(record.type).gone:
                found += self._unlisted(unit, group, refused.answer, parent)
        except Stopped:
            stopped = Answer("failed", code=INTERRUPTED, operation=group[0].call.label, time=now())
            found += self._unlisted(unit, group, stopped, parent)
        return found


def _meant(unit: Unit, call: Call, known: dict[str, Any]) -> bool:
    """Whether a call is to be made about something; where its condition cannot be told, it is."""
    if call.when is None:
        return True
    held, wanted = walk(known, call.when[0]), call.when[1]
    return held is None or held == (unit.account.id if wanted == "@account" else wanted)


def _grouped(listings: Iterable[Listing]) -> list[list[Listing]]:
    """Listings by the call that they share: one answer may tell several types."""
    groups: dict[Call, list[Listing]] = {}
    for each in listings:
        groups.setdefault(each.call, []).append(each)
    return list(groups.values())


def _parameters(call: Call, account: Account, entry: dict[str, Any], parent: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, path in call.parameters:
        if path.startswith("="):
            found[name] = path[1:]
        elif path == "@account":
            found[name] = account.id
        else:
            held = walk(parent, path[2:]) if path.startswith("..") else walk(entry, path)
            found[name] = [held] if name.endswith("s") and isinstance(held, str) else held
    return found


def _record(unit: Unit, listing: Listing, listed: dict[str, Any]) -> ItemRecord:
    fields = {**listed, "partition": unit.account.partition, "account": unit.account.id, "region": unit.home}
    id_ = listing.id.format_map(fields) if "{" in listing.id else str(listed.get(listing.id) or listed)
    region = "" if unit.region == GLOBAL else unit.region
    return ItemRecord(listing.type, id_, unit.account.id, region, listing.call.label, now(), listed)


def _unlisted(unit: Unit, listing: Listing, answer: Answer, known: dict[str, Any]) -> UnlistedRecord:
    region = "" if unit.region == GLOBAL else unit.region
    return UnlistedRecord(listing.type, unit.account.id, region, answer, known)
