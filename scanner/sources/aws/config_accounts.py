"""Accounts as AWS Config recorded them, in the parts in which live accounts come: what all regions refer to, then region after region."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from assay.scanner.override import override
from assay.scanner.sources.aws.calls import Listing
from assay.scanner.sources.aws.config_items import ConfigItem, item_of
from assay.scanner.sources.aws.items import UnlistedResources
from assay.scanner.sources.aws.recorded import AUDIT, GLOBAL, ConfigurationItem
from assay.scanner.sources.aws.records import AccountRecord, RegionRecord, SnapshotReader
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.interface import Collection, Item, Unlisted, Wanted
from assay.scanner.sources.raw import Unknown

Items = Callable[[frozenset[str], "frozenset[str] | None"], Iterable[tuple["ConfigurationItem | Gap", str]]]
"""Types and regions to the items of them, each with its file."""
_SHAPES = (AttributeError, TypeError, KeyError, ValueError, IndexError, RecursionError)
"""What an item of another shape than Config's may raise."""
_NAMED = 3


class Completeness(msgspec.Struct):
    """What is known of the completeness of what was given."""

    regions: dict[str, set[str]] = {}
    """Account to the regions of which there is an item, `global` among them."""
    seen: set[tuple[str, str, str]] = set()
    """Account, region and type of items."""
    whole: set[tuple[str, str, str]] = set()
    """Those of which a snapshot has all."""
    lacking: set[tuple[str, str, str]] = set()
    """Those of which a resource is known to be there, and not what it is like."""

    def see(self, item: ConfigurationItem, recorded: bool) -> None:
        """Enter an item."""
        self.regions.setdefault(item.account, set()).add(item.region)
        (self.seen if recorded else self.lacking).add((item.account, item.region, item.type))

    def add(self, told: Completeness, whole: bool) -> None:
        """Enter what a file tells; `whole`: it is a snapshot that was read to its end."""
        for account, regions in told.regions.items():
            self.regions.setdefault(account, set()).update(regions)
        self.seen |= told.seen
        self.lacking |= told.lacking
        if whole:
            self.whole |= told.seen


