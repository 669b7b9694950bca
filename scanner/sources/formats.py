"""Tells of what formats a file may be, by its bytes: it is not parsed here. Whether it is of a format, the format's reader says.

A file may be of several formats: it is given to the reader of each. What cannot be of any is not parsed by anybody. So a test of bytes must
never miss: words are searched for whatever encoding and escapes they are written in.
"""

from __future__ import annotations

import mmap
import os
import re
import zlib
from collections.abc import Sequence

import msgspec

from assay.scanner import lazy_re
from assay.scanner.sources import inputs
from assay.scanner.sources.encodings import holds, is_legible, legible
from assay.scanner.sources.inputs import Format
from assay.scanner.sources.overlay import DISK, Overlay
from assay.scanner.sources.packed import GZIP, PEEK_BYTES, beginning

EMPTY = "it is empty"
NO_FORMAT = "of no format that is read"
PACKED = "compressed data of no format that is read"
BINARY_PLAN = "a plan as terraform keeps it, which only terraform reads"
_ZIP, _PLAN_IN_ZIP = b"PK\x03\x04", b"tfplan"
_HEAD = 4096
SNAPSHOT_BEGINNING = 1 << 14
"""Bytes, compressed perhaps, by which a snapshot is told."""
_MAX_LEGIBLE = 64_000_000
"""Bytes of a file of which a legible copy is made; of larger ones with escapes, nothing is ruled out by what is not in them."""
_MAX_SEARCHED = 500_000_000
"""Bytes of a file that is searched to its end: of what is larger, only records are read, one after the other."""
_NOT_YET = lazy_re.pattern(rb"(?:\s++|\#[^\n]*+|%[^\n]*+|---(?=\s|$)|(?:null|Null|NULL|~)(?=\s|$)|!\S++(?:\s|$))*+")
"""What comes before YAML says something: comments, directives, the beginning of a document, an empty document, a tag."""
_YAML = lazy_re.pattern(rb"""[{\[]|[&*]\S|[?-]\s|["'][^\n]{1,1024}["']\s*:|[^\s"'][^\n]{0,1023}:(?:\s|$)""")
"""A key, an element of a list, or an anchor of one."""
# Tags that decode text, and those that may be one of them under another name (https://yaml.org/type/binary.html).
_DECODED = lazy_re.pattern(rb"![^\s!]{0,100}?(?:binary|%[0-9A-Fa-f]{2})|^%TAG|!<", re.MULTILINE)
_RECORDS = (".json", ".ndjson", ".jsonl", "snapshot")
"""In names of compressed files that are read."""


class Recognised(msgspec.Struct):
    """What formats a file may be of, in the order of the table; where there is none, why not."""

    formats: Sequence[Format] = ()
    why: str = NO_FORMAT


def recognise(path: str, overlay: Overlay = DISK) -> Recognised:
    """What formats a file may be of, by marks in its content. Raises OSError where it cannot be read."""
    name = os.path.basename(path)
    known = [format_ for format_ in inputs.formats() if _is_called(format_, path, name)]
    recognised = _recognise(name.lower(), path, overlay)
    return recognised if not known else Recognised([*known, *(format_ for format_ in recognised.formats if format_ not in known)])


def _is_called(format_: Format, path: str, name: str) -> bool:
    """Whether a tool finds a file by its name, the last of its path."""
    return name in format_.names or (format_.called is not None and format_.called(path))


def is_snapshot(start: bytes) -> bool:
    """Whether a file begins with the header of a snapshot, which no other format has: so it is of no other, whatever follows.

    `start`: its first bytes, SNAPSHOT_BEGINNING of them unless it has fewer.
    """
    if start.startswith(GZIP):
        try:
            start = zlib.decompressobj(wbits=31).decompress(start, _HEAD)
        except zlib.error:
            return False
    line = start[:_HEAD].partition(b"\n")[0]
    return line.startswith(b"{") and b'"record":"snapshot"' in line and b'"format":"assay-snapshot/' in line


def _recognise(name: str, path: str, overlay: Overlay) -> Recognised:
    try:
        with overlay.content(path) as stored:
            if not stored:
                return Recognised((), EMPTY)
            start = stored[:_HEAD]
            if is_snapshot(stored[:SNAPSHOT_BEGINNING]):
                return Recognised([inputs.SNAPSHOT])
            if start.startswith(GZIP):
                return _packed(name, stored)
            if start.startswith(_ZIP):
                return Recognised((), BINARY_PLAN if _PLAN_IN_ZIP in start[26:60] else PACKED)
            return _text(name, start, stored)
    except ValueError as error:  # of mmap: the file has become empty in between
        raise OSError(0, str(error)) from None


def expected(name: str, format_: str | None = None) -> bool:
    """Whether a file of this name is expected to be of a format, of any where none is named: one that cannot be read is then a gap."""
    if any(_is_called(known, name, os.path.basename(name)) for known in inputs.formats() if known.called and format_ in (None, known.name)):
        return True
    return name.lower().endswith(inputs.suffixes(format_)) or "." not in os.path.basename(name)


def named(name: str) -> bool:
    """Whether a file is called as those of some format are; values of variables are for the root module that reads them."""
    if name.endswith(".tfvars.json"):
        return False
    return name.lower().endswith(inputs.suffixes()) or any(_is_called(format_, name, name) for format_ in inputs.formats())


def meant(path: str, content: bytes, format_: str) -> bool:
    """Whether a file that does not parse is taken for one of a format by the words in it: by its name, or as JSON, which no prose is."""
    return expected(path, format_) or legible(content[:_HEAD]).lstrip()[:1] == b"{"


def _packed(name: str, stored: bytes | mmap.mmap) -> Recognised:
    content = beginning(stored[:PEEK_BYTES])
    candidates = [format_ for format_ in inputs.formats() if format_.packed]
    if not content and any(part in name for part in _RECORDS):
        return Recognised(candidates)  # damaged: their readers say how
    return Recognised([format_ for format_ in candidates if _marked(format_, content)], PACKED)


def _text(name: str, start: bytes, stored: bytes | mmap.mmap) -> Recognised:
    head = legible(start)
    candidates = [format_ for format_ in inputs.formats() if _may_begin(format_, name, head)]
    if not candidates:
        return Recognised()
    content: bytes | mmap.mmap = stored if len(stored) <= _MAX_SEARCHED else stored[:_MAX_LEGIBLE]
    if not is_legible(content):
        if len(content) > _MAX_LEGIBLE:
            return Recognised(candidates)
        content = legible(content[:])
    decoded = holds(content, b"!") and _DECODED.search(content) is not None
    return Recognised([format_ for format_ in candidates if (decoded and format_.yaml) or _marked(format_, content)])


def _may_begin(format_: Format, name: str, head: bytes) -> bool:
    """Whether a file of a format may be called so and begin so. What is called like it may begin in any way: that may be damaged."""
    if format_.called is not None:
        return False  # its name alone tells it
    if name.endswith(format_.suffixes) or (format_.packed and "." not in name):
        return True
    if not (format_.suffixes or format_.starts or format_.yaml):
        return True
    text = head.lstrip()
    return not text or text.startswith(format_.starts) or (format_.yaml and _is_yaml(head))


def _is_yaml(head: bytes) -> bool:
    match = _NOT_YET.match(head)
    rest = head[match.end() if match else 0 :]
    return not rest or _YAML.match(rest) is not None


def _marked(format_: Format, content: bytes | mmap.mmap) -> bool:
    return all(any(holds(content, text) for text in group) for group in format_.marks)
