"""The resources of a run by what another scanner may call them: an address, a name in the provider, a file with lines."""

from __future__ import annotations

import bisect
import functools
import os
import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from assay.scanner.opinions.interface import Claim
from assay.scanner.results.model import ResourceRef, Result
from assay.scanner.sources.overlay import repository

Key = tuple[str, str, str]
"""Root, id and address: the identity of a resource within a run."""

_BASES_FOR_ENDS = 100
_INSTANCE = re.compile(r'\[(?:[0-9]+|"(?:[^"\\]|\\.)*"|\*|\?)?\]')
_MODULE = re.compile(r"^(?:module\.[^.]+\.)+")


def key_of(resource: ResourceRef) -> Key:
    """The identity of a resource within a run."""
    return resource.root, resource.id, resource.address


@functools.lru_cache(200_000)
def bare(address: str) -> str:
    """An address without modules, `data.`, instance keys and nested stacks: `aws_s3_bucket.b` of `module.m["x"].aws_s3_bucket.b[0]`,
    `AWS::S3::Bucket.Orders` of `AWS::S3::Bucket.Storage/Orders`."""
    plain = _MODULE.sub("", _INSTANCE.sub("", address)).removeprefix("data.")
    head, dot, last = plain.rpartition(".")
    return f"{head}{dot}{last.rpartition('/')[2]}"


class _Block(msgspec.Struct, frozen=True):
    first: int
    last: int
    address: str
    key: Key


class _File:
    """The blocks in a file."""

    def __init__(self) -> None:
        self.by_address: dict[str, set[Key]] = {}
        self.by_bare: dict[str, set[Key]] = {}
        self.by_label: dict[str, set[Key]] = {}
        self.blocks: list[_Block] = []
        self._starts: list[int] | None = None
        self._longest = 0

    def add(self, block: _Block) -> None:
        self.by_address.setdefault(block.address, set()).add(block.key)
        plain = bare(block.address)
        self.by_bare.setdefault(plain, set()).add(block.key)
        self.by_label.setdefault(plain.rpartition(".")[2], set()).add(block.key)
        self.blocks.append(block)

    def named(self, address: str) -> set[Key]:
        """What an address says, the most precise reading first. A template's logical id says it alone."""
        return self.by_address.get(address) or self.by_bare.get(bare(address)) or self.by_label.get(address) or set()

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


class Places:
    """Finds the resources that a claim is about."""

    def __init__(self, results: Iterable[Result], paths: Sequence[str], called: Mapping[str, str]) -> None:
        """`paths`: what the run scanned; `called`: names of the report for files, to where they are."""
        self._called = called
        self._files: dict[str, _File] = {}
        self._names: dict[str, set[Key]] = {}
        self._regions: dict[Key, str | None] = {}
        self._ends: dict[str, str] = {}
        self._below: dict[str, str] = {}
        self._found: dict[tuple[str, ...], set[Key]] = {}
        self._meant: dict[tuple[str, str], str] = {}
        self._roots: dict[str, str] = {}
        self._bases = _bases(paths)
        seen: set[tuple[Key, str, str, int | None]] = set()
        for result in results:
            self._add(result.resource, seen)
        self._indexed = False

    def _add(self, resource: ResourceRef, seen: set[tuple[Key, str, str, int | None]]) -> None:
        key = key_of(resource)
        if key not in self._regions:
            self._regions[key] = resource.region
            for name in {resource.id, resource.address, resource.name if resource.named else "", *resource.also_named} - {""}:
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
        mark = (claim.file, claim.resource, str(claim.line), str(claim.end_line), claim.region, *claim.names)
        if mark not in self._found:
            self._found[mark] = self._in_code(claim, base) if claim.file else self._live(claim)
        return self._found[mark]

    def _in_code(self, claim: Claim, base: str) -> set[Key]:
        file = self._file(claim.file, base)
        if file is None:
            return set()
        named = file.named(claim.resource) if claim.resource else set()
        return named or (file.at(claim.line, max(claim.end_line, claim.line)) if claim.line else set())

    def _live(self, claim: Claim) -> set[Key]:
        """By a name that is unique to the provider; else by names that are unique to a region, which different kinds may share."""
        names = [claim.resource, *claim.names]
        for name in names:
            if name.startswith(("arn:", "//")) and name in self._names:
                return self._names[name]
        return {key for name in names for key in self._names.get(name, ()) if self._may_be_in(key, claim.region)}

    def _may_be_in(self, key: Key, region: str) -> bool:
        known = self._regions[key]
        return not region or known is None or known.casefold() == region.casefold()

    def _file(self, file: str, base: str) -> _File | None:
        return self._files.get(self._resolved(file, base))

    def _resolved(self, file: str, base: str) -> str:
        if (file, base) not in self._meant:
            self._meant[file, base] = self._meant_by(file, base)
        return self._meant[file, base]

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


def _bases(paths: Sequence[str]) -> list[str]:
    """Directories that relative files of others may be relative to."""
    bases = [os.path.realpath(os.curdir)]
    for path in paths:
        real = os.path.realpath(path)
        bases += [real if os.path.isdir(real) else os.path.dirname(real), repository(path) or ""]
    return list(dict.fromkeys(base for base in bases if base))
