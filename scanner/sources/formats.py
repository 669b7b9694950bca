"""Recognises files by what is in them."""

from __future__ import annotations

import mmap

from assay.scanner.sources import inputs
from assay.scanner.sources.encodings import is_utf16, utf8
from assay.scanner.sources.inputs import Format
from assay.scanner.sources.overlay import DISK, Overlay
from assay.scanner.sources.packed import GZIP, PEEK_BYTES, beginning

_PEEK = 512


def recognise(path: str, overlay: Overlay = DISK) -> Format | None:
    """The format of a file, by its name's end and marks in its content; it is not parsed."""
    candidates = [format_ for format_ in inputs.formats() if not format_.suffixes or path.endswith(format_.suffixes)]
    if not candidates:
        return None
    try:
        with overlay.content(path) as stored:
            if packed := stored[: len(GZIP)] == GZIP:
                content: bytes | mmap.mmap = beginning(stored[:PEEK_BYTES])
            else:
                content = utf8(stored[:]) if is_utf16(stored[:2]) else stored
            head = utf8(content[:_PEEK]).lstrip()
            if packed:
                candidates = [format_ for format_ in candidates if format_.packed]
            candidates = [format_ for format_ in candidates if not format_.starts or head.startswith(format_.starts)]
            recognised = next((format_ for format_ in candidates if content and all(_has(content, group) for group in format_.marks)), None)
            return recognised or (inputs.PACKED if packed else None)
    except (OSError, ValueError):
        return None


def _has(content: bytes | mmap.mmap, texts: tuple[bytes, ...]) -> bool:
    return any(content.find(text) >= 0 for text in texts)
