"""Who manages something and uses it as well."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource


class Holder(Part):
    """A member that has a role of one of two duties, at one level or above it."""

    known_by: ClassVar = ("name", "over")
    name: Fact[str]
    """As a binding writes it: `user:alice@example.com`. A group is one member, whoever is in it."""
    over: Fact[str]
    """What the duties are over, in words: `service accounts`, `keys`."""
    roles: Fact[str]
    """The roles that it has, in words."""
    both: Fact[bool]
    """It has a role of each duty."""


class DutySplit(Resource, kw_only=True):
    """Bindings that give roles of duties which CIS wants apart: of a project, a folder, an organisation, a service account, a key ring or a
    key; in Terraform one resource that sets such bindings."""

    holders: Fact[list[Holder]]
    """Members with such a role in these bindings. One that has the other role above is here too, and there for itself."""


KINDS = (DutySplit,)
