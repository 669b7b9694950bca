"""Credentials that somebody keeps, in the place of an identity that the provider gives to a workload."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource


class StaticCredential(Resource, kw_only=True):
    """A key that is valid until somebody takes it away: the access key of a user of IAM, a key of a service account that Google does not
    manage itself."""

    # A user may have two keys, and a service account several.
    naming: ClassVar = {"aws": Naming(unique=False), "google": Naming(unique=False)}

    sort: Fact[str]
    """In words: `access key`, `service account key`."""
    owner: Fact[str]
    """The user or the service account that it is of."""
    active: Fact[bool]
    """It can be used: it is neither switched off nor expired."""


KINDS = (StaticCredential,)
