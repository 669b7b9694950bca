"""What looks for weak settings and for access from outside, and who hears of what it finds."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource


class PostureService(Resource, kw_only=True):
    """A region of a live account, or a live project; in code, a hub of Security Hub, an analyzer of IAM Access Analyzer, or what Security
    Command Center notifies."""

    naming: ClassVar = {"google": Naming(unique=False)}

    sort: Fact[str]
    """In words: `region`, `hub`, `analyzer`, `project`, `notification`."""
    on: Fact[bool]
    """Findings are collected: Security Hub is enabled."""
    standards: Fact[bool]
    """Some standard is subscribed, by whose controls settings are checked."""
    analyzed: Fact[bool]
    """Access from outside of the account, or of its organisation, is analyzed."""
    told: Fact[bool]
    """Findings reach somebody: a rule of EventBridge has a target for them, or a topic that they are published to a subscription."""
    severe: Fact[bool]
    """Of what is told, findings of high and critical severity are not left out."""


KINDS = (PostureService,)
