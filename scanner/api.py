"""Assay: policy as code for AWS and Google Cloud. What is named here is the public interface; docs/api.md describes it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from assay.scanner import __version__

if TYPE_CHECKING:
    from assay.scanner.options import Options
    from assay.scanner.run import Scan

_HOMES = {
    "Options": "assay.scanner.options",
    "Scan": "assay.scanner.run",
}

__all__ = ["Options", "Scan", "__version__"]


def __getattr__(name: str) -> Any:
    """Imports what is asked for, so that `import assay` is quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'assay' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
