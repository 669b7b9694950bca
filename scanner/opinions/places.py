"""The resources of a run by what another scanner may call them: an address, a name in the provider, a file with lines."""

from __future__ import annotations

import bisect
import os
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from assay.scanner.opinions.addresses import bare, may_be
from assay.scanner.opinions.interface import Claim
from assay.scanner.results.model import ResourceRef, Result
from assay.scanner.sources.overlay import repository

Key = tuple[str, str, str]
"""Root, id and address: the identity of a resource within a run."""

_BASES_FOR_ENDS = 100


def key_of(resource: ResourceRef) -> Key:
    """The identity of a resource within a run."""
    return resource.root, resource.id, resource.address


class _Block(msgspec.Struct, frozen=True):
    first: int
    last: int
    address: str
    key: Key


class _File:
    """The blocks in a file."""

    def __init__(self) -> None:
        self.by_address: dict[str, set[Key]] = {}
        self.by_bare: dict[str, dict[str, set[Key]]] = {}
        """Bare address to the addresses that have it."""
        self.by_label: dict[str, set[Key]] = {}
        self.blocks: list[_Block] = []
        self._starts: list[int] | None = None
        self._longest = 0

    def add(self, block: _Block) -> None:
        self.by_address.setdefault(block.address, set()).add(block.key)
        plain = bare(block.address)
        self.by_bare.setdefault(plain, {}).setdefault(block.address, set()).add(block.key)
        self.by_label.setdefault(plain.rpartition(".")[2], set()).add(block.key)
        self.blocks.append(block)

    def named(self, address: str) -> set[Key] | None:
        """What an address says, the most precise reading first; None where it says nothing here, empty where it names another instance or
        another call of a module. A template's logical id says it alone."""
        if address in self.by_address:
            return self.by_address[address]
        if alike := self.by_bare.get(bare(address)):
            return {key for own, keys in alike.items() if may_be(own, address) for key in keys}
        return self.by_label.get(address)

    def at(self, first: int, last: int) -> set[Key]:
        """What has a block on one of the lines."""
        if self._starts is None:
            self.blocks.sort(key=lambda block: block.first)
            self._starts = [block.first for block in self.blocks]
            self._longest = max((block.last - block.first for block in self.blocks), default=0)
        keys: set[Key] = set()
        for index in range(bisect.bisect_right(self._starts, last) - 1, -1, -1):
            block = self.blocks[index]
            if block.first < first - self._longest:
                break
            if block.last >= first and block.first:
                keys.add(block.key)
        return keys


