"""Filters by which ECR chooses repositories and tags.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html
"""

from __future__ import annotations

import re
from typing import Any

from assay.scanner.globs import matches
from assay.scanner.sources.raw import Reference, Text, Unknown, unknown_inside
from assay.scanner.sources.values import Value


def names(filter_: Any, name: Value[Any]) -> bool | Unknown:
    """Whether a filter for scans takes a repository in: one without a wildcard is for every name that holds it."""
    if filter_ == "*":
        return True
    if not isinstance(filter_, str):
        return unknown_inside(filter_) or Unknown("which repositories a filter is for", "scan the plan or the live account")
    whole = filter_ if "*" in filter_ else f"*{filter_}*"
    if isinstance(name.data, str):
        return matches(whole, name.data)
    return _open(whole, name)


def expression(filter_: str) -> str:
    """A filter as a regular expression: a wildcard stands for any characters, or none."""
    return ".*".join(re.escape(part) for part in filter_.split("*"))


def _open(filter_: str, name: Value[Any]) -> bool | Unknown:
    """Of a name of which parts are not known: whether what is known of it at its ends decides."""
    text = name.data
    if isinstance(text, Text):
        first, last = filter_.split("*", maxsplit=1)[0], filter_.rsplit("*", maxsplit=1)[-1]
        prefix = text.parts[0] if isinstance(text.parts[0], str) else ""
        if prefix and filter_.endswith("*") and filter_.count("*") == 1 and prefix.startswith(first):
            return True
        length = min(len(prefix), len(first))
        if length and prefix[:length] != first[:length]:
            return False
        suffix = text.parts[-1] if isinstance(text.parts[-1], str) else ""
        length = min(len(suffix), len(last))
        if length and suffix[-length:] != last[-length:]:
            return False
    if isinstance(text, Reference) or text is None or isinstance(text, Text):
        return name.unknown or unknown_inside(text) or Unknown("what the repository is called", "scan the plan or the live account")
    return name.unknown or Unknown("what the repository is called", "scan the plan or the live account")
