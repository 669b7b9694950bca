"""What users of IAM may do by policies of their own, past the groups that they are in."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource


class OwnPolicy(Part):
    """A policy that a user has by itself: written into the user, or attached to it."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """Its name, its ARN, or what the code refers to."""
    direct: Fact[bool]
    """The user has it; unknown where it may not exist, or be for somebody else."""


class UserPolicies(Resource, kw_only=True):
    """A user of IAM, or what gives policies to users that are declared elsewhere, or are not known."""

    policies: Fact[list[OwnPolicy]]
    """The policies that a user has without a group. A permissions boundary is none: it gives nothing."""


KINDS = (UserPolicies,)
