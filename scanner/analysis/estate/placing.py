"""Of which environment something is, by what the configuration says; nothing is guessed from names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from assay.scanner.analysis.estate.summary import Scope, Sighting
from assay.scanner.estate_options import Environment, EstateOptions
from assay.scanner.facts.model import BlockRef
from assay.scanner.globs import matches


class Placed(Protocol):
    """A resource, as facts or as results have it."""

    @property
    def address(self) -> str:
        """What its input calls it."""

    @property
    def cloud(self) -> str:
        """`aws`, `google`, or empty."""

    @property
    def account(self) -> str | None:
        """Its account or project, where that is known."""

    @property
    def root(self) -> str:
        """What its address is relative to."""

    @property
    def blocks(self) -> Sequence[BlockRef]:
        """Where it is written."""

    @property
    def tags(self) -> dict[str, str]:
        """Its tags or labels, as far as they are known."""


class Places:
    """The environments of an estate, asked often for the same."""

    def __init__(self, estate: EstateOptions) -> None:
        self._environments = estate.environments
        self._by_account = {account: name for name, entry in estate.environments.items() for account in entry.accounts}
        self._by_path: dict[str, str] = {}

    def scope(self, source: str, who: Placed) -> Scope:
        """Where a resource belongs. `source`: `code` or `live`."""
        files = dict.fromkeys([who.root, *(block.file for block in who.blocks)])
        return Scope(source, who.cloud, self.of(who.account, files, who.tags))

    def of(self, account: str | None, paths: Iterable[str], tags: dict[str, str]) -> str:
        """The environment of a resource: by its tags, else by where its code is, else by its account. Empty where none of these tells it.

        Tags come first, so that two environments in one account are seen.
        """
        if not self._environments:
            return ""
        for name, entry in self._environments.items():
            if any(tag in tags and matches(glob, tags[tag]) for tag, glob in entry.tags.items()):
                return name
        for path in paths:
            if environment := self._of_path(path):
                return environment
        return self._by_account.get(account or "", "")

    def _of_path(self, path: str) -> str:
        if path and path not in self._by_path:
            self._by_path[path] = next((name for name, entry in self._environments.items() if _covers(entry, path)), "")
        return self._by_path.get(path, "")


def _covers(entry: Environment, path: str) -> bool:
    return any(rule.covers(path) for rule in entry.paths)


def example(who: Placed, doubt: str = "") -> Sighting:
    """A resource as the example of what it is. `doubt`: why it may not be there."""
    block = who.blocks[0] if who.blocks else None
    return Sighting(who.address, block.file if block else "", (block.start_line or 0) if block else 0, doubt)
