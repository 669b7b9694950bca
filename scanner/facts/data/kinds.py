"""Operational data stores."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.keys.kinds import KeyRef
from assay.scanner.facts.model import Fact, Part, Resource


class Replica(Part):
    """A copy of a data store in one region, the home copy included."""

    known_by: ClassVar = ("region",)
    region: Fact[str]
    home: Fact[bool]
    """The copy that the others were made from; it has the settings of the store itself."""
    encryption_key: Fact[KeyRef | None]
    pitr_enabled: Fact[bool]
    """Point-in-time recovery is on for this copy."""


class Follower(Part):
    """A copy of a data store that is a data store of its own, and judged as such."""

    region: Fact[str]


class DataStore(Resource, kw_only=True):
    """A managed operational data store.

    DynamoDB table; instance of RDS, cluster of RDS, Aurora, DocumentDB and Neptune; Firestore and Spanner database, Cloud SQL and Bigtable
    instance, AlloyDB cluster.
    """

    replicas: Fact[list[Replica]]
    """The copies that it has settings for, the home copy among them."""
    followers: Fact[list[Follower]]
    """The copies that are stores of their own: read replicas, secondary clusters, the other clusters of a global database."""
    copy_of: Fact[str | None]
    """What it is a read copy of, which takes the writes; None of a store that takes writes itself."""
    replicated: Fact[bool]
    """It has a copy in more than one region."""
    multi_region: Fact[bool]
    """Google: its location is a multi-region, which replicates by itself. AWS: False."""
    location: Fact[str]
    """Where it is, as the provider names it: the home region, or a multi-region such as `nam5` (Firestore) or `nam3` (Spanner)."""
    rewindable: Fact[bool]
    """Its service can rewind it: False of Bigtable, which has no point-in-time recovery, and of a read copy, which is made again."""
    recovery_days: Fact[float | None]
    """Days that point-in-time recovery reaches back; None where it is off."""

    @property
    def also_in(self) -> list[str] | None:
        """Every replica of a global table is listed as a table of its own region; what Google copies is one resource."""
        if self.identity.cloud != "aws":
            return []
        copies = self.replicas.data if isinstance(self.replicas.data, list) else [None]
        regions = [copy.region.data for copy in copies if isinstance(copy, Replica) and isinstance(copy.region.data, str)]
        return sorted({*regions} - {self.identity.region or ""}) if len(regions) == len(copies) else None


KINDS = (DataStore,)
