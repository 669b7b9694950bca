"""What keeps the results of a run until its reports are written: the memory of the process, its disk, or nothing.

A report that is written in one order needs all results before its first line. Formats that only pass over them, as often as they like, take
them from disk as well: so a merge of many shards needs no more memory than one.
"""

from __future__ import annotations

import heapq
import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, overload

from assay.scanner.override import override
from assay.scanner.results.model import Result

if TYPE_CHECKING:
    import tempfile

_SEVERITIES = {severity: rank for rank, severity in enumerate(("critical", "high", "medium", "low"))}
_RUN, _BLOCK, _RUNS = 20_000, 100, 64
"""Results that are sorted in memory, those that are read from a file at once, and files that are read side by side."""


def order(result: Result) -> tuple[str, int, str, str, str]:
    """The order of the results of a report."""
    return result.resource.root, _SEVERITIES[result.severity], result.control, result.resource.address, result.element


class Keeping(Protocol):
    """Takes results as they come, and gives them in the order of a report."""

    def take(self, results: Iterable[Result]) -> None:
        """Some more."""

    def ordered(self) -> Sequence[Result]:
        """All of them; nothing comes after that."""


class InMemory:
    """Keeps them as they are, for formats that pick some out."""

    def __init__(self) -> None:
        self._results: list[Result] = []

    def take(self, results: Iterable[Result]) -> None:
        """Some more."""
        self._results.extend(results)

    def ordered(self) -> Sequence[Result]:
        """A list."""
        return sorted(self._results, key=order)


class Nothing:
    """Keeps none: every report was written while they came."""

    def take(self, results: Iterable[Result]) -> None:
        """Forget them."""

    def ordered(self) -> Sequence[Result]:
        """No result."""
        return []


class OnDisk(Sequence[Result]):
    """Keeps them in files of a folder of its own, sorted; of few results, in memory. Each pass reads them again."""

    def __init__(self, run: int = _RUN, key: Callable[[Result], Any] = order) -> None:
        """`key`: the order in which it gives them, that of a report unless somebody asks for another."""
        self._run, self._key = run, key
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._files: list[str] = []
        self._made = self._length = 0
        self._waiting: list[Result] = []

    def take(self, results: Iterable[Result]) -> None:
        """Some more."""
        for result in results:
            self._waiting.append(result)
            self._length += 1
            if len(self._waiting) >= self._run:
                self._spill()

    def ordered(self) -> Sequence[Result]:
        """Itself."""
        self._waiting.sort(key=self._key)
        return self

    def _spill(self) -> None:
        self._waiting.sort(key=self._key)
        self._files.append(self._written(self._waiting))
        self._waiting = []
        if len(self._files) >= _RUNS:
            merged = self._written(heapq.merge(*map(_read, self._files), key=self._key))
            for path in self._files:
                os.remove(path)
            self._files = [merged]

    def _written(self, results: Iterable[Result]) -> str:
        if self._folder is None:
            import tempfile

            self._folder = tempfile.TemporaryDirectory(prefix="assay-")
        self._made += 1
        path = os.path.join(self._folder.name, str(self._made))
        with open(path, "wb") as file:
            coming = iter(results)
            while block := list(islice(coming, _BLOCK)):
                pickle.dump(block, file, 5)
            pickle.dump([], file, 5)
        return path

    @override
    def __iter__(self) -> Iterator[Result]:
        return heapq.merge(*map(_read, self._files), self._waiting, key=self._key)

    @override
    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Result: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Result]: ...
    @override
    def __getitem__(self, index: Any) -> Any:
        raise TypeError("results on disk are passed over, from the first to the last")


def _read(path: str) -> Iterator[Result]:
    with open(path, "rb") as file:
        while block := pickle.load(file):  # noqa: S301 - this process wrote it, in a folder that is nobody else's
            yield from block
