"""Managed secrets."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.keys.kinds import KeyRef
from assay.scanner.facts.model import Fact, Part, Resource
from assay.scanner.facts.policies import Grant
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value


class SecretCopy(Part):
    """A secret in one region, the primary included."""

    known_by: ClassVar = ("region",)
    region: Fact[str]
    """`global` where the provider replicates without naming regions."""
    encryption_key: Fact[KeyRef | None]


def several(own: list[SecretCopy | Unknown], others: list[SecretCopy | Unknown]) -> bool | Unknown:
    """Whether a secret is in more than one region.

    `own`: its copies, which the provider keeps in a region each, whatever these are called. `others`: secrets of the same name, which
    are copies of it only where their regions are known to be others.
    """
    copies = [copy for copy in own if isinstance(copy, SecretCopy)]
    regions = {copy.region.data for copy in copies if isinstance(copy.region.data, str)}
    open_regions = [copy.region for copy in copies if not isinstance(copy.region.data, str)]
    # One of several values may be that of another copy, though the provider would refuse it.
    apart = [region for region in open_regions if not regions.intersection(filter(_is_text, region.options))]
    if len(regions) + len(apart) > 1:
        return True
    doubts = [copy for copy in (*own, *others) if isinstance(copy, Unknown)]
    doubts += [region.unknown for region in open_regions if region.unknown and len(copies) > 1]
    for other in others:
        if isinstance(other, SecretCopy):
            unknown = other.region.unknown or next((copy.region.unknown for copy in copies if copy.region.unknown), None)
            if unknown is None and other.region.data not in regions:
                return True
            doubts += [unknown] if unknown else []
    return doubts[0] if doubts else False


def _is_text(data: object) -> bool:
    return isinstance(data, str)


class Secret(Resource, kw_only=True):
    """An entry of a managed secret store: Secrets Manager secret, Secret Manager secret."""

    copies: Fact[list[SecretCopy]]
    """Its own region and every replica."""
    regions: Fact[list[SecretCopy]]
    """Copies, and the secrets of the same name that the same code makes in other regions."""
    replicated: Fact[bool]
    """It is in more than one region."""
    automatic_replication: Fact[bool]
    """The provider replicates it without naming regions (Google)."""
    rotation_days: Fact[float | None]
    """Days between automatic rotations; None where none is configured."""
    rotation_consumed: Fact[bool]
    """Something acts on the rotation: a function, or a subscriber of the topic that Google only notifies."""
    days_since_rotation: Fact[float | None] = Value(None)
    """Days since its value last changed by rotation, or since it was made; None where the input is no live account."""
    days_to_rotation: Fact[float | None] = Value(None)
    """Days until it rotates next, which may be long after the period; None where the input is no live account."""
    managed_by_service: Fact[bool]
    """Another service of the provider owns and rotates it."""
    grants: Fact[list[Grant]]
    """Access by resource policy or bindings."""


KINDS = (Secret,)
