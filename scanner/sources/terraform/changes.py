"""Which root modules a change touches: those that a changed file is part of, or may be read by."""

from __future__ import annotations

import os
from collections.abc import Iterable

from assay.scanner.sources.terraform import remote_state
from assay.scanner.sources.terraform.directories import Directories
from assay.scanner.sources.terraform.files import FileError, is_code

_READS = (b"file", b"\\u", b"\\U")
"""What stands in code that reads other files (`file`, `templatefile`, `fileset`, …), or may say so with an escape."""
_READS_STATES = (remote_state.TYPE.encode(),)
"""What stands in code that reads outputs of other root modules, whichever these are."""


class Changes:
    """Files that changed, beside the code that they may be part of."""

    def __init__(self, paths: Iterable[str], code: Directories) -> None:
        """`paths`: of changed files, with links followed."""
        self._code = code
        self._paths = frozenset(paths)
        self._directories = {os.path.dirname(path) for path in self._paths}
        self._has_data = any(not is_code(os.path.basename(path)) for path in self._paths)
        self._has_code = any(is_code(os.path.basename(path)) for path in self._paths)

    def touch(self, root: str) -> bool:
        """Whether a root module may be another than it was: a file of it or of a local module that it calls at any depth changed, or one
        that its code may read; of what reads the outputs of others, any code."""
        below = self._code.may_be_below(root)
        return self._touch(root, below) and self._touch(root, self._code.below(root))

    def _touch(self, root: str, below: Iterable[str]) -> bool:
        if self._has_data and self._code.unit(root) is not None:
            return True  # files of Terragrunt look for others in every directory above, and may read any
        parts = [os.path.normpath(root), *below]
        if any(self._code.overlay.real(directory) in self._directories or self._links_to_changed(directory) for directory in parts):
            return True
        if self._has_code and any(self._says(directory, _READS_STATES) for directory in parts):
            return True
        return self._has_data and any(self._says(directory, _READS) for directory in parts)

    def _links_to_changed(self, directory: str) -> bool:
        """Whether a file of a directory, code or values of variables, is a link to one that changed."""
        overlay, paths = self._code.overlay, (os.path.join(directory, name) for name in self._code.names(directory))
        return any(overlay.is_link(path) and overlay.real(path) in self._paths for path in paths)

    def _says(self, directory: str, marks: Iterable[bytes]) -> bool:
        for name in self._code.code(directory):
            try:
                content = self._code.content(os.path.join(directory, name))
            except FileError:
                return True
            if any(mark in content for mark in marks):
                return True
        return False
