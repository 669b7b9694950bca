"""Directories of code that say where their state is, by the texts that stand in them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

_TEXT = re.compile(rb'"((?:[^"\\\n]|\\.)*)"')


class StateTexts:
    """Directories by each text of their code that names a backend, or a workspace of HCP Terraform, and by the last part of a path."""

    def __init__(self, code: Iterable[tuple[str, Iterable[bytes]]]) -> None:
        """`code`: each directory with its files."""
        self._directories: dict[str, list[str]] = {}
        for directory, files in code:
            texts = {text for source in files if b"backend" in source or b"workspaces" in source for text in _TEXT.findall(source)}
            for name in {name for text in texts for name in (text, os.path.basename(text))}:
                self._directories.setdefault(name.decode("utf-8", "replace"), []).append(directory)

    def holding(self, text: str) -> list[str]:
        """The directories in which a text stands by itself, or at the end of a path."""
        return self._directories.get(text, [])
