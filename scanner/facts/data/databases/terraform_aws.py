"""Databases of AWS in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/db_instance"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.databases.rds import DatabaseAt, GlobalAt, store
from assay.scanner.facts.data.kinds import DataStore
from assay.scanner.facts.data.terraform_aws import HOME
from assay.scanner.facts.keys.at_rest.terraform_aws import STORES
from assay.scanner.facts.spelling import Link, Referrer

_INSTANCE, _CLUSTER = "aws_db_instance", "aws_rds_cluster"
_SOURCE = "replication_source_identifier"


def _global(type_: str, cluster: str) -> GlobalAt:
    return GlobalAt(
        named=Link("global_cluster_identifier", (type_,)),
        founder=Link("source_db_cluster_identifier", (cluster,)),
        founded=Referrer(type_, "source_db_cluster_identifier"),
        members=Referrer(cluster, "global_cluster_identifier"),
        names=("global_cluster_identifier", "id"),
    )


def _cluster(type_: str, **more: Any) -> DatabaseAt:
    joined = _global(type_.replace("_cluster", "_global_cluster"), type_)
    return _at(type_, name="cluster_identifier", names=("cluster_identifier", "id", "arn"), days_unset=1, joined=joined, **more)


def _at(type_: str, **more: Any) -> DatabaseAt:
    return DatabaseAt(home=HOME, kept=STORES[type_], days="backup_retention_period", **more)


# Without a period an instance has no automatic backups, and a cluster keeps them for a day.
_STORES = {
    _INSTANCE: _at(
        _INSTANCE,
        name="identifier",
        names=("identifier", "id", "arn"),
        source="replicate_source_db",
        readers=(Referrer(_INSTANCE, "replicate_source_db"), Referrer(_CLUSTER, _SOURCE)),
    ),
    _CLUSTER: _cluster(_CLUSTER, source=_SOURCE, readers=(Referrer(_CLUSTER, _SOURCE), Referrer(_INSTANCE, "replicate_source_db"))),
    "aws_docdb_cluster": _cluster("aws_docdb_cluster"),
    "aws_neptune_cluster": _cluster("aws_neptune_cluster", source=_SOURCE, readers=(Referrer("aws_neptune_cluster", _SOURCE),)),
}
READERS = tuple(Reader(DataStore, (type_,), store, at) for type_, at in _STORES.items())
