"""What there is of an estate as a whole. No reader tells these kinds: they are made of the summaries of all collections of a run."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource

ESTATE = "estate"
"""What the addresses of these resources are relative to, in the place of a directory or an account."""


class OfEstate(Resource, kw_only=True):
    """Base of these kinds."""

    of_estate: ClassVar = True


class TierPlace(Part):
    """A region in which a tier is, or should be; `any region` for a tier that a cloud has once."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    present: Fact[bool]
    """Something of this tier is there."""
    declared: Fact[bool]
    """The configuration says that it may be missing there."""


class Tier(OfEstate, kw_only=True):
    """A tier of the reference topology in one environment on one cloud: its load balancers, its queues, its NAT."""

    tier: Fact[str]
    places: Fact[list[TierPlace]]
    """Each region of the environment, or one place for what a cloud has once for all regions."""


class StackRegion(Part):
    """A region that the configuration names, or in which the deployment is."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    asked: Fact[bool]
    """The configuration names it as a stack region."""
    serves: Fact[bool]
    """A service runs there, and a load balancer leads to it: one of the region, or one for all regions."""
    declared: Fact[bool]


class StackRegions(OfEstate, kw_only=True):
    """The regions of one environment on one cloud."""

    lower: Fact[bool]
    """It is not production."""
    regions: Fact[list[StackRegion]]
    asked: Fact[int]
    """How many of these the configuration names."""
    serving: Fact[int]
    """How many of these serve users."""


class Difference(Part):
    """Something in which two sides may differ."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """A component, with the fact that is compared; a control."""
    left: Fact[str]
    right: Fact[str]
    differs: Fact[bool]
    declared: Fact[bool]
    """The configuration says that it is meant, why, and until when."""


class RegionPair(OfEstate, kw_only=True):
    """Two regions of one environment on one cloud, of which the second should be as the first."""

    compares: ClassVar = True
    differences: Fact[list[Difference]]


class CloudPair(OfEstate, kw_only=True):
    """The deployments on AWS and on Google Cloud, in one environment."""

    compares: ClassVar = True
    differences: Fact[list[Difference]]
    """Controls that one of them passes and the other does not."""


class EnvironmentPair(OfEstate, kw_only=True):
    """Production and another environment, on one cloud."""

    compares: ClassVar = True
    differences: Fact[list[Difference]]
    """Controls that production passes and the other one fails."""


class EnvironmentAccount(Part):
    """An account or project of an environment."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    shared_with: Fact[str]
    """Another environment that is in it too; empty where none is."""


class EnvironmentTrust(Part):
    """Somebody of another account who is let in to something."""

    known_by: ClassVar = ("name", "principal")
    name: Fact[str]
    """What they are let in to."""
    principal: Fact[str]
    """In words: their account or project, or anyone."""
    lower: Fact[str]
    """The lower environments that they are of; empty where they are of none."""


class Environment(OfEstate, kw_only=True):
    """An environment on one cloud, with its accounts."""

    production: Fact[bool]
    lower_exist: Fact[bool]
    """There is an environment beside production."""
    accounts: Fact[list[EnvironmentAccount]]
    trusts: Fact[list[EnvironmentTrust]]
    """Everybody of other accounts; of production, those who must not be of a lower environment."""


class Keeper(Part):
    """What keeps records of a class."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    deleted_after: Fact[float | None]
    """Days after which it deletes them by itself; None where it does not."""


class RecordClass(OfEstate, kw_only=True):
    """A class of records that the configuration names (orders, prompts, logs), in production on one cloud."""

    record: Fact[str]
    keepers: Fact[list[Keeper]]
    found: Fact[bool]
    """Something keeps them."""
    days: Fact[int]
    """For how long they have to be kept, as the configuration says."""
    documented: Fact[bool]
    """That is written down, and somebody answers for it: no input shows it."""


class ThrottleBudget(OfEstate, kw_only=True):
    """How often the deployment asks its broker, in production: no input shows it."""


class Drift(Part):
    """A live resource that code and cloud do not agree on."""

    known_by: ClassVar = ("name", "control")
    name: Fact[str]
    control: Fact[str]
    """The control that passes in code and fails live; empty for a resource that no code makes."""
    managed: Fact[bool]
    """Code makes it."""
    agrees: Fact[bool]
    """The cloud is what the code says, as far as this control sees."""


class ManagedAccount(OfEstate, kw_only=True):
    """A live account or project, as code has it."""

    compared: Fact[bool]
    """Code stands beside it."""
    drifts: Fact[list[Drift]]


KINDS = (
    Tier, StackRegions, RegionPair, CloudPair, EnvironmentPair, Environment, RecordClass, ThrottleBudget, ManagedAccount,
)  # fmt: skip
