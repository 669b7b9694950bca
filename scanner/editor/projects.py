"""To which project a file belongs: where a scan of it would be started, and over what."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from assay.scanner.config import DEFAULT_FILE
from assay.scanner.sources.overlay import inside, repository


class Project(NamedTuple):
    """As `assay scan PATH`, started in a directory."""

    directory: str
    """Absolute, with links followed."""
    path: str
    """Relative to it."""


def project_of(file: str, folders: Iterable[str]) -> Project:
    """The project of a file, `folders`: those that the editor has open.

    The nearest `assay.yaml` between the file and the top of its folder decides, else the nearest above that in the same repository: the
    folder is then scanned from there. A file that is in no folder belongs to its repository; one that is in no repository either is
    scanned by itself, since what is around it may be anything.
    """
    file = os.path.realpath(file)
    around = [top for top in map(os.path.realpath, folders) if inside(file, top)]
    folder = max(around, key=len) if around else repository(os.path.dirname(file))
    if folder is None:
        return Project(os.path.dirname(file), os.path.basename(file))
    top = repository(folder) or folder
    for directory in _upwards(os.path.dirname(file), top):
        if os.path.lexists(os.path.join(directory, DEFAULT_FILE)):
            return Project(directory, "." if inside(directory, folder) else os.path.relpath(folder, directory))
    return Project(folder, ".")


def _upwards(directory: str, top: str) -> Iterator[str]:
    while inside(directory, top):
        yield directory
        above = os.path.dirname(directory)
        if above == directory:
            return
        directory = above
