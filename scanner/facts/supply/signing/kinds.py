"""Whether what is deployed has its signature checked."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource


class DeployCheck(Resource, kw_only=True):
    """What runs code, with what looks at the signature of that before it runs."""

    naming: ClassVar = {"aws": Naming(unique=False), "google": Naming(unique=False)}

    sort: Fact[str]
    """In words: `task definition`, `function`, `service`, `job`."""
    checked: Fact[bool]
    """Something looks at signatures: Binary Authorization, a configuration of code signing."""
    enforced: Fact[bool]
    """What does refuses everything without a signature of a known party. True where `checked` is false."""
    weakness: Fact[str]
    """Why it does not, in words; empty where it does."""
    bypassed: Fact[bool]
    """The check is passed by for now (breakglass)."""


KINDS = (DeployCheck,)
