"""A run beside an earlier revision of the same tree: what a change made worse, and what it mended.

Both states are judged by the rules and the configuration of now; the earlier one is read from git's objects, so that nothing is checked
out. Of Terraform code, root modules that no changed file is part of are left out of both.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from assay.scanner import config
from assay.scanner.config import DEFAULT_FILE, Config
from assay.scanner.gate.baseline import Baseline, digest_of, of_report
from assay.scanner.gate.comments import marks
from assay.scanner.judge import Judged
from assay.scanner.options import Options
from assay.scanner.results.model import Report, Result
from assay.scanner.run import Scan
from assay.scanner.sources.encodings import utf8
from assay.scanner.sources.git_objects import GitObjects, merge_base
from assay.scanner.sources.listing import UNCHANGED, is_exclusion
from assay.scanner.sources.overlay import DISK, Overlay

_MAX_FILE = 20_000_000
"""A larger file counts as changed."""
_FETCHED = ".terraform"
_FROM_DISK = ("aws:", "google:")
"""What roots of live resources begin with: snapshots and exports are read from disk, whatever the revision."""


class EarlierRevision(msgspec.Struct, frozen=True):
    """What there was at a revision."""

    revision: str
    known: Baseline
    configuration: Config
    """The configuration that the same command had there."""
    changed: frozenset[str]
    """The real paths of files that are not what they were, or were not there, or are not there any more."""
    narrowing: frozenset[str] | None = None
    """As `Options.changed`: None where a change may touch any root module."""
    rules: tuple[str, ...] = ()
    """The files of own rules among those that changed, as far as they were there before."""
    marks: frozenset[str] = frozenset()
    """What waived something in files that changed since, as `gate.comments.marks` gives it."""
    root_modules: frozenset[str] = frozenset()
    """What was judged by itself, as reports name it: a caller that a change adds takes none of them out of what is judged."""
    untouched: frozenset[str] = frozenset()
    """Root modules, as reports name them, that no changed file was part of. None is part of them now either: all that they are made of, and
    call, is what it was."""


def earlier(options: Options, revision: str, run: Callable[[Scan], Report] = Scan.report) -> EarlierRevision:
    """Judge the state of a revision of the repository that the first path of the options is in, by `run`. Raises GitError, and
    ConfigurationError where its configuration cannot be used."""
    objects = state(options, revision)
    try:
        changed = frozenset(_changed(options, objects))
        kept = _kept(objects)
        narrowing = None if kept or _touches_all(changed, options, objects) else changed
        rules = tuple(sorted(path for path in changed & objects.ids().keys() if _is_below_any(path, options.policies)))
        known, marked = Baseline(made=objects.commit_id), frozenset(_marks(changed, objects))
        result = EarlierRevision(revision, known, _configuration(options, objects), changed, narrowing, rules, marked)
        there = [path for path in options.paths if objects.is_file(path) or objects.is_directory(path)]
        if not there:
            return result
        before = msgspec.structs.replace(
            options, paths=tuple(there), overlay=_WithFetched(objects, kept), changed=narrowing, allow_empty=True,
            must_declare=(), must_take=(),
        )  # fmt: skip
        scan, judged, untouched = Scan(before), set[str](), set[str]()
        scan.sinks.append(lambda part: None if _is_left_out(part) else judged.add(part.name))
        scan.sinks.append(lambda part: untouched.add(part.name) if _is_untouched(part) else None)
        report = run(scan)
        known = of_report(_of_revision(report), digest_of(lambda file: objects.read(file, _MAX_FILE)), made=objects.commit_id)
        return msgspec.structs.replace(result, known=known, root_modules=frozenset(judged), untouched=frozenset(untouched))
    finally:
        objects.close()


def _marks(changed: Iterable[str], objects: GitObjects) -> Iterator[str]:
    for path in changed:
        if objects.is_file(path):
            with contextlib.suppress(OSError, ValueError):  # what cannot be read waives nothing
                yield from marks(utf8(objects.read(path, _MAX_FILE)).decode("utf-8", "replace").splitlines())


def _is_left_out(part: Judged) -> bool:
    """Whether nothing of a collection was judged."""
    fates = part.coverage.fates or {}
    return not part.name or (bool(fates) and all(is_exclusion(fate.why) for fate in fates.values()))


def _is_untouched(part: Judged) -> bool:
    """Whether a collection was left out since no changed file can be part of it."""
    fates = part.coverage.fates or {}
    return bool(part.name and fates) and all(fate.why == UNCHANGED for fate in fates.values())


def state(options: Options, revision: str) -> GitObjects:
    """The files of the repository that the first path of the options is in, where the checked-out branch and a revision parted: what others
    did there since is no matter of this branch. Raises GitError."""
    first = options.paths[0]
    directory = first if os.path.isdir(first) else os.path.dirname(first) or "."
    return GitObjects.commit(directory, merge_base(directory, revision))


def _kept(objects: GitObjects) -> frozenset[str]:
    """The directories `.terraform` of which git keeps a file, at the revision or now: what is in them is no matter of `terraform init`."""
    index = GitObjects.index(objects.top)
    paths = {path for path in (*objects.ids(), *index.ids()) if _FETCHED in path.split(os.sep)}
    return frozenset(_until_fetched(path) for path in paths)


def _until_fetched(path: str) -> str:
    parts = path.split(os.sep)
    return os.sep.join(parts[: parts.index(_FETCHED) + 1])


def _touches_all(changed: Iterable[str], options: Options, objects: GitObjects) -> bool:
    """Whether something changed by which a root module may be another though none of its files changed: a link, by which code is reached,
    or a file of values for every root module."""
    given = {os.path.realpath(path) for path in (*options.var_files, *options.parameter_files)}
    return any(path in given or os.path.islink(path) or objects.is_link(path) for path in changed)


class _WithFetched(Overlay):
    """A state of a repository, with what `terraform init` fetched since: that is on disk alone, for every state.

    What git keeps of such a directory (`kept`) was not fetched: it may be another at each state.
    """

    def __init__(self, objects: GitObjects, kept: Collection[str]) -> None:
        self._objects, self._kept = objects, kept

    def _of(self, path: str) -> Overlay:
        absolute = os.path.abspath(path)
        if _FETCHED not in absolute.split(os.sep):
            return self._objects
        reached = _until_fetched(absolute)
        ways = {reached, self._objects.real(reached), os.path.realpath(reached)}
        ways.add(os.path.join(self._objects.real(os.path.dirname(reached)), _FETCHED))
        ways.add(os.path.join(os.path.realpath(os.path.dirname(reached)), _FETCHED))
        return DISK if ways.isdisjoint(self._kept) else self._objects

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
    """All of the repository, not only what is below the paths: code there may call modules and read files that are elsewhere in it."""
    before = objects.ids()
    tops = dict.fromkeys(os.path.realpath(path) for path in (objects.top, *options.paths))
    for path in {path: None for top in tops for path in _files(top)}:
        if _id_of(path, before.pop(path, "")) is None:
            yield path
    yield from before


def _files(top: str) -> Iterator[str]:
    """Files below a directory, and links to directories: these are objects of git as well."""
    if not os.path.isdir(top):
        yield top
    for directory, names, files in os.walk(top):
        names[:] = [name for name in names if name != ".git"]
        links = [name for name in names if os.path.islink(os.path.join(directory, name))]
        yield from (os.path.join(directory, name) for name in (*files, *links))


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


def _is_below_any(path: str, directories: Iterable[str]) -> bool:
    return any(_is_below(path, os.path.realpath(directory)) for directory in directories)


def _is_below(path: str, top: str) -> bool:
    return path == top or path.startswith(top.rstrip(os.sep) + os.sep)
