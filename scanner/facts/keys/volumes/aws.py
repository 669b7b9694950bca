"""EBS encryption by default, which each region of an account has for itself.

https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
"""

from __future__ import annotations

from typing import Annotated

from assay.scanner.facts.keys.volumes.kinds import VolumeDefault
from assay.scanner.facts.spelling import Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Value


class DefaultAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells whether a region encrypts what does not say so."""

    on: Annotated[str, "encrypted"]
    unset: Annotated[bool, "encrypted"] = False
    """What is meant where nothing is written."""


def default(view: View, at: DefaultAt) -> VolumeDefault:
    """What a region does, or what code sets for the region of its provider. A region in which nobody set it does not encrypt by default."""
    region = view.item.region
    return VolumeDefault(
        identity=view.identity(region if isinstance(region.data, str) else Value(view.item.label)),
        encrypted=view[at.on].default(at.unset).truth(),
    )
