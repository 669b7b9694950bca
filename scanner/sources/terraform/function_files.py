"""The files that functions of Terraform read: `file()`, `templatefile()`, `fileset()`."""

from __future__ import annotations

import os

from assay.scanner.sources.overlay import Boundary, Overlay
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.terraform.files import FileError, read_bytes
from assay.scanner.sources.terraform.operators import EvaluationError

MAX_FILE_FUNCTION_BYTES = 2_000_000
MAX_LISTED = 20_000


class FunctionFiles:
    """The files inside of what is scanned."""

    def __init__(self, boundary: Boundary, overlay: Overlay) -> None:
        self._boundary, self._overlay = boundary, overlay

    def read(self, path: str) -> str | Unknown:
        """A file that is not there is an error, as in Terraform; of others that are not read nothing is known, and no try() may go on."""
        if not self._boundary.holds(path):
            return Unknown(f"{path} is outside of the scanned directories", "scan the plan")
        if not self._overlay.is_file(path):
            if not self._overlay.is_directory(path) and os.path.exists(self._overlay.real(path)):
                return Unknown(f"{path} is a pipe, a socket or a device, which is never opened", "scan the plan")
            raise EvaluationError(f"{path} is not a file")
        try:
            return read_bytes(path, self._overlay, MAX_FILE_FUNCTION_BYTES).decode("utf-8")
        except UnicodeDecodeError:
            return Unknown(f"{path} is not text", "scan the plan")
        except FileError as error:
            return Unknown(f"{path} could not be read: {error}", "scan the plan")

    def below(self, top: str) -> list[str] | Unknown:
        """The paths of all regular files below a directory, relative to it; of links, those to files inside of the scanned directories."""
        if not self._boundary.holds(top):
            return Unknown(f"{top} is outside of the scanned directories", "scan the plan")
        paths: list[str] = []
        for directory, _, names in self._overlay.walk(top):
            for name in names:
                path = os.path.join(directory, name)
                if self._overlay.is_file(path):
                    paths.append(os.path.relpath(path, top))
            if len(paths) > MAX_LISTED:
                return Unknown(f"there are more than {MAX_LISTED:,} files below {top}", "scan the plan")
        return paths
