"""What AWS Config recorded, in files: the newest item of each resource, judged as the answers of a live account are.

A snapshot of a delivery channel has all resources of the types that are recorded in its region; which types these are it does not say. So a
type of which a region has no item may be there, unrecorded: what is judged of it is unknown, as for a list that was not answered.
https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import IO, Any

import msgspec

from assay.scanner.options import Options
from assay.scanner.override import override
from assay.scanner.sources.aws.config_accounts import AccountReader, Completeness
from assay.scanner.sources.aws.config_files import Broken, ConfigElement, ConfigFile
from assay.scanner.sources.aws.config_items import DELETED, NOT_RECORDED, NoItem, configured
from assay.scanner.sources.aws.recorded import AUDIT, ConfigurationItem
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.discover import show
from assay.scanner.sources.entries import Entries
from assay.scanner.sources.interface import EVERYTHING, Collection, Source, Wanted
from assay.scanner.sources.redaction import may_be_hidden, unknown_where_hidden
from assay.scanner.words import many

_LOOKED_AT = 20
"""Elements by which a file is told to be of AWS Config: some of them may be damaged."""
_AGAIN = "deliver the snapshot, or run the query, again"


def sources(paths: Sequence[str], named: set[str], options: Options) -> Iterator[Source]:
    """All files of AWS Config among `paths`, as one."""
    files, coverage = [], Coverage()
    for path in paths:
        if _is_config(path):
            files.append(path)
        else:
            coverage.enter(show(path), "aws_config", "other", "nothing of AWS Config")
    if files:
        yield ConfigSource(files)
    if coverage.fates:
        yield Entries("aws_config", coverage)


def _is_config(path: str) -> bool:
    """Whether one of the first elements is of a resource, or the file is too damaged to tell."""
    file = ConfigFile(path)
    try:
        for element in islice(file.read(), _LOOKED_AT):
            if isinstance(element.data, dict) and isinstance(element.data.get("resourceType"), str) and "resourceId" in element.data:
                return True
    except OSError:
        return True
    except (Broken, RecursionError):
        return file.has_items
    return file.has_items and file.is_snapshot


class ConfigSource(Source):
    """Files of AWS Config: snapshots, histories and what queries give, of any number of accounts and regions."""

    input = "aws"

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = list(paths)

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        with tempfile.TemporaryFile(prefix="assay-config-") as spool:
            inventory = Inventory(wanted, spool)
            for path in self.paths:
                inventory.add(path)
            yield from inventory.collections()


class ItemEntry(msgspec.Struct):
    """The newest item of one resource: where it is in the spool."""

    order: tuple[str, int]
    """When it was captured."""
    offset: int
    length: int
    """0 of one that is not there any more."""
    file: int
    is_whole: bool


class Inventory:
    """What the files have: items in a spool, and an index of the newest of each resource."""

    def __init__(self, wanted: Wanted, spool: IO[bytes]) -> None:
        self._wanted = wanted
        self._types = {listing.recorded.type for listing in wanted.listings.values() if listing.recorded}
        self._spool, self._end = spool, 0
        self._files: list[str] = []
        self._entries: dict[tuple[str, str, str, str], ItemEntry] = {}
        """Account, region, type and id to the newest item."""
        self._elsewhere: set[tuple[str, str, str, str]] = set()
        """Those of types that nothing reads."""
        self.known = Completeness()
        self.coverage = Coverage()

    def add(self, path: str) -> None:
        """Enter the items of a file. What is no item is one gap, however often."""
        file, told = ConfigFile(path), Completeness()
        self._files.append(show(path))
        self.coverage.files.found += 1
        failed: list[str] = []
        try:
            for element in file.read():
                if why := self._element(element, told):
                    failed.append(why) if not failed else failed.append("")
            self.coverage.files.parsed += 1
            self.coverage.enter(show(path), "aws_config", "judged")
        except (OSError, Broken, RecursionError) as error:
            self.coverage.files.failed += 1
            self.coverage.enter(show(path), "aws_config", "unread", "it cannot be read to its end")
            reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
            self.coverage.gaps.append(Gap(show(path), "parse_error", f"it cannot be read to its end: {reason}", _AGAIN))
            failed.append("")
        else:
            if failed:
                count = many(len(failed), "element")
                reason = f"{count} {'is' if len(failed) == 1 else 'are'} no configuration item: {failed[0]}"
                self.coverage.gaps.append(Gap(show(path), "parse_error", reason, _AGAIN))
        self.known.add(told, whole=file.is_snapshot and not failed)

    def _element(self, element: ConfigElement, told: Completeness) -> str:
        """Enter an element; why it is no item, or empty text."""
        data = element.data
        type_ = data.get("resourceType") if isinstance(data, dict) else None
        if isinstance(type_, str) and type_ not in self._types and isinstance(data, dict):
            place = tuple(str(data.get(name, ""))[:200] for name in ("accountId", "awsRegion", "resourceType", "resourceId"))
            if data.get("configurationItemStatus") not in DELETED:
                self._elsewhere.add((place[0], place[1], place[2], place[3]))
            if place[0] and place[1]:
                told.regions.setdefault(place[0], set()).add(place[1])
            return ""
        try:
            item = configured(data, not element.of_query)
        except NoItem as error:
            return f"element {element.number}: {error}"
        except RecursionError:
            return f"element {element.number}: nested too deep"
        told.see(item, recorded=item.status != NOT_RECORDED)
        self._enter(item, data)
        return ""

    def _enter(self, item: ConfigurationItem, data: dict[str, Any]) -> None:
        key = (item.account, item.region, item.type, item.id)
        state = str(data.get("configurationStateId", ""))
        order = (item.time, int(state) if state.isdecimal() and len(state) < 20 else 0)
        earlier = self._entries.get(key)
        if earlier is not None and earlier.order > order:
            return
        raw = b"" if item.status in (*DELETED, NOT_RECORDED) else msgspec.json.encode(data)
        self._spool.write(raw)
        self._entries[key] = ItemEntry(order, self._end, len(raw), len(self._files) - 1, item.is_whole)
        self._end += len(raw)

    def collections(self) -> Iterator[Collection]:
        """Account by account, region by region; the first carries the ledger of the whole."""
        for *_, type_, _id in self._elsewhere:
            self.coverage.unsupported_types[type_] = self.coverage.unsupported_types.get(type_, 0) + 1
        self.coverage.blocks.found += len(self._elsewhere)
        self.coverage.blocks.unsupported += len(self._elsewhere)
        by_account: dict[str, list[tuple[str, str, str, str]]] = {account: [] for account in sorted(self.known.regions)}
        for key, entry in self._entries.items():
            if entry.length:
                by_account.setdefault(key[0], []).append(key)
        if not by_account:
            yield Collection("aws_config", [], self.coverage)
        coverage = self.coverage
        for account, keys in by_account.items():
            reader = AccountReader(account, self._wanted, self.known, coverage)
            yield from reader.account(lambda types, regions, keys=keys: self._items(keys, types, regions))  # type: ignore[misc]
            coverage = Coverage()

    def _items(self, keys: Iterable[tuple[str, str, str, str]], types: frozenset[str], regions: frozenset[str] | None) -> Iterator[Any]:
        """The items of some types, in some regions or all, each with the file that it is from; why not, of one that cannot be read."""
        for key in keys:
            if key[2] in types and (regions is None or key[1] in regions):
                entry = self._entries[key]
                self._spool.seek(entry.offset)
                raw = self._spool.read(entry.length)
                try:
                    data = msgspec.json.decode(raw)
                    data = unknown_where_hidden(data) if may_be_hidden(raw) else data  # somebody may have left out what is secret
                    yield configured(data, entry.is_whole), self._files[entry.file]
                except (NoItem, msgspec.DecodeError, RecursionError) as error:
                    yield Gap(self._files[entry.file], "parse_error", f"{key[2]} {key[3]} cannot be read: {error}", AUDIT), ""
