"""What starts work by itself."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class Target(Part):
    """What a schedule or a push subscription calls."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """As the input names it: an address, an ARN, a URL."""
    there: Fact[bool]
    """It exists. What answers at a URL is not looked up: whoever writes one has said what is called."""
    identified: Fact[bool]
    """It is called as an identity that it can tell from others, by a role or a token of the kind that it takes, or its own policy names the
    service that calls. The identity is not that of what is called, nor the default one of the project."""
    how: Fact[str | None]
    """In words, as what it is called, or may be, otherwise: `without a token`."""


class Trigger(Resource, kw_only=True):
    """What starts work by itself: a schedule, a rule with a schedule, a push subscription."""

    naming: ClassVar = {"aws": Naming(unique=False)}

    sort: Fact[str]
    """In words: `schedule`, `push subscription`."""
    runs: Fact[bool]
    """It is enabled, and fires again and again from now on."""
    resting: Fact[bool]
    """It certainly does not, as far as it is known: it is disabled, runs once, or has ended."""
    rest: Fact[str]
    """In words, why it does not: `is paused`, `runs once`."""
    targets: Fact[list[Target]]
    targeted: Fact[bool]
    """It calls anything at all."""
    failing: Fact[bool]
    """Its last attempt failed, where an input tells it."""


KINDS = (Trigger,)
