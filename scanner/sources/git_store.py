"""A few facts of a repository of git, read from its files without the `git` program: what is staged, and the tree of a commit.

A file that is damaged, or written in a way that is not read here, raises Unread, which says so. What is read is bounded by a size.
https://git-scm.com/docs/index-format https://git-scm.com/docs/gitformat-pack
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from assay.scanner.sources.overlay import DISK, open_regular

_MAX_INDEX, _MAX_COMMIT = 500_000_000, 1_000_000
_TREE, _STAGES, _EXTENDED = 0o040000, 0x3000, 0x4000
_SKIPPED, _INTENDED = 0x4000, 0x2000
_COMMIT_TYPE = 1


class UnreadableRepository(Exception):
    """Why a repository could not be read."""


class Staged(NamedTuple):
    """What the next commit would hold."""

    ids: dict[str, str]
    """Path below the top, with `/`, to the id of the content; empty for one that is in conflict."""
    absent: frozenset[str]
    """Those that a sparse checkout does not have."""
    tree: str
    """The id of the tree that this is; empty where git did not note it: something was staged since."""


def staged(store: str, digits: int) -> Staged:
    """The index of a store. `digits`: of an id in this repository. Raises Unread."""
    try:
        content = DISK.read(os.path.join(store, "index"), _MAX_INDEX + 1)
        if len(content) > _MAX_INDEX:
            raise UnreadableRepository(f"the index of git is larger than {_MAX_INDEX:,} bytes")
        return _index(content, digits // 2)
    except OSError as error:
        raise UnreadableRepository(f"the index of git: {error.strerror or error}") from None
    except (struct.error, ValueError, IndexError):
        raise UnreadableRepository("the index of git is damaged") from None


def _index(content: bytes, width: int) -> Staged:
    magic, version, count = struct.unpack_from(">4sII", content)
    if magic != b"DIRC" or version not in (2, 3, 4):
        raise UnreadableRepository(f"the index of git is of version {version}, which is not read")
    ids: dict[str, str] = {}
    absent, at, path, entry = set[str](), 12, b"", struct.Struct(f">24xI12x{width}sH")
    for _ in range(count):
        start = at
        mode, id_, flags = entry.unpack_from(content, at)
        at += entry.size
        more = 0
        if flags & _EXTENDED:
            more = struct.unpack_from(">H", content, at)[0]
            at += 2
        kept = 0
        if version == 4:
            cut, at = _number(content, at)
            kept = len(path) - cut
        end = content.index(b"\0", at)
        path = path[:kept] + content[at:end]
        at = end + 1 if version == 4 else start + (end - start + 8) // 8 * 8
        if mode & 0o170000 == _TREE:
            raise UnreadableRepository("the index of git is sparse, which is not read")
        name = path.decode("utf-8", "surrogateescape")
        if not more & _INTENDED:
            ids[name] = "" if flags & _STAGES else id_.hex()
        if more & _SKIPPED:
            absent.add(name)
    return Staged(ids, frozenset(absent), _noted_tree(content, at, width))


def _number(content: bytes, at: int) -> tuple[int, int]:
    """A number of a variable length, and where what follows begins."""
    value = content[at] & 0x7F
    while content[at] & 0x80:
        at += 1
        value = ((value + 1) << 7) | (content[at] & 0x7F)
    return value, at + 1


def _noted_tree(content: bytes, at: int, width: int) -> str:
    """The id of the tree as a whole, of the extension in which git notes trees; empty where it is not valid."""
    while at + 8 <= len(content) - width:
        name, size = struct.unpack_from(">4sI", content, at)
        data = content[at + 8 : at + 8 + size]
        if name == b"link":
            raise UnreadableRepository("the index of git is split, which is not read")
        if name == b"TREE" and data.startswith(b"\0"):
            entries, _, rest = data[1:].partition(b" ")
            return "" if entries.startswith(b"-") else rest.partition(b"\n")[2][:width].hex()
        at += 8 + size
    return ""


def tree_of(store: str, commit: str) -> str:
    """The id of the tree of a commit. `store`: the directory with `objects`. Raises Unread."""
    try:
        text = _loose(store, commit) or next(filter(None, (_packed(pack, commit) for pack in _packs(store))), b"")
    except (OSError, zlib.error, struct.error, ValueError, IndexError) as error:
        raise UnreadableRepository(f"the commit cannot be read: {getattr(error, 'strerror', None) or 'its object is damaged'}") from None
    if not text.startswith(b"tree "):
        raise UnreadableRepository("the commit is not in the store of git in a way that is read")
    return text[5 : 5 + len(commit)].decode("ascii", "replace")


def _loose(store: str, commit: str) -> bytes:
    try:
        content = DISK.read(os.path.join(store, "objects", commit[:2], commit[2:]), _MAX_COMMIT)
    except FileNotFoundError:
        return b""
    return zlib.decompressobj().decompress(content, _MAX_COMMIT).partition(b"\0")[2]


def _packs(store: str) -> Iterator[str]:
    folder = os.path.join(store, "objects", "pack")
    if os.path.isdir(folder):
        yield from (os.path.join(folder, name[:-4]) for name in sorted(os.listdir(folder)) if name.endswith(".idx"))


def _packed(pack: str, commit: str) -> bytes:
    """A commit of a pack; empty where it is not in it, or as a difference from another."""
    wanted, width = bytes.fromhex(commit), len(commit) // 2
    with open_regular(f"{pack}.idx") as index:
        head = index.read(8 + 256 * 4)
        if head[:8] != b"\xfftOc\0\0\0\2":
            return b""
        counts = (0, *struct.unpack(">256I", head[8:]))
        low, high, total = counts[wanted[0]], counts[wanted[0] + 1], counts[256]
        index.seek(8 + 256 * 4 + low * width)
        if not low <= high <= total <= os.fstat(index.fileno()).st_size // width:
            raise ValueError("it counts more objects than it has")
        ids = index.read((high - low) * width)
        at = next((number for number in range(high - low) if ids[number * width : (number + 1) * width] == wanted), -1)
        if at < 0:
            return b""
        offsets = 8 + 256 * 4 + total * (width + 4)
        index.seek(offsets + (low + at) * 4)
        offset = struct.unpack(">I", index.read(4))[0]
        if offset & 0x80000000:
            index.seek(offsets + total * 4 + (offset & 0x7FFFFFFF) * 8)
            offset = struct.unpack(">Q", index.read(8))[0]
    with open_regular(f"{pack}.pack") as packed:
        packed.seek(offset)
        content = packed.read(_MAX_COMMIT)
    start = next((number for number, byte in enumerate(content) if not byte & 0x80), len(content)) + 1
    if content[0] >> 4 & 7 != _COMMIT_TYPE:
        return b""
    return zlib.decompressobj().decompress(content[start:], _MAX_COMMIT)
