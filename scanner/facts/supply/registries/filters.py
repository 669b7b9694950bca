"""Filters by which ECR chooses repositories and tags.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html
"""

from __future__ import annotations

import re
from typing import Any

from assay.scanner.facts.denials import covers, overlaps
from assay.scanner.sources.raw import Text, Unknown, unknown_inside
from assay.scanner.sources.values import Value


def names(filter_: Any, name: Value[Any]) -> bool | Unknown:
    """Whether a filter for scans takes a repository in: one without a wildcard is for every name that holds it."""
    if not isinstance(filter_, str):
        return unknown_inside(filter_) or Unknown("which repositories a filter is for", "scan the plan or the live account")
    text, whole = name.data, filter_ if "*" in filter_ else f"*{filter_}*"
    parts = text.parts if isinstance(text, Text) else (text,)
    known = "".join(part if isinstance(part, str) else "*" for part in parts)
    if covers(whole, known):
        return True
    if not overlaps(whole, known):
        return False
    return name.unknown or unknown_inside(text) or Unknown("what the repository is called", "scan the plan or the live account")


def expression(filter_: str) -> str:
    """A filter as a regular expression: a wildcard stands for any characters, or none."""
    return ".*".join(re.escape(part) for part in filter_.split("*"))
