"""Networks of databases and shared copies of Google Cloud, by their REST resources.

https://cloud.google.com/sql/docs/mysql/admin-api/rest/v1/instances,
https://cloud.google.com/alloydb/docs/reference/rest/v1/projects.locations.clusters.instances
"""

from __future__ import annotations

from assay.scanner.facts.bindings import OWN
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.openness.google import NetworksAt, SharedAt, networks, shared
from assay.scanner.facts.data.openness.kinds import DataCopy

_INSTANCES = {
    "sqladmin.googleapis.com/Instance": NetworksAt(
        address="settings.ipConfiguration.ipv4Enabled",
        unset=True,
        networks="settings.ipConfiguration.authorizedNetworks",
        range="value",
        ends="expirationTime",
        sort="instanceType",
    ),
    "alloydb.googleapis.com/Instance": NetworksAt(
        address="networkConfig.enablePublicIp", unset=False, networks="networkConfig.authorizedExternalNetworks", range="cidrRange"
    ),
}
_DATASET = SharedAt(bindings=OWN, access=("access",), group="specialGroup", member="iamMember", condition="condition.expression")
_COPIES = (
    *(f"compute.googleapis.com/{kind}" for kind in ("Image", "Snapshot", "Disk")),
    "spanner.googleapis.com/Instance",
    "spanner.googleapis.com/Database",
    "bigtableadmin.googleapis.com/Instance",
)
# A table may be shared beside its dataset or instance: https://cloud.google.com/bigquery/docs/table-access-controls-intro
_TABLES = ("bigquery.googleapis.com/Table", "bigtableadmin.googleapis.com/Table")
READERS = (
    *(Reader(DataCopy, (type_,), networks, at, always=not at.sort) for type_, at in _INSTANCES.items()),
    Reader(DataCopy, ("bigquery.googleapis.com/Dataset",), shared, _DATASET),
    *(Reader(DataCopy, (type_,), shared, SharedAt(bindings=OWN)) for type_ in _COPIES),
    *(Reader(DataCopy, (type_,), shared, SharedAt(bindings=OWN, part_of_whole=True), always=False) for type_ in _TABLES),
)
