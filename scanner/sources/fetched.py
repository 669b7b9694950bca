"""Files that were fetched from buckets: reports, fingerprints and plans of shards have the URLs of the objects, never where they lie here.

Objects lie below one folder, as SCHEME/BUCKET/KEY. Which folder that is belongs to the process: a path is met in every reader.
"""

from __future__ import annotations

import contextlib
import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from assay.scanner.sources.coverage import Gap

_SCHEMES = ("s3", "gs")


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """What a run has of buckets."""

    folder: str = ""
    """The real path of what all of it is below; empty where nothing was fetched."""
    versions: Mapping[str, str] = {}
    """URL of every object below what was named, to what changes with its content."""
    alone: frozenset[str] = frozenset()
    """Files of which nothing else needs to know, so that one shard judges each as a whole."""
    elsewhere: frozenset[str] = frozenset()
    """Those of them that another shard judges: only the beginning of each is here."""
    gaps: Sequence[Gap] = ()
    """Objects that could not be fetched, by their URLs."""


_NOTHING = Fetched()
_stack = [_NOTHING]


def current() -> Fetched:
    """What this process has of buckets."""
    return _stack[-1]


@contextlib.contextmanager
def holding(fetched: Fetched) -> Iterator[None]:
    """Have this process, and those that it forks, call the files below a folder by the URLs of their objects."""
    _stack.append(fetched)
    try:
        yield
    finally:
        _stack.remove(fetched)


def called(path: str) -> str:
    """The URL of a file or directory that was fetched; any other path as it is."""
    folder = current().folder
    if not folder or not path.startswith(folder + os.sep):
        return path
    scheme, _, rest = os.path.normpath(path)[len(folder) + 1 :].replace(os.sep, "/").partition("/")
    return f"{scheme}://{rest}"


def located(name: str) -> str:
    """The file that a URL is of, where it was fetched; any other name as it is."""
    folder, (scheme, separator, rest) = current().folder, name.partition("://")
    return os.path.join(folder, scheme, *rest.split("/")) if folder and separator and scheme in _SCHEMES else name


def in_words(text: str) -> str:
    """A text in which files that were fetched have their URLs."""
    if folder := current().folder:
        for scheme in _SCHEMES:
            text = text.replace(f"{folder}{os.sep}{scheme}{os.sep}", f"{scheme}://")
    return text


def is_url(name: str) -> bool:
    """Whether a name is that of an object, or of what is below a prefix."""
    return name.partition("://")[0] in _SCHEMES and "://" in name


def scope(name: str, targets: Iterable[str]) -> str:
    """What a URL is relative to the folder that all URLs that were named have in common."""
    objects = current().versions
    tops = [posixpath.dirname(plain) if url in objects else plain for url in targets if is_url(url) for plain in [_plain(url)]]
    return posixpath.relpath(_plain(name), posixpath.commonpath(tops)) if tops else name


def _plain(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return posixpath.normpath(f"{scheme}/{rest}")