class ClaimedResources:
    """Finds the resources that a claim is about."""

    def __init__(self, results: Iterable[Result], paths: Sequence[str], called: Mapping[str, str]) -> None:
        """`paths`: what the run scanned; `called`: names of the report for files, to where they are."""
        self._called = called
        self._files: dict[str, _File] = {}
        self._names: dict[str, set[Key]] = {}
        self._scopes: dict[Key, tuple[str | None, str | None]] = {}
        """Account and region, as far as they are known."""
        self._clouds: dict[Key, str] = {}
        self._ends: dict[str, str] = {}
        self._below: dict[str, str] = {}
        self._keys: dict[Claim, set[Key]] = {}
        """What a claim is about, whatever it says of it."""
        self._paths: dict[tuple[str, str], str] = {}
        self._roots: dict[str, str] = {}
        self._bases = _bases(paths)
        seen: set[tuple[Key, str, str, int | None]] = set()
        for result in results:
            self._add(result.resource, seen)
        self._indexed = False

    def _add(self, resource: ResourceRef, seen: set[tuple[Key, str, str, int | None]]) -> None:
        key = key_of(resource)
        if key not in self._scopes:
            self._scopes[key], self._clouds[key] = (resource.account, resource.region), resource.cloud
            names = {resource.id, resource.address, resource.name if resource.named else "", *resource.also_named, _relative(resource.id)}
            for name in names - {""}:
                self._names.setdefault(name, set()).add(key)
        for block in resource.blocks:
            mark = (key, block.address, block.file, block.start_line)
            if block.file and mark not in seen:
                seen.add(mark)
                self._add_to_root(resource.root, block.address, key)
                file = self._files.setdefault(os.path.realpath(self._called.get(block.file, block.file)), _File())
                file.add(_Block(block.start_line or 0, block.end_line or 0, block.address, key))

    def _add_to_root(self, root: str, address: str, key: Key) -> None:
        """With `--source` the blocks of a plan are in code, where other scanners name the plan: there, by its whole address."""
        if root not in self._roots:
            paths = (os.path.realpath(os.path.join(directory, root)) for directory in self._bases)
            self._roots[root] = next(filter(os.path.isfile, paths), "")
        if path := self._roots[root]:
            self._files.setdefault(path, _File()).by_address.setdefault(address, set()).add(key)

    def knows(self, file: str, base: str = "") -> bool:
        """Whether the run judged something that is in a file."""
        return bool(file) and self._file(file, base) is not None

    def of(self, claim: Claim, base: str = "") -> set[Key]:
        """The resources that a claim is about; none where it names nothing that the run judged."""
        about = msgspec.structs.replace(claim, check="", verdict="pass", reason="")
        if about not in self._keys:
            find = self._all_of if claim.cloud else self._in_code if claim.file else self._live
            self._keys[about] = find(claim, base)
        return self._keys[about]

    def _in_code(self, claim: Claim, base: str) -> set[Key]:
        file = self._file(claim.file, base)
        if file is None:
            return set()
        named = file.named(claim.resource) if claim.resource else None
        if named is None:
            named = file.at(claim.line, max(claim.end_line, claim.line)) if claim.line else set()
        return self._called_from(named, claim.callers, base) if claim.callers else named

    def _called_from(self, keys: set[Key], callers: Sequence[str], base: str) -> set[Key]:
        """Of a module that several roots call, what is of the root that the claim is about; all, where that cannot be told."""
        if len({root for root, _, _ in keys}) < 2:
            return keys
        directories = [os.path.dirname(caller) for caller in callers]
        bases = [os.path.realpath(base), *self._bases] if base else self._bases
        exact = {os.path.realpath(os.path.join(directory, caller)) for directory in bases for caller in directories}
        ends = {os.path.normpath(directory).lstrip(os.sep) for directory in directories}
        of_root = {key for key in keys if self._directory(key[0]) in exact}
        return of_root or {key for key in keys if any(_ends_with(end, os.path.normpath(key[0])) for end in ends)} or keys

    def _directory(self, root: str) -> str:
        """Where a root is, by the first directory that has it."""
        paths = (os.path.realpath(os.path.join(directory, root)) for directory in self._bases)
        return next(filter(os.path.isdir, paths), "")

    def _all_of(self, claim: Claim, base: str) -> set[Key]:
        """Everything of a cloud in a file, or below a directory."""
        file = self._file(claim.file, base)
        if file is not None:
            keys = {block.key for block in file.blocks}
        else:
            tops = {os.path.realpath(os.path.join(directory, base, claim.file)) for directory in self._bases}
            within = tuple(f"{top.rstrip(os.sep)}{os.sep}" for top in tops if os.path.isdir(top))
            keys = {block.key for path, below in self._files.items() if path.startswith(within) for block in below.blocks}
        return {key for key in keys if self._clouds[key] == claim.cloud}

    def _live(self, claim: Claim, _base: str) -> set[Key]:
        """By a name that is unique to the provider; else by names that are unique to a region, which different kinds may share."""
        names = [claim.resource, *claim.names]
        for name in names:
            if name.startswith(("arn:", "//")) and name in self._names:
                return self._names[name]
        return {key for name in names for key in self._names.get(name, ()) if self._may_be_in(key, claim.account, claim.region)}

    def _may_be_in(self, key: Key, account: str, region: str) -> bool:
        own_account, own_region = self._scopes[key]
        if account and own_account and own_account != account and own_account.isdigit() == account.isdigit():
            return False  # a Google project has a name and a number: one says nothing of the other
        at, own = region.casefold(), (own_region or "").casefold()
        return not at or not own or own == at or own.startswith(f"{at}-")  # a zone is of its region

    def _file(self, file: str, base: str) -> _File | None:
        return self._files.get(self._resolved(file, base))

    def _resolved(self, file: str, base: str) -> str:
        if (file, base) not in self._paths:
            self._paths[file, base] = self._meant_by(file, base)
        return self._paths[file, base]

    def _meant_by(self, file: str, base: str) -> str:
        """The file of the run that is meant. One that another machine scanned has other folders above it."""
        for directory in (os.path.realpath(base), *self._bases) if base else self._bases:
            path = os.path.realpath(os.path.join(directory, file))
            if path in self._files:
                return path
        self._index_ends()
        parts = os.path.normpath(file).split(os.sep)
        if by_end := self._ends.get(os.sep.join(parts)):
            return by_end
        # Of a path from the top of another machine, the folders above the checkout do not count; a name alone is too little.
        ends = (os.sep.join(parts[at:]) for at in range(1, len(parts) - 1)) if os.path.isabs(file) else ()
        return next((self._below[end] for end in ends if self._below.get(end)), "")

    def _index_ends(self) -> None:
        """Which file a path means by its end; empty where several have the same."""
        if self._indexed:
            return
        self._indexed = True
        for path in self._files:
            parts = path.split(os.sep)
            for at in range(1, len(parts)):
                end = os.sep.join(parts[at:])
                self._ends[end] = path if self._ends.get(end, path) == path else ""
            for directory in self._bases[:_BASES_FOR_ENDS]:
                for above in (directory, os.path.dirname(directory)):
                    end = path.removeprefix(above.rstrip(os.sep) + os.sep)
                    if end != path and os.sep in end:
                        self._below[end] = path if self._below.get(end, path) == path else ""


def _relative(name: str) -> str:
    """The part of Google's full resource name that others use: `projects/…` of `//cloudkms.googleapis.com/projects/…`."""
    relative = name.partition("/")[2].partition("/")[2].partition("/")[2] if name.startswith("//") else ""
    return relative if "/" in relative else ""


def _ends_with(path: str, end: str) -> bool:
    return path == end or path.endswith(f"{os.sep}{end}")


def _bases(paths: Sequence[str]) -> list[str]:
    """Directories that relative files of others may be relative to."""
    bases = [os.path.realpath(os.curdir)]
    for path in paths:
        real = os.path.realpath(path)
        bases += [real if os.path.isdir(real) else os.path.dirname(real), repository(path) or ""]
    return list(dict.fromkeys(base for base in bases if base))
