"""Paths as reports name them."""

from __future__ import annotations

import os

from assay.scanner.sources import fetched


def show(path: str) -> str:
    """A path as reports name it: relative to the working directory where it is below it, with `/`; the URL of an object of a bucket."""
    if (url := fetched.called(path)) is not path:
        return url
    relative = os.path.relpath(path)
    outside = relative == os.pardir or relative.startswith(os.pardir + os.sep)
    return (os.path.abspath(path) if outside else relative).replace(os.sep, "/")
