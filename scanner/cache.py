"""Small files that are kept between runs. Without them all still works, and nothing depends on what is in them being there."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def _path(name: str) -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base, "assay", f"{name}.msgpack")


def read(name: str) -> bytes | None:
    """What was kept under a name; None where nothing was."""
    with contextlib.suppress(OSError):
        return _path(name).read_bytes()
    return None


def write(name: str, content: bytes) -> None:
    """Written beside and renamed, so that no other process reads half of it."""
    path = _path(name)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as out:
            out.write(content)
        os.replace(out.name, path)
