"""People who have access by themselves, past the directory that they belong to."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource


class UserKey(Part):
    """An access key of a user."""

    known_by: ClassVar = ("made",)
    made: Fact[str]
    """When it was made, as RFC 3339 has it."""
    active: Fact[bool]
    age_days: Fact[int]
    """Days since it was made."""
    idle_days: Fact[int]
    """Days since it was used; of one that never was, since it was made."""


class DirectMember(Part):
    """A person to whom a binding gives a role: `user:alice@example.com`."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    direct: Fact[bool]
    """The role is given without a group; unknown of a member who may be anybody."""


class UserAccess(Resource, kw_only=True):
    """A user of IAM in an account of AWS, or what gives roles on a project, a folder or an organisation of Google."""

    user: Fact[str]
    """What the user is called; of Google empty."""
    console: Fact[bool]
    """The user has a password, with which it signs in to the console."""
    second_factor: Fact[bool]
    """The user has a device for MFA."""
    keys: Fact[list[UserKey]]
    """Of a live user, its access keys; code does not tell how old they are."""
    members: Fact[list[DirectMember]]
    """Of Google, the people who get roles without a group."""


KINDS = (UserAccess,)
