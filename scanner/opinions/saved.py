"""Results of other scanners that were made elsewhere, in files."""

from __future__ import annotations

from collections.abc import Callable

from assay.scanner.opinions import checkov, prowler, sarif, trivy
from assay.scanner.opinions.interface import Claims, OpinionError
from assay.scanner.sources.overlay import DISK

_MAX_FILE = 400_000_000
_READERS: dict[str, Callable[[bytes, str], Claims]] = {"checkov": checkov.read, "prowler": prowler.read, "trivy": trivy.read}
FORMATS = ("sarif", *sorted(_READERS))


def read(format_: str, file: str) -> list[Claims]:
    """What a file of one of FORMATS says, by tool. Raises OpinionError."""
    try:
        content = DISK.read(file, _MAX_FILE + 1)
    except OSError as error:
        raise OpinionError(f"{file}: {error.strerror or error}") from None
    if len(content) > _MAX_FILE:
        raise OpinionError(f"{file}: this file has more than {_MAX_FILE >> 20} MB; give the results of fewer paths")
    return sarif.read(content, file) if format_ == "sarif" else [_READERS[format_](content, file)]
