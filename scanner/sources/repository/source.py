"""Files of a repository that say how it is built and released, and who reaches its data: each is a collection of its own.

They are told by their names, as their tools find them (names.py). What one refers to is read from the same tree, within the repository.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable, Iterator, Sequence

from assay.scanner.options import Options
from assay.scanner.override import override
from assay.scanner.sources.budget import Budget, OverBudget
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.discover import show
from assay.scanner.sources.interface import EVERYTHING, Collection, Source, Wanted
from assay.scanner.sources.overlay import DISK
from assay.scanner.sources.repository import names
from assay.scanner.sources.repository.reading import ReadFile, RepositoryFiles
from assay.scanner.sources.templates.syntax import Malformed

_ROOM = "assay.scanner.sources.repository"
_READERS = {
    names.DOCKERFILE: f"{_ROOM}.dockerfiles",
    names.RULES: f"{_ROOM}.rules_files",
    names.FIREBASE: f"{_ROOM}.rules_files",
    names.GITHUB: f"{_ROOM}.workflows",
    names.GITLAB: f"{_ROOM}.workflows",
    names.CLOUDBUILD: f"{_ROOM}.workflows",
    names.BUILDSPEC: f"{_ROOM}.workflows",
}
"""Type of file to its module, whose `read(path, type, tree)` gives what is in it. Raises OSError, Malformed, OverBudget."""


def sources(paths: Sequence[str], named: set[str], options: Options) -> Iterator[Source]:
    """All of these files as one source."""
    yield RepositorySource(paths, options)


class RepositorySource(Source):
    """Files of a repository."""

    input = "repository"

    def __init__(self, paths: Iterable[str], options: Options) -> None:
        self.paths = [os.path.normpath(path) for path in paths]
        self.overlay = options.overlay or DISK

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        tree = RepositoryFiles(self.paths, self.overlay)
        for path in self.paths:
            tree.budget = Budget()  # a file that costs too much costs only itself
            yield from self._file(path, tree)

    def _file(self, path: str, tree: RepositoryFiles) -> Iterator[Collection]:
        file, type_ = show(path), names.type_of(path) or ""
        try:
            reads: Iterable[ReadFile] = importlib.import_module(_READERS[type_]).read(path, type_, tree)
            for read in reads:
                yield self._collection(read)
        except OSError as error:
            yield self._unread(file, f"cannot be read ({error.strerror or error})", "make it readable")
        except OverBudget as error:
            yield self._unread(file, str(error), "split it, or exclude it", code="input_failed")
        except Malformed as error:
            yield self._unread(file, str(error), "correct the file", error.line)

    def _collection(self, read: ReadFile) -> Collection:
        coverage = Coverage(gaps=read.gaps)
        failed = read.became == "unread"
        if read.became != "other":
            coverage.files.found, coverage.files.failed, coverage.files.parsed = 1, int(failed), int(not failed)
        coverage.enter(read.file, self.input, read.became, read.why)
        return Collection(read.file, read.items, coverage, sensitive=read.sensitive)

    def _unread(self, file: str, reason: str, way: str, line: int = 0, code: str = "parse_error") -> Collection:
        coverage = Coverage(gaps=[Gap(file, code, reason, way, line)])
        coverage.files.found = coverage.files.failed = 1
        coverage.enter(file, self.input, "unread", reason)
        return Collection(file, [], coverage)
