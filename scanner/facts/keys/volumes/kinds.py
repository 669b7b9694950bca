"""What regions do with volumes of which nobody says whether they are encrypted."""

from __future__ import annotations

from assay.scanner.facts.model import Fact, Resource


class VolumeDefault(Resource, kw_only=True):
    """A region of a live account; in code, what sets this for one."""

    encrypted: Fact[bool]
    """New volumes, and copies of snapshots, are encrypted there whether or not the request asks for it."""


KINDS = (VolumeDefault,)
