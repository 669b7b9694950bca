"""What keeps how resources were configured, and when that changed."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource


class ChangeRecord(Resource, kw_only=True):
    """The record of changes of a region of a live account or of a live project; in code, a recorder of AWS Config, a feed of Cloud Asset
    Inventory, or the service of that."""

    naming: ClassVar = {"google": Naming(unique=False)}

    sort: Fact[str]
    """In words: `region`, `recorder`, `project`, `feed`, `service`."""
    on: Fact[bool]
    """It is there and switched on; of a feed, that it tells what resources are like."""
    everything: Fact[bool]
    """It is for all types of resources that the provider knows."""
    globals: Fact[bool]
    """Resources that are in no region, such as roles of IAM, are recorded here, or in another region of the account."""
    delivered: Fact[bool]
    """The last that was recorded could be stored."""


KINDS = (ChangeRecord,)
