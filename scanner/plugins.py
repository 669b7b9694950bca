"""What distributions add to Assay: report formats, sources and kinds, found by entry points.

https://packaging.python.org/en/latest/specifications/entry-points/. Reading the metadata of everything that is installed takes about as
long as a small scan, so that the answer is kept on disk until what is installed changes.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sys

import msgspec

from assay.scanner import cache

REPORTS, COMPARISONS, DIFFS, CATALOGUES, SOURCES, FACTS = GROUPS = (
    "assay.reports",
    "assay.comparisons",
    "assay.diffs",
    "assay.catalogues",
    "assay.sources",
    "assay.facts",
)
Table = dict[str, dict[str, str]]


def installed(group: str) -> dict[str, str]:
    """Name to value (`package.module` or `package.module:object`) of the entry points of a group, in the order of their names."""
    return _table().get(group, {})


@functools.cache
def _table() -> Table:
    name = f"plugins-{_installed()}"
    with contextlib.suppress(msgspec.DecodeError):
        if (kept := cache.read(name)) is not None:
            return msgspec.msgpack.decode(kept, type=Table)
    table = _read()
    cache.write(name, msgspec.msgpack.encode(table))
    return table


def _installed() -> str:
    """A digest of when anything was last installed: a directory of packages changes when one comes or goes."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sys.path:
        with contextlib.suppress(OSError):
            digest.update(f"{path}\0{os.stat(path).st_mtime_ns}\0".encode())
    return digest.hexdigest()[:32]


def _read() -> Table:
    import importlib.metadata

    table: Table = {}
    for group in GROUPS:
        points = importlib.metadata.entry_points(group=group)
        table[group] = {point.name: point.value for point in sorted(points, key=lambda point: (point.name, point.value))}
    return table
