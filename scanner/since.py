"""A run beside an earlier revision of the same tree: what a change made worse, and what it mended.

Both states are judged by the rules and the configuration of now; the earlier one is read from git's objects, so that nothing is checked
out. Of Terraform code, root modules that no changed file is part of are left out of both.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from assay.scanner import config
from assay.scanner.config import DEFAULT_FILE, Config
from assay.scanner.gate.baseline import Baseline, digest_of, of_report
from assay.scanner.options import Options
from assay.scanner.results.model import Report, Result
from assay.scanner.run import Scan
from assay.scanner.sources.git_objects import GitObjects, merge_base
from assay.scanner.sources.overlay import DISK, Overlay

_MAX_FILE = 20_000_000
"""A larger file counts as changed."""
_NOT_WALKED = (".git", "node_modules", "__pycache__")
_FROM_DISK = ("aws:", "google:")
"""What roots of live resources begin with: snapshots and exports are read from disk, whatever the revision."""


class Earlier(msgspec.Struct, frozen=True):
    """What there was at a revision."""

    revision: str
    known: Baseline
    configuration: Config
    """The configuration that the same command had there."""
    changed: frozenset[str]
    """The real paths of files that are not what they were, or were not there, or are not there any more."""


def earlier(options: Options, revision: str, run: Callable[[Scan], Report] = Scan.report) -> Earlier:
    """Judge the state of a revision of the repository that the first path of the options is in, by `run`. Raises GitError, and
    ConfigurationError where its configuration cannot be used."""
    objects = state(options, revision)
    try:
        changed = frozenset(_changed(options, objects))
        configuration = _configuration(options, objects)
        there = [path for path in options.paths if objects.is_file(path) or objects.is_directory(path)]
        if not there or not changed:
            return Earlier(revision, Baseline(made=objects.commit_id), configuration, changed)
        before = msgspec.structs.replace(
            options, paths=tuple(there), overlay=_WithFetched(objects), changed=changed, allow_empty=True, must_declare=()
        )  # fmt: skip
        report = run(Scan(before))
        known = of_report(_of_revision(report), digest_of(lambda file: objects.read(file, _MAX_FILE)), made=objects.commit_id)
        return Earlier(revision, known, configuration, changed)
    finally:
        objects.close()


def state(options: Options, revision: str) -> GitObjects:
    """The files of the repository that the first path of the options is in, where the checked-out branch and a revision parted: what others
    did there since is no matter of this branch. Raises GitError."""
    first = options.paths[0]
    directory = first if os.path.isdir(first) else os.path.dirname(first) or "."
    return GitObjects.commit(directory, merge_base(directory, revision))


class _WithFetched(Overlay):
    """A state of a repository, with what `terraform init` fetched since: that is on disk alone, for every state."""

    def __init__(self, objects: GitObjects) -> None:
        self._objects = objects

    def _of(self, path: str) -> Overlay:
        return DISK if ".terraform" in path.split(os.sep) else self._objects

    def read(self, path: str, limit: int) -> bytes:
        return self._of(path).read(path, limit)

    def names(self, directory: str) -> list[str]:
        return self._of(directory).names(directory)

    def is_file(self, path: str) -> bool:
        return self._of(path).is_file(path)

    def is_directory(self, path: str) -> bool:
        return self._of(path).is_directory(path)

    def is_link(self, path: str) -> bool:
        return self._of(path).is_link(path)

    def real(self, path: str) -> str:
        return self._of(path).real(path)

    def is_repository(self, directory: str) -> bool:
        return self._objects.is_repository(directory)


def _configuration(options: Options, objects: GitObjects) -> Config:
    file = options.configuration or ("" if os.path.lexists(DEFAULT_FILE) else DEFAULT_FILE)  # that is gone
    return config.read(Path(file), objects) if file and objects.is_file(file) else Config()


def _of_revision(report: Report) -> Report:
    """A report without the findings of what is read from disk whatever the revision: in it, what is new would look as if it were known."""
    return msgspec.structs.replace(report, results=[result for result in report.results if not _is_from_disk(result)])


def _is_from_disk(result: Result) -> bool:
    root, type_ = result.resource.root, result.resource.type
    of_plan = type_.replace("_", "").isalnum() and not os.path.isdir(root) and root.endswith(".json")
    return root.startswith(_FROM_DISK) or of_plan


def _changed(options: Options, objects: GitObjects) -> Iterator[str]:
    tops = [os.path.realpath(path) for path in options.paths]
    within = {path: id_ for path, id_ in objects.ids().items() if any(_is_below(path, top) for top in tops)}
    for path in {path: None for top in tops for path in _files(top)}:
        if _id_of(path, within.pop(path, "")) is None:
            yield path
    yield from within


def _files(top: str) -> Iterator[str]:
    if not os.path.isdir(top):
        yield top
    for directory, names, files in os.walk(top):
        names[:] = [name for name in names if name not in _NOT_WALKED]
        yield from (os.path.join(directory, name) for name in files)


def _id_of(path: str, id_: str) -> str | None:
    """The id, where the file on disk is the object of that id; else None. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects"""
    if not id_:
        return None
    try:
        content = os.readlink(path).encode("utf-8", "surrogateescape") if os.path.islink(path) else DISK.read(path, _MAX_FILE)
    except OSError:
        return None
    algorithm = hashlib.sha1 if len(id_) == len("da39a3ee5e6b4b0d3255bfef95601890afd80709") else hashlib.sha256
    return id_ if algorithm(b"blob %d\0" % len(content) + content).hexdigest() == id_ else None


def _is_below(path: str, top: str) -> bool:
    return path == top or path.startswith(top.rstrip(os.sep) + os.sep)
