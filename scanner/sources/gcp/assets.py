"""Assets of Google Cloud as Cloud Asset Inventory writes them: exports of every kind of content, in any number of files.

https://cloud.google.com/asset-inventory/docs/exporting-to-cloud-storage
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from assay.scanner.options import Options
from assay.scanner.override import override
from assay.scanner.sources.coverage import Coverage, Gap, LeftOut, Named
from assay.scanner.sources.discover import show
from assay.scanner.sources.entries import Entries
from assay.scanner.sources.gcp import records
from assay.scanner.sources.gcp.entry import AssetEntry
from assay.scanner.sources.gcp.inventory import DENY_POLICY, Inventory
from assay.scanner.sources.gcp.items import AssetItem, plain, root_of
from assay.scanner.sources.gcp.records import RESOURCE
from assay.scanner.sources.gcp.store import AssetFile, read_file
from assay.scanner.sources.interface import EVERYTHING, Collection, Item, Recording, Records, Source, Wanted, recorded
from assay.scanner.sources.secret_text import HIDDEN
from assay.scanner.sources.snapshot import is_snapshot
from assay.scanner.words import many

__all__ = ["AssetSource", "collections", "plain", "sources"]


def sources(paths: Sequence[str], named: set[str], options: Options) -> Iterator[Source]:
    """All exports among `paths` as one inventory."""
    exports, coverage = [], Coverage()
    for path in paths:
        if is_snapshot(path):  # which holds assets too, in records of its own
            coverage.enter(show(path), "assets", "other", "a snapshot")
        elif _is_export(path):
            exports.append(path)
        else:
            coverage.enter(show(path), "assets", "other", "no asset export")
    if exports:
        yield AssetSource(exports)
    if coverage.fates:
        yield Entries("assets", coverage)


_LOOKED_AT = 100
"""Records by which a file is told to be an export: some of them may be damaged."""


def _is_export(path: str) -> bool:
    """Whether one of the first records names an asset, or is too damaged to tell."""
    store, damaged = AssetFile(), False
    try:
        for record, *_ in islice(read_file(path, store), _LOOKED_AT):
            if isinstance(record, records.AssetRecord) and record.name.startswith("//") and "/" in record.type:
                return True
            damaged = damaged or isinstance(record, Exception)
    except (OSError, *records.MALFORMED):
        return True
    finally:
        store.close()
    return damaged  # reading it whole says what is wrong with it


class AssetSource(Source):
    """Files of asset exports: shards and kinds of content of one inventory."""

    input = "google"

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = list(paths)

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        """One inventory of all files. A file that ends early, or a list without its last page, is a gap, and Unknown what it may hold."""
        inventory, coverage = Inventory(wanted.types), Coverage()
        for path in self.paths:
            coverage.files.found += 1
            try:
                _read(path, inventory, coverage)
                coverage.files.parsed += 1
                coverage.enter(show(path), "assets", "judged")
            except (OSError, *records.MALFORMED) as error:
                coverage.files.failed += 1
                coverage.enter(show(path), "assets", "unread", "it cannot be read to its end")
                inventory.damaged(len(inventory.files) - 1, show(path))
                coverage.gaps.append(Gap(show(path), "parse_error", f"no asset export ({error})", "export it again"))
        last, others = inventory.store.pages
        if others and not last:
            inventory.damaged(None, "the list")
            reason = "the last page of a list is missing: each that was given names another (nextPageToken)"
            coverage.gaps.append(Gap(", ".join(map(show, self.paths[:3])), "parse_error", reason, "give all pages of the list"))
        yield from collections(inventory, coverage)


def _read(path: str, inventory: Inventory, coverage: Coverage) -> None:
    """Enter the records of a file. What is no record is one gap, however often."""
    failed, first, why = 0, 0, ""
    inventory.files.append(show(path))
    add = inventory.add
    for record, raw, file, offset, line in read_file(path, inventory.store):
        if isinstance(record, records.AssetRecord) and record.name and (record.asset_type or record.assetType):
            add(record, raw, file, offset, line)
            continue
        failed += 1
        if failed == 1:
            first, why = line, str(record) if isinstance(record, Exception) else "it names no asset"
    if failed:
        inventory.damaged(len(inventory.files) - 1, show(path))
        reason = f"{failed} of the lines {'is' if failed == 1 else 'are'} no asset: {why}"
        coverage.gaps.append(Gap(show(path), "parse_error", reason, "export it again, to the end", first))


def collections(
    inventory: Inventory, coverage: Coverage, unlisted: Sequence[Item] = (), left_out: Sequence[Item] = ()
) -> Iterator[Collection]:
    """One collection for each project, folder and organisation. The first carries the ledger of the whole.

    `unlisted` stand for assets that could not be read: judged in the collection of the scope that was asked for, seen by all others.
    `left_out` stand for those that nobody asked for: seen by all.
    """
    inventory.settle()
    empty = 0 if inventory.operations else inventory.empty()
    if empty:
        reason = f"{many(empty, 'asset')} without content: the export names what there is, and not what it is like"
        way = "export with --content-type resource, or search with --read-mask='*'"
        coverage.gaps.append(Gap(inventory.files[0], "parse_error", reason, way))
    for type_, count in inventory.unread().items():
        coverage.unsupported_types[type_] = coverage.unsupported_types.get(type_, 0) + count
        coverage.blocks.found += count
        coverage.blocks.unsupported += count
    groups: dict[str, list[AssetEntry]] = {}
    for entry in inventory.entries.values():
        groups.setdefault(entry.scope, []).append(entry)
    denying = {scope: [AssetItem(inventory, entry) for entry in entries if entry.type == DENY_POLICY] for scope, entries in groups.items()}
    started = False
    whole = Contributing(inventory, [*unlisted, *left_out])
    if unlisted:
        groups.setdefault(inventory.root, [])
    for scope in [scope for scope in groups if inventory.is_being_deleted(scope)]:
        groups.pop(scope)
        coverage.left_out.append(LeftOut(root_of(scope), "", "the project is being deleted"))
    for scope in sorted(groups, key=lambda scope: (scope.startswith("projects/"), scope)):
        items: list[Item] = [AssetItem(inventory, entry) for entry in groups.pop(scope)]
        items += unlisted if scope == inventory.root else ()
        context = [item for above in _above(inventory, scope) for item in (*_context(inventory, above), *denying.get(above, ()))]
        context += [*(unlisted if scope != inventory.root else ()), *left_out]
        coverage.accounts += _named(inventory, scope)
        yield Collection(root_of(scope), items, coverage, context=context, scope=root_of(scope), beyond=whole)
        coverage, started = Coverage(), True
    if not started:
        yield Collection("google", [], coverage)


def _above(inventory: Inventory, scope: str) -> list[str]:
    """The folders and the organisation that a project or folder is in, nearest first."""
    asset = inventory.scope_asset(scope)
    return [above for above in inventory.chain(asset)[0] if above != scope] if asset else []


def _named(inventory: Inventory, scope: str) -> list[Named]:
    """What a project is called and which folders it is in, as far as the inventory says it."""
    if not scope.startswith("projects/"):
        return []
    above = [_display_name(inventory, ancestor) or ancestor.partition("/")[2] for ancestor in reversed(_above(inventory, scope))]
    name, path = _display_name(inventory, scope), "/".join(folder.replace("/", "∕") for folder in above)
    return [Named(root_of(scope), name, path)] if name or path else []


def _display_name(inventory: Inventory, scope: str) -> str:
    """Version 1 of the Resource Manager calls it `name` of a project, which later versions have the resource name in."""
    asset = inventory.scope_asset(scope)
    data = inventory.content(asset, RESOURCE) if asset else None
    told = data if isinstance(data, dict) else {}
    name = told.get("displayName") or told.get("name")
    return name if isinstance(name, str) and name not in (scope, HIDDEN) and not name.startswith(_RESOURCE_NAMES) else ""


_RESOURCE_NAMES = ("projects/", "folders/", "organizations/")


def _context(inventory: Inventory, scope: str) -> list[Item]:
    """The asset of a folder or organisation, and the organisation policies that are set on it."""
    asset = inventory.scope_asset(scope)
    context: list[Item] = [AssetItem(inventory, asset)] if asset else []
    return context + [AssetItem(inventory, entry) for entry in inventory.policies_of(scope)]


class Contributing:
    """What all assets of an inventory contribute, whatever project they are in, and what stands for those that could not be read."""

    def __init__(self, inventory: Inventory, unlisted: Sequence[Item] = ()) -> None:
        self._indexes: dict[str, Records] = {}
        self._inventory, self._unlisted = inventory, unlisted
        self._by_type: dict[str, list[AssetEntry]] | None = None

    def index(self, recording: Recording) -> Records:
        """Key to the records of the whole inventory, put together where a join first asks for them."""
        if recording.name not in self._indexes:
            items = (item for type_ in recording.types for item in self._of(type_))
            self._indexes[recording.name] = recorded(recording.records, items)
        return self._indexes[recording.name]

    def _of(self, type_: str) -> Iterator[Item]:
        if self._by_type is None:
            self._by_type = {}
            for entry in self._inventory.entries.values():
                self._by_type.setdefault(entry.type, []).append(entry)
        for entry in self._by_type.get(type_, ()):
            yield AssetItem(self._inventory, entry)
        yield from (item for item in self._unlisted if item.type == type_)
