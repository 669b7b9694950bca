"""The root user of an account, whom no policy limits. Google has no such user: whoever is a super administrator is so in Workspace."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource


class RootUser(Resource, kw_only=True):
    """The root user of a live account, as it signs in."""

    second_factor: Fact[bool]
    """A device for MFA is registered for it, of whatever kind."""
    credentials: Fact[bool]
    """It has a password or access keys, so that anybody can act as it; False where the organisation took them away."""


class RootKeys(Resource, kw_only=True):
    """The access keys of the root user of a live account, or an access key of code, which is hardly one of root."""

    # A user may have two keys in code.
    naming: ClassVar = {"aws": Naming(unique=False)}

    present: Fact[bool]
    """There is an access key of the root user; of a key in code, that it is for a user called root."""


KINDS = (RootUser, RootKeys)
