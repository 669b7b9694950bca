"""Backups of AWS in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/backup_selection"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.backups.aws import SelectionAt, StoreAt, store
from assay.scanner.facts.data.backups.indexes import every
from assay.scanner.facts.data.backups.kinds import BackedUpStore
from assay.scanner.facts.spelling import Index, Link

_SELECTION = SelectionAt(
    selections=Index(("aws_backup_selection",), every),
    plan=Link("plan_id", ("aws_backup_plan",)),
    resources="resources",
    left_out="not_resources",
    tags=("selection_tag", "key", "value"),
    narrowed=("condition",),
    rules="rule",
    rule="rule_name",
    schedule="schedule",
    delete_after="lifecycle.delete_after",
)
_DAYS = "backup_retention_period"
_STORES = {
    "aws_dynamodb_table": StoreAt(name="name", arn="dynamodb:table/*", selection=_SELECTION),
    # Without a period an instance has no automatic backups, and a cluster keeps them for a day.
    "aws_db_instance": StoreAt(name="identifier", arn="rds:db:*", retention=_DAYS, selection=_SELECTION, part_of="replicate_source_db"),
    "aws_rds_cluster": StoreAt(name="cluster_identifier", arn="rds:cluster:*", retention=_DAYS, retention_unset=1, selection=_SELECTION),
    "aws_docdb_cluster": StoreAt(name="cluster_identifier", arn="rds:cluster:*", retention=_DAYS, retention_unset=1, selection=_SELECTION),
    "aws_neptune_cluster": StoreAt(
        name="cluster_identifier", arn="rds:cluster:*", retention=_DAYS, retention_unset=1, selection=_SELECTION
    ),
}
READERS = tuple(Reader(BackedUpStore, (type_,), store, at, always=not at.part_of) for type_, at in _STORES.items())
