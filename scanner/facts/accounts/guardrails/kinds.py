"""What an organisation forbids in its accounts and projects, whatever their own policies allow."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource


class Limit(Part):
    """One thing that a guardrail is to do."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """In words, or the constraint: `a denial of other regions`, `iam.disableServiceAccountKeyCreation`."""
    holds: Fact[bool]


class AllowedLocation(Part):
    """Where resources may be."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """As the policy writes it: `us-east-1`, `in:us-central1-locations`, `nam5`."""
    region: Fact[str]
    """The region that it is; empty of a location of several regions, as stores have them."""
    group: Fact[bool]
    """It is a group of regions, which is more than one of them: `in:us-locations`."""


class Guardrail(Resource, kw_only=True):
    """A live account or project, as its organisation limits it; in code, a policy of an organisation that is about regions, keys of service
    accounts or public buckets."""

    sort: Fact[str]
    """In words: `account`, `project`, `service control policy`, `organisation policy`."""
    limits: Fact[list[Limit]]
    """What is to hold: of a policy in code, what that policy is about."""
    locations: Fact[list[AllowedLocation]]
    """Where resources may be, where that is limited."""


KINDS = (Guardrail,)
