"""What raises an alarm, and whom that reaches."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource


class Alert(Resource, kw_only=True):
    """A metric or composite alarm of CloudWatch, or an alert policy of Cloud Monitoring."""

    naming: ClassVar = {"google": Naming(unique=False)}

    sort: Fact[str]
    """In words: `alarm`, `composite alarm`, `alert policy`."""
    automatic: Fact[bool]
    """It is for programs alone: all that it does is to scale something or to change a machine, or it holds up a deployment."""
    enabled: Fact[bool]
    """It acts when it is raised: its actions, or the policy itself, are not switched off."""
    told: Fact[bool]
    """Somebody hears of it: by a topic that has a subscription which was confirmed, by a channel that is switched on and verified, by a
    function, an incident, or a rule of EventBridge; or by a composite alarm that it is a part of."""


KINDS = (Alert,)