class AccountReader(SnapshotReader):
    """One account. The first of its collections carries `coverage`, the ledger of all."""

    def __init__(self, account: str, wanted: Wanted, known: Completeness, coverage: Coverage) -> None:
        super().__init__("", wanted.listings)
        self._id, self._known, self._wanted = account, known, wanted
        self._coverage = coverage
        self._regions = sorted(known.regions.get(account, set()) - {GLOBAL})
        self._absent: dict[str, list[Item]] = {}
        """Region, `global` or nothing for all of them to what stands for resources that may be there, and is judged in no part of it."""
        self._elsewhere: list[Item] = []

    def account(self, items: Items) -> Iterator[Collection]:
        """Its collections."""
        yield from self._enter(AccountRecord(self._id, "", "", self._regions))
        placed = self._unlisted()
        self._items += placed.pop("", [])
        self._elsewhere += [*self._absent.pop("", []), *self._absent.pop(GLOBAL, [])]
        self._read(items, "", None)
        for region in (GLOBAL, *self._regions):
            yield from self._enter(RegionRecord(region, complete=True))
            self._items += placed.pop(region, [])
            self._left_out = [*self._elsewhere, *self._absent.get(region, ())]
            self._read(items, region if region == GLOBAL else "region", None if region == GLOBAL else frozenset({region}))
            if region == GLOBAL:  # what is in front of resources of regions, CloudFront, is found there too
                self._elsewhere = [*self._elsewhere, *self._items]
        yield self._flush()
        self._left_out = [*self._elsewhere, *(item for absent in self._absent.values() for item in absent)]
        yield from self._whole()

    def _read(self, items: Items, part: str, regions: frozenset[str] | None) -> None:
        """Enter the items that stand in a part of the account."""
        listings = [listing for listing in self.listings.values() if listing.recorded and self._part(listing) == part]
        by_type: dict[str, list[Listing]] = {}
        for listing in listings:
            assert listing.recorded is not None
            by_type.setdefault(listing.recorded.type, []).append(listing)
        for item, file in _newest(items(frozenset(by_type), regions), by_type):
            if isinstance(item, Gap):
                self._gap(item)
                continue
            for listing in by_type[item.type]:
                self._made(item, listing, file)

    def _made(self, item: ConfigurationItem, listing: Listing, file: str) -> None:
        try:
            assert listing.recorded is not None
            made: ConfigItem | None = item_of(item, listing, listing.recorded, file)
        except _SHAPES as error:
            reason = f"{item.type} {item.id} is not as AWS Config records it ({type(error).__name__}: {str(error)[:200]})"
            self._gap(Gap(file, "parse_error", reason, AUDIT))
            why = Unknown(reason, AUDIT)
            self._items.append(self._stands_for(listing, f"{item.account}: {item.id}", why, item.region))
            return
        if made is not None:
            self._items.append(made)

    def _stands_for(self, listing: Listing, place: str, why: Unknown, region: str | None) -> Unlisted:
        region = None if region == GLOBAL else region
        return UnlistedResources(listing.type, f"aws:{self._id}", place, why).within(self._id, region)

    def _unlisted(self) -> dict[str, list[Item]]:
        """What stands for resources that may be there, by the part in which it is judged, once; in other regions it is seen by joins."""
        placed: dict[str, list[Item]] = {}
        for listing in self.listings.values():
            part, missing = self._part(listing), self._missing(listing)
            if not missing or (self._wanted.types is not None and listing.type not in self._wanted.types):
                continue
            why = self._why(listing, missing)
            is_judged = listing.type in self._wanted.judged
            if part != "region":
                region = missing[0] if part == "" and len(missing) == 1 and listing.recorded else None
                stands = self._stands_for(listing, f"{self._id}, as AWS Config has it", why, region)
                (placed if is_judged else self._absent).setdefault(part, []).append(stands)
                continue
            where = f"{self._id} {_named(missing)}, as AWS Config has it"
            if is_judged:
                placed.setdefault(missing[0], []).append(self._stands_for(listing, where, why, missing[0] if len(missing) == 1 else None))
            for region in missing[is_judged:]:
                self._absent.setdefault(region, []).append(self._stands_for(listing, f"{self._id} {region}", why, region))
        return placed

    def _missing(self, listing: Listing) -> list[str]:
        """The regions in which there may be more of a listing; `global` of a service without regions."""
        if listing.recorded is None:
            return self._regions or [GLOBAL]
        type_, known = listing.recorded.type, self._known
        has_regions = not listing.everywhere or listing.region
        places = self._regions or [GLOBAL]
        whole = [region for region in {*places, GLOBAL} if (self._id, region, type_) in known.whole - known.lacking]
        if has_regions:
            return [region for region in places if region not in whole]
        return [] if whole else [GLOBAL]

    def _why(self, listing: Listing, missing: list[str]) -> Unknown:
        if listing.recorded is None:
            return Unknown(f"what {listing.call.label} lists is not told by AWS Config", AUDIT)
        type_, where = listing.recorded.type, "" if missing == [GLOBAL] else f" of {_named(missing)}"
        if any((self._id, region, type_) in self._known.seen | self._known.lacking for region in (*missing, GLOBAL)):
            return Unknown(f"what was given need not have every {type_}{where}", f"give a snapshot of all regions, or {AUDIT}")
        return Unknown(f"what was given has no {type_}{where}: whether AWS Config records it is not known", AUDIT)

    @override
    def _not_asked(self, account: AccountRecord) -> list[Item]:
        """Other regions than those that were given: what resources of these may refer to there."""
        where = _named(self._regions) if self._regions else "no region"
        why = Unknown(f"of {account.account}, {where} was given", "give what AWS Config has of the other regions")
        unlisted = [
            self._stands_for(listing, f"the other regions of {account.account}", why, None)
            for listing in self.listings.values()
            if (listing.joined_across_regions or listing.of_whole_account) and not listing.everywhere
        ]
        for item in unlisted:
            item.of_other_regions = True
        self._elsewhere = list[Item](unlisted)
        return self._elsewhere


def _named(regions: list[str]) -> str:
    more = len(regions) - _NAMED
    return ", ".join(regions[:_NAMED]) + (f" and {more} more regions" if more > 0 else "")


def _newest(
    items: Iterable[tuple[ConfigurationItem | Gap, str]], by_type: dict[str, list[Listing]]
) -> Iterator[tuple[ConfigurationItem | Gap, str]]:
    """Items, and of what comes in revisions the newest."""
    revisions: dict[tuple[str, str, str], tuple[int, ConfigurationItem, str]] = {}
    for item, file in items:
        newest = None if isinstance(item, Gap) else next((known.recorded.newest for known in by_type[item.type] if known.recorded), None)
        if newest is None or isinstance(item, Gap):
            yield item, file
            continue
        name, number = newest(item)
        key = (item.type, item.region, name)
        if key not in revisions or revisions[key][0] < number:
            revisions[key] = (number, item, file)
    for _, item, file in revisions.values():
        yield item, file
