"""Inputs in buckets: the objects that a run is over, fetched into a folder that is removed when the run is over.

They are fetched before anything is read, by the process that has the credentials; the processes that read never ask anybody for anything.
Of one shard, snapshots that others judge are fetched as far as it takes to tell that they are snapshots. All else is fetched whole, since
code may read any file, and joins of inventories reach all of them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from assay.scanner.buckets.bucket import BucketFolder, StoredObject
from assay.scanner.buckets.errors import BucketError
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.fetched import Fetched, holding, is_url
from assay.scanner.sources.formats import SNAPSHOT_BEGINNING, is_snapshot
from assay.scanner.sources.interface import Share
from assay.scanner.words import many

MAX_BYTES = 16 << 30
"""Of all objects that are on the disk of this machine at once, unless somebody says otherwise."""
MAX_OBJECTS = 1_000_000
_AT_ONCE = 8
"""Objects that are fetched at the same time, each in pieces of some megabytes."""
_REMOVED_WITHIN = 30.0
"""Seconds that an answer on its way may take to end, behind a run that is stopped."""
_STORES = frozenset({".git", "node_modules", "__pycache__"})
"""Directories that no reader looks into."""


_COPY = "copy it to another key"


class _Object(msgspec.Struct, frozen=True):
    bucket: BucketFolder
    stored: StoredObject
    path: str
    """Where it comes to be."""

    @property
    def url(self) -> str:
        return f"{self.bucket.where}/{self.stored.key}"

    def fetch(self, most: int | None, stopped: threading.Event) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.path)
        try:
            self.bucket.fetch(self.stored, self.path, most, stopped)
        except OSError as error:
            raise BucketError(f"{self.url}: cannot be written to {self.path}: {error.strerror or error}") from None


class FetchLimits(msgspec.Struct, frozen=True):
    """What may be fetched."""

    bytes: int = MAX_BYTES
    """0 for what fits on the disk."""
    objects: int = MAX_OBJECTS


DEFAULT = FetchLimits()


@contextlib.contextmanager
def fetched(
    paths: Sequence[str], share: Share | None = None, limits: FetchLimits = DEFAULT, tick: Callable[[str], None] | None = None
) -> Iterator[list[str]]:
    """The same paths, in which URLs are those of what was fetched: files and directories that are there as long as this lasts.

    `share`: the shard that is judged; one without a number of its own (an index below 0) judges none. `tick` is told what is fetched.
    Raises BucketError.
    """
    if not any(map(is_url, paths)):
        yield list(paths)
        return
    with _folder() as folder:
        # A repository of its own, wherever temporary files are: code in it reads no file beside it.
        os.mkdir(os.path.join(folder, ".git"))
        objects, gaps = _listed([path for path in paths if is_url(path)], folder, limits.objects)
        alone, elsewhere = _fetch(objects, share, limits, gaps, tick)
        fetched_objects = Fetched(
            folder=folder,
            versions={object_.url: object_.stored.version for object_ in objects},
            alone=frozenset(object_.path for object_ in alone),
            elsewhere=frozenset(object_.path for object_ in elsewhere),
            gaps=gaps,
        )
        with holding(fetched_objects):
            yield [_place(folder, path) if is_url(path) else path for path in paths]


@contextlib.contextmanager
def _folder() -> Iterator[str]:
    """A temporary directory, which is gone when this is over, also where a thread still writes to it.

    A signal while a thread begins leaves one that its pool does not know, and does not wait for.
    """
    made = tempfile.mkdtemp(prefix="assay-fetched-")
    try:
        yield os.path.realpath(made)
    finally:
        ends = time.monotonic() + _REMOVED_WITHIN
        while os.path.exists(made) and time.monotonic() < ends:
            shutil.rmtree(made, ignore_errors=True)
            time.sleep(0.01)


def _place(folder: str, url: str) -> str:
    scheme, _, rest = url.partition("://")
    return os.path.join(folder, scheme, *filter(None, rest.split("/")))


def _listed(urls: Sequence[str], folder: str, most: int) -> tuple[list[_Object], list[Gap]]:
    """The objects that URLs name or are a prefix of, in order, each once."""
    by_path: dict[str, _Object] = {}
    gaps: list[Gap] = []
    buckets: dict[str, BucketFolder] = {}
    for url in urls:
        scheme, _, rest = url.partition("://")
        name, _, key = rest.partition("/")
        bucket = buckets.setdefault(f"{scheme}://{name}", BucketFolder(f"{scheme}://{name}"))
        one = bucket.described(key) if key and not key.endswith("/") else None
        nothing = True
        for stored in [one] if one is not None else bucket.below(key.strip("/")):
            nothing = False
            if why := _no_file(stored.key):
                gaps.append(Gap(f"{bucket.where}/{stored.key}", "unsupported", f"its key is no path of a file: {why}", _COPY))
                continue
            entered = _Object(bucket, stored, _place(folder, f"{bucket.where}/{stored.key}"))
            by_path[entered.path] = entered
            if len(by_path) > most:
                raise BucketError(f"{url}: holds more than {most:,} objects: name a prefix with fewer")
        if nothing:
            raise BucketError(f"{url}: no such object, and none below it: correct the URL")
        place = _place(folder, url)
        os.makedirs(place if one is None else os.path.dirname(place), exist_ok=True)
    above = {path[:at] for path in by_path for at in _separators(path, len(folder) + 1)}
    for path in sorted(above & by_path.keys()):
        named = by_path.pop(path)
        if named.stored.size:  # consoles make objects without content for folders
            reason = "there are objects below its key, which makes that a folder"
            gaps.append(Gap(named.url, "unsupported", reason, _COPY))
    return [by_path[path] for path in sorted(by_path)], gaps


def _separators(path: str, start: int) -> Iterator[int]:
    while (at := path.find(os.sep, start)) >= 0:
        yield at
        start = at + 1


def _no_file(key: str) -> str:
    """Why a key can be no path below the folder; empty where it can."""
    parts = key.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\0" in key or "\\" in key:
        return "it has a part that is empty or leads elsewhere"
    return "a part of it is too long" if any(len(os.fsencode(part)) > 255 for part in parts) else ""


def _fetch(
    objects: Sequence[_Object], share: Share | None, limits: FetchLimits, gaps: list[Gap], tick: Callable[[str], None] | None
) -> tuple[list[_Object], list[_Object]]:
    """Fetch what a run, or a shard of one, needs. Gives what is judged as a whole by one shard, and what of that is left to others."""
    wanted = [object_ for object_ in objects if _STORES.isdisjoint(object_.url.split("/"))]
    for object_ in objects:
        os.makedirs(os.path.dirname(object_.path), exist_ok=True)
    if share is None:
        _check(wanted, limits, "")
        failed = _all(wanted, None, tick)
        if len(failed) == len(wanted):
            _raise(failed)
        gaps += _gaps(failed)
        return [], []
    _raise(_all(wanted, SNAPSHOT_BEGINNING, tick))
    alone = [object_ for object_ in wanted if _begins_as_snapshot(object_.path)]
    # The largest first, dealt in turn: what takes longest is not all in one shard.
    dealt = sorted(alone, key=lambda object_: (-object_.stored.size, object_.url))
    elsewhere = [object_ for number, object_ in enumerate(dealt) if share.index < 0 or not share.takes(number)]
    left = {object_.path for object_ in elsewhere}
    mine = [object_ for object_ in wanted if object_.path not in left]
    _check(mine, limits, f" of this shard, beside {many(len(elsewhere), 'snapshot')} of others")
    _raise(_all([object_ for object_ in mine if object_.stored.size > SNAPSHOT_BEGINNING], None, tick))
    return alone, elsewhere


def _begins_as_snapshot(path: str) -> bool:
    with open(path, "rb") as file:
        return is_snapshot(file.read(SNAPSHOT_BEGINNING))


def _check(objects: Sequence[_Object], limits: FetchLimits, of: str) -> None:
    """Raises BucketError where there is more than may be fetched, or than there is room for."""
    if not objects:
        return
    needed, first = sum(object_.stored.size for object_ in objects), objects[0]
    what = f"{first.url} and what is beside it: {many(len(objects), 'object')}{of}, {needed / 1e9:.3g} GB"
    if limits.bytes and needed > limits.bytes:
        raise BucketError(
            f"{what}, are more than is fetched at once ({limits.bytes / 1e9:.3g} GB): "
            "judge them in more shards, name a prefix with less, or raise --limit-download"
        )
    free = shutil.disk_usage(os.path.dirname(first.path)).free
    if needed > free:
        raise BucketError(
            f"{what}, do not fit on the disk of temporary files, which has {free / 1e9:.3g} GB: "
            "name another by TMPDIR, or judge them in shards"
        )


def _all(objects: Sequence[_Object], most: int | None, tick: Callable[[str], None] | None) -> list[tuple[_Object, BucketError]]:
    """Fetch objects, or the beginning of each; gives those that could not be."""
    failed: list[tuple[_Object, BucketError]] = []
    stopped = threading.Event()
    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        running = [(object_, pool.submit(object_.fetch, most, stopped)) for object_ in objects]
        for object_, future in running:
            if tick is not None:
                tick(object_.url)
            try:
                future.result()
            except BucketError as error:
                failed.append((object_, error))
    finally:
        stopped.set()  # whoever stops the run waits for no object
        pool.shutdown(cancel_futures=True)  # which is over before anything forks
    return failed


def _raise(failed: Sequence[tuple[_Object, BucketError]]) -> None:
    """Of a shard, which is judged again as a whole, or missing; and where nothing can be fetched."""
    for _, error in failed:
        raise error


def _gaps(failed: Iterable[tuple[_Object, BucketError]]) -> Iterator[Gap]:
    for object_, error in failed:
        with contextlib.suppress(FileNotFoundError):
            os.remove(object_.path)
        reason = f"cannot be fetched ({str(error).removeprefix(object_.url).lstrip(': ')})"
        yield Gap(object_.url, "parse_error", reason, "let the credentials of the run read it, or name what does not hold it")
