"""Encryption keys."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource
from assay.scanner.facts.policies import Grant
from assay.scanner.override import override
from assay.scanner.sources.values import Value


class KeyRef(Part):
    """The key that a resource is encrypted with."""

    id: Fact[str]
    """As the resource names it: an ARN, a key id, an alias, or a reference to a key of the same configuration."""
    customer_managed: Fact[bool]
    """The customer owns the key and its policy; False for keys that the provider manages for a service (`alias/aws/s3`)."""
    disabled: Fact[bool]
    """The code that declares the key disables it; False where nothing says so, as for a key that is declared elsewhere."""


class Key(Resource, kw_only=True):
    """A customer-managed encryption key: KMS key, Cloud KMS crypto key."""

    # The name of a KMS key is its description, that of a crypto key stands within a key ring that it leaves out.
    naming: ClassVar = {"aws": Naming(unique=False), "google": Naming(unique=False)}

    rotatable: Fact[bool]
    """Rotation is asked of it: symmetric encryption, and not a replica of a key of another region."""
    imported: Fact[bool]
    """Its material comes from outside: whoever holds it rotates it, which cannot be seen here."""
    rotation_days: Fact[float | None]
    """Days between automatic rotations; None where it does not rotate."""
    days_to_rotation: Fact[float | None] = Value(None)
    """Days until it rotates next, which may be long after the period; None where the input is no live project."""
    enabled: Fact[bool]
    """It can be used: neither disabled nor waiting to be deleted."""
    grants: Fact[list[Grant]]
    """Access by key policy or bindings."""
    aliases: Fact[list[str]] = Value([])
    """Names that stand for it, `alias/orders`; those of a live key only where some control has them listed."""

    @property
    @override
    def also_named(self) -> list[str]:
        aliases = self.aliases.data
        return sorted(alias for alias in aliases if isinstance(alias, str)) if isinstance(aliases, list) else []


KINDS = (Key,)
