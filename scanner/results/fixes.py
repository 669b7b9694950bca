"""Fixes that were proven before, as reports show them."""

from __future__ import annotations

import msgspec

from assay.scanner.sources.raw import Location


class Replacement(msgspec.Struct, frozen=True):
    """What stands at a place becomes `text`; where the place is empty, it is inserted there.

    `end_line` and `end_column` of the place are those of the character behind it, which may be the first of the next line.
    """

    place: Location
    text: str


class LineChange(msgspec.Struct, frozen=True):
    """Whole lines of one file that become others, without their line feeds. Where none become some, these come before line `first`."""

    file: str
    first: int
    """From 1."""
    old: tuple[str, ...]
    new: tuple[str, ...]
    above: str | None = None
    """The lines beside them; None at the ends of the file, and for what is not shown."""
    below: str | None = None


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """With it the finding is gone, and no verdict of any control is worse."""

    title: str
    """An instruction: `set enable_key_rotation in aws_kms_key.main`."""
    because: str = ""
    """Why somebody decides on it: it replaces the resource, costs, or cuts traffic. Empty for what is safe."""
    diff: str
    """Unified, without what is secret in the lines."""
    replacements: tuple[Replacement, ...] = ()
    """By file and place; none where lines that change hold something secret."""
    lines: LineChange | None = None
    """All of it as lines of one file; None where it is in several, and where something of it is secret."""
