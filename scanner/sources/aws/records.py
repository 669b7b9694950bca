"""A snapshot of AWS accounts, line by line, as collections: one account and one region at a time."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from assay.scanner.sources import snapshot, stage
from assay.scanner.sources.aws.calls import Listing
from assay.scanner.sources.aws.items import ApiItem, CallOutcome, ItemRecord, UnlistedRecord, unlisted, without_hidden
from assay.scanner.sources.aws.plan import TREE
from assay.scanner.sources.coverage import CallCount, Coverage, Gap, LeftOut, Named
from assay.scanner.sources.interface import AccountPart, Collection, Item, Unlisted
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.redaction import may_be_hidden

if TYPE_CHECKING:
    from assay.scanner.sources.live import SnapshotPart


class AccountRecord(msgspec.Struct, tag="account", tag_field="record"):
    """What follows is of this account."""

    account: str
    name: str
    caller: str
    regions: list[str]
    path: str = ""
    """The names of the organisational units that it is in: `Root/Workloads`; empty where that is not known."""


class RegionRecord(msgspec.Struct, tag="region", tag_field="record"):
    """The resources after it are of this region; `global` for those of global services."""

    region: str
    complete: bool


class CallsRecord(msgspec.Struct, tag="calls", tag_field="record"):
    """An entry of the ledger, see CallCount."""

    account: str
    region: str
    service: str
    operation: str
    outcome: str
    code: str
    permission: str
    count: int


class AccountEndRecord(msgspec.Struct, tag="account_end", tag_field="record"):
    """The account is over; `complete` where all its regions were gone through to the end."""

    account: str
    complete: bool


class GapRecord(msgspec.Struct, tag="gap", tag_field="record"):
    """Something that was to be collected and was not."""

    scope: str
    code: str
    reason: str
    settles_it: str


class LeftOutRecord(msgspec.Struct, tag="left_out", tag_field="record"):
    """An account that was listed and is no part of the snapshot, see LeftOut."""

    scope: str
    name: str
    reason: str
    part: str = ""


class HeaderRecord(msgspec.Struct, tag="snapshot", tag_field="record"):
    """The first line, see snapshot.header; `scope` is what was asked for."""

    format: str
    cloud: str
    tool: str
    started: str
    scope: dict[str, Any]


class EndRecord(msgspec.Struct, tag="end", tag_field="record"):
    """The last line; `complete` where nothing was stopped or out of reach."""

    finished: str
    complete: bool
    digest: str = ""
    """SHA-256 of all lines before it, in hexadecimal; empty of older versions."""


Record = (
    ItemRecord
    | UnlistedRecord
    | AccountRecord
    | RegionRecord
    | CallsRecord
    | AccountEndRecord
    | GapRecord
    | LeftOutRecord
    | HeaderRecord
    | EndRecord
)
decode = msgspec.json.Decoder(Record).decode


class _Tag(msgspec.Struct):
    record: str = ""


_tag = msgspec.json.Decoder(_Tag).decode
_OF_REGION = frozenset({"item", "unlisted"})


class SnapshotReader:
    """Turns the lines of a snapshot into collections. `path` names it in gaps; `listings` (item type to Listing) are what readers read."""

    def __init__(self, path: str = "", listings: Mapping[str, Listing] | None = None) -> None:
        self.path, self.listings = path, listings or {}
        self.ended = False
        self._account = AccountRecord("", "", "", [])
        self._region = ""
        self._chosen: Any = None
        self._shared: list[Item] = []
        self._left_out: list[Item] = []
        self._items: list[Item] = []
        self._kept: list[Item] = []
        """Of all parts of the account, what is judged or asked about when these are known."""
        self._coverage = Coverage()
        self._called: frozenset[str] | None = None
        self._kept_shared = frozenset(listing.type for listing in self.listings.values() if not listing.everywhere)
        """The types whose resources stand where all regions find them; of a snapshot that does not say, none of a global service."""
        self._doubted = False
        self._lost = False
        """The region is not read: a worker was lost over it."""

    def collections(self, lines: Iterable[bytes]) -> Iterator[Collection]:
        """The collections, as their parts of the snapshot end. Raises CutOff where the lines do."""
        for number, line in enumerate(lines, 1):
            try:
                if self._lost and _tag(line).record in _OF_REGION:
                    continue
                record = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                reason = f"the line is no record of a snapshot: {error}"
                self._gap(Gap(self.path, "parse_error", reason, "take the snapshot again", number))
                self._doubt("UnreadableLine")
                continue
            if isinstance(record, ItemRecord) and may_be_hidden(line):
                record = without_hidden(record)
            yield from self._enter(record)
        if self._items or self._coverage.gaps or self._coverage.calls or self._coverage.left_out or self._coverage.accounts:
            yield self._flush()
        yield from self._whole()

    def cut(self) -> Iterator[Collection]:
        """What was read of the part in which the snapshot ends, and of the account."""
        self._doubt("CutOff")
        yield self._flush()
        yield from self._whole()

    def _enter(self, record: Any) -> Iterator[Collection]:
        if isinstance(record, (ItemRecord, UnlistedRecord)) and record.account != self._account.account:
            yield from self._enter(AccountRecord(record.account, "", "", []))
            self._doubt("UnreadableLine")  # the line that said which account begins
        if isinstance(record, (ItemRecord, UnlistedRecord)):
            self._enter_item(record)
        elif isinstance(record, AccountRecord):
            if self._items:
                yield self._flush()
            yield from self._whole()
            self._begin(record)
        elif isinstance(record, RegionRecord):
            yield self._flush()
            self._region = record.region
            self._stage()
            if not record.complete:
                self._gap(Gap(self._scope(), "interrupted", "the collection was stopped before its end", "go on with --resume"))
        elif isinstance(record, CallsRecord):
            self._call(record)
        elif isinstance(record, AccountEndRecord):
            yield self._flush()
            yield from self._whole()
            self._lost = False
        elif isinstance(record, GapRecord):
            self._gap(Gap(record.scope, record.code, record.reason, record.settles_it))
        elif isinstance(record, LeftOutRecord):
            self._coverage.left_out.append(LeftOut(record.scope, record.name, record.reason, record.part))
        elif isinstance(record, HeaderRecord):
            self._asked_for(record.scope)
        elif isinstance(record, EndRecord):
            self.ended = True

    def _begin(self, account: AccountRecord) -> None:
        self._account, self._region, self._shared, self._left_out = account, "", [], self._not_asked(account)
        if account.name or account.path:
            self._coverage.accounts.append(Named(f"aws:{account.account}", account.name, account.path))
        self._doubted = False
        self._stage()

    def _asked_for(self, scope: dict[str, Any]) -> None:
        calls, shared, self._chosen = scope.get("calls"), scope.get("shared"), scope.get("regions")
        self._called = frozenset(map(str, calls)) if isinstance(calls, list) else None
        if isinstance(shared, list):
            self._kept_shared = frozenset(map(str, shared))

    def _enter_item(self, record: ItemRecord | UnlistedRecord) -> None:
        if isinstance(record, ItemRecord):
            self._items.append(ApiItem(record, self._account.caller))
        elif record.left_out:
            # What was left out by service stands before what was left out by region: it tells more.
            self._left_out.insert(0, unlisted(record, self._account.caller))
        else:
            self._items.append(unlisted(record, self._account.caller))

    def _stage(self) -> None:
        """A part of an account begins: what it shares, or a region."""
        self._lost = False
        try:
            stage.enter(f"{self._scope()} in {self.path}" if self.path else self._scope())
        except stage.LostInput as lost:
            self._lost = True
            self._gap(lost_gap(self._scope(), lost))
            self._doubt("UnreadableRegion")

    def _doubt(self, code: str) -> None:
        """A resource of this part may be missing. What joins it must not take it for absent, and rules must not pass without it."""
        if self._doubted or not self._account.account:
            return
        self._doubted = True
        part = self._region if self._region in _PARTS else "region"
        for listing in self.listings.values():
            if self._part(listing) == part and (not self._called or listing.call.label in self._called):
                answer = CallOutcome("failed", code=code, operation=listing.call.label)
                region = self._region.removeprefix("global")
                record = UnlistedRecord(listing.type, self._account.account, region, answer)
                self._items.append(unlisted(record, self._account.caller))

    def _not_asked(self, account: AccountRecord) -> list[Item]:
        """What may be there and was not asked for: other regions, and types that no control of that run, or of its version, needed."""
        called = self._called
        why = Unknown("what it needs was not called: no control of that run needed it", "take the snapshot again with this control")
        types = [listing.type for listing in self.listings.values() if called and listing.call.label not in called]
        place = f"{account.account}, which was not asked for them"
        not_called: list[Item] = [Unlisted(type_, f"aws:{account.account}", place, why).within(account.account, None) for type_ in types]
        return [*self._not_chosen(account), *self._kept_apart(account), *not_called]

    def _not_chosen(self, account: AccountRecord) -> list[Item]:
        """Where only some regions were audited: what resources of those may refer to in the others."""
        if not isinstance(self._chosen, list) or not self._chosen:
            return []
        why = Unknown(f"only {', '.join(map(str, self._chosen))} of {account.account} were audited", "audit without --regions")
        place = f"the regions of {account.account} that were not audited"
        types = [
            listing.type
            for listing in self.listings.values()
            if (listing.joined_across_regions or listing.of_whole_account) and not listing.everywhere
        ]
        unlisted = [Unlisted(type_, f"aws:{account.account}", place, why).within(account.account, None) for type_ in types]
        for item in unlisted:
            item.of_other_regions = True
        return list[Item](unlisted)

    def _kept_apart(self, account: AccountRecord) -> list[Item]:
        """What an older version kept in another part of the snapshot, where nothing that comes before finds it."""
        if not self._called:
            return []
        why = Unknown("the snapshot keeps them where what refers to them does not find them", "take the snapshot again")
        place = f"{account.account}, by an older version"
        types = [
            listing.type
            for listing in self.listings.values()
            if listing.joined_across_regions and listing.call.label in self._called and listing.type not in self._kept_shared
        ]
        return [Unlisted(type_, f"aws:{account.account}", place, why).within(account.account, None) for type_ in types]

    def _flush(self) -> Collection:
        """What was read since the last region began. The first part of an account is what its regions refer to."""
        items, coverage = self._items, self._coverage
        self._items, self._coverage, self._doubted = [], Coverage(), False
        context = [*self._shared, *self._left_out]
        collection = Collection(self._scope(), items, coverage, context, f"aws:{self._account.account}", part=AccountPart.SOME)
        self._kept += [item for item in items if (listing := self.listings.get(item.type)) is not None and listing.of_whole_account]
        if not self._region:
            self._shared = items
            collection.context = self._left_out
        return collection

    def _whole(self) -> Iterator[Collection]:
        """The account, as far as something is judged when all of it is known."""
        kept, self._kept = self._kept, []
        if kept:
            types = {item.type for item in kept}
            context = [*(item for item in self._shared if item.type not in types), *self._left_out]
            scope = f"aws:{self._account.account}" if self._account.account else "aws"
            yield Collection(scope, kept, Coverage(), context, scope, part=AccountPart.WHOLE)

    def _part(self, listing: Listing) -> str:
        """The part of an account where its resources stand: empty for what other regions refer to, `global`, or `region` for a region."""
        if listing.joined_across_regions:
            return ""
        while listing.parent:
            listing = self.listings[listing.parent]
        return "global" if listing.everywhere else "region"

    def _scope(self) -> str:
        if not self._account.account:
            return "aws"  # what is of no account
        return f"aws:{self._account.account}" + (f"/{self._region}" if self._region else "")

    def _gap(self, gap: Gap) -> None:
        if len(self._coverage.gaps) < snapshot.MAX_GAPS:
            self._coverage.gaps.append(gap)

    def _call(self, record: CallsRecord) -> None:
        self._coverage.calls.append(CallCount(**msgspec.structs.asdict(record)))
        if record.outcome in ("denied", "failed"):
            calls = f"{record.count} calls" if record.count > 1 else "1 call"
            way = _grant(record.permission) if record.outcome == "denied" else "audit again, or go on with --resume"
            scope = f"aws:{record.account}/{record.region}"
            self._gap(Gap(scope, f"call_{record.outcome}", f"{record.service}:{record.operation}: {record.code} ({calls})", way))


_PARTS = ("", "global")


def _grant(permission: str) -> str:
    """What to grant where a call was denied. What tells of organisational units is granted together: each call follows from another."""
    tree = [call.permission for call in TREE]
    if permission not in tree:
        return f"grant {permission}"
    return f"grant {', '.join(tree[:-1])} and {tree[-1]} to whoever starts the audit: they tell which units accounts are in"


def lost_gap(scope: str, lost: stage.LostInput) -> Gap:
    """Of what is not read again, since a worker was lost over it."""
    way = "leave it out with --regions; --limit-memory and --limit-seconds say what it may take"
    return Gap(scope, "input_failed", str(lost.strerror), way)


def without_items(lines: Iterable[bytes]) -> Iterator[bytes]:
    """What a snapshot says beside its resources."""
    return (line for line in lines if _tag(line).record not in _OF_REGION)


def read_part(part: SnapshotPart, listings: Mapping[str, Listing]) -> Iterator[Collection]:
    """The collections of what an audit collected of one account."""
    try:
        stage.enter(part.name, os.path.getsize(part.file))
    except stage.LostInput as lost:
        yield Collection(part.name, [], Coverage(gaps=[lost_gap(part.name, lost)]))
        return
    with open(part.file, "rb") as lines:
        yield from SnapshotReader(part.snapshot, listings).collections(lines)


def read(path: str, show: str, listings: Mapping[str, Listing]) -> Iterator[Collection]:
    """The collections of a snapshot file, which gaps name as `show`. Raises OSError."""
    reader = SnapshotReader(show, listings)
    try:
        yield from reader.collections(snapshot.lines(path))
        cut, damage = not reader.ended, ""
    except snapshot.CutOff as error:
        yield from reader.cut()
        cut, damage = True, str(error)
    if cut:
        yield Collection(show, [], Coverage(gaps=[snapshot.cut_off(show, damage)]))
