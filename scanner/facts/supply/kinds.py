"""Software supply chain."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class TokenSubject(Part):
    """Which runs of an outside CI system a federation admits."""

    known_by: ClassVar = ("pattern",)
    pattern: Fact[str]
    """As the policy writes it: `repo:org/app:ref:refs/heads/main`."""
    scoped: Fact[bool]
    """It names one repository and pins the branch, tag or environment."""


class Federation(Resource, kw_only=True):
    """Trust in the tokens of a CI system: a role that GitHub Actions may assume, a workload identity pool provider."""

    # The name of a provider stands within a pool that it leaves out.
    naming: ClassVar = {"google": Naming(unique=False)}

    audience_pinned: Fact[bool]
    """Tokens made for another audience are refused."""
    subjects: Fact[list[TokenSubject]]
    """Every way in. A way without any condition on the subject is a subject `*`."""


KINDS = (Federation,)
