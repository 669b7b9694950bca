"""What an editor has open."""

from __future__ import annotations

import os
from collections.abc import Iterator

import msgspec

from assay.scanner.editor.positions import EditorText, Encoding
from assay.scanner.sources.encodings import utf8
from assay.scanner.sources.overlay import DISK

_MAX_BYTES = 20_000_000
"""What a file of code may have."""


class OpenDocument(msgspec.Struct):
    """A file that is open, with the text of the editor."""

    uri: str
    version: int
    text: EditorText
    saved: bool
    """Its text is what is on disk."""


class Documents:
    """The open files by their real paths."""

    def __init__(self) -> None:
        self.encoding: Encoding = "utf-16"
        self._open: dict[str, OpenDocument] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._open)

    def get(self, path: str) -> OpenDocument | None:
        """The open file of a path."""
        return self._open.get(path)

    def open(self, path: str, uri: str, version: int, text: str) -> None:
        """A file is open from now on."""
        on_disk = self._on_disk(path)
        self._open[path] = OpenDocument(uri, version, EditorText(text, self.encoding), on_disk is not None and on_disk == text)

    def change(self, path: str, version: int, text: str) -> None:
        """A file that is open has another text."""
        document = self._open.get(path)
        if document is not None:
            document.version, document.text, document.saved = version, EditorText(text, self.encoding), False

    def save(self, path: str) -> None:
        """What is open of a file is on disk now."""
        if (document := self._open.get(path)) is not None:
            document.saved = True

    def close(self, path: str) -> OpenDocument | None:
        """A file is not open any more; gives what it was."""
        return self._open.pop(path, None)

    def unsaved(self) -> dict[str, bytes]:
        """Path to the text of what is open and not on disk."""
        return {path: document.text.text.encode("utf-8", "surrogatepass") for path, document in self._open.items() if not document.saved}

    def texts(self) -> dict[str, str]:
        """Path to the text of everything that is open."""
        return {path: document.text.text for path, document in self._open.items()}

    def text_of(self, path: str) -> EditorText | None:
        """The text of a file now, of the disk where it is not open; None where it cannot be read."""
        if (document := self._open.get(path)) is not None:
            return document.text
        text = self._on_disk(path)
        return None if text is None else EditorText(text, self.encoding)

    def _on_disk(self, path: str) -> str | None:
        try:
            content = DISK.read(path, _MAX_BYTES + 1)
            return None if len(content) > _MAX_BYTES else utf8(content).decode("utf-8", "replace").removeprefix("\ufeff")
        except (OSError, ValueError):
            return None


def real(path: str) -> str:
    """A path as everything here names it: absolute, with links followed."""
    return os.path.realpath(path)
