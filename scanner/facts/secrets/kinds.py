"""Managed secrets."""

from __future__ import annotations

from assay.scanner.facts.keys.kinds import KeyRef
from assay.scanner.facts.model import Fact, Part, Resource
from assay.scanner.facts.policies import Grant
from assay.scanner.sources.values import Value


class SecretCopy(Part):
    """A secret in one region, the primary included."""

    region: Fact[str]
    """`global` where the provider replicates without naming regions."""
    encryption_key: Fact[KeyRef | None]


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
    managed_by_service: Fact[bool]
    """Another service of the provider owns and rotates it."""
    grants: Fact[list[Grant]]
    """Access by resource policy or bindings."""


KINDS = (Secret,)
