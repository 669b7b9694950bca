"""How late copies of data are in other regions, and who hears of it."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource
from assay.scanner.override import override


class LagAlarm(Part, kw_only=True):
    """An alarm on how late a copy is."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    effective: Fact[bool]
    """It is switched on, and somebody hears of it."""
    limit_ms: Fact[float | None]
    """Milliseconds above which it is raised; None of one that is not raised above a number."""
    measured: Fact[bool]
    """Its metric has data; so it is in code."""
    raised: Fact[bool]
    """It is raised now; False in code."""


class Lag(Part, kw_only=True):
    """The way of changes from one region to another."""

    known_by: ClassVar = ("source", "region")
    source: Fact[str]
    """Where they are written."""
    region: Fact[str]
    """Where they arrive later."""
    alarms: Fact[list[LagAlarm]]
    unseen: Fact[bool]
    """There is an alarm on it that is not among these: False, or unknown."""
    at_home: Fact[bool]
    """Both are the same region: False, or unknown of a table that does not say where it is made."""


class ReplicatedTable(Resource, kw_only=True):
    """A table of DynamoDB."""

    asynchronous: Fact[bool]
    """It has copies in other regions, which get changes after they are answered: False of a table in one region, and of one whose copies
    are strongly consistent."""
    placed: Fact[bool]
    """It is known where it is made."""
    lags: Fact[list[Lag]]
    """From its own region to each other; from another only where alarms of this input watch what is written there."""

    @property
    @override
    def also_in(self) -> list[str] | None:
        """Every replica is listed as a table of its own region."""
        known = self.lags.data if isinstance(self.lags.data, list) else [None]
        regions = [lag.region.data for lag in known if isinstance(lag, Lag) and isinstance(lag.region.data, str)]
        return sorted({*regions} - {self.identity.region or ""}) if len(regions) == len(known) else None


KINDS = (ReplicatedTable,)
