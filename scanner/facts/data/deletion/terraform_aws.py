"""Protection against deletion on AWS, in Terraform.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table#deletion_protection_enabled-1
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.deletion.guards import GuardAt, guard
from assay.scanner.facts.data.deletion.kinds import DeletionGuard
from assay.scanner.facts.spelling import Many

_TABLE = GuardAt(
    name="name",
    names=("name",),
    protected="deletion_protection_enabled",
    copies=("replica", Many("aws_dynamodb_table_replica", "global_table_arn")),
    copy_region="region_name",
    copy_protected="deletion_protection_enabled",
)
_GUARDS = {
    "aws_lb": GuardAt(name="name|name_prefix", protected="enable_deletion_protection"),
    "aws_alb": GuardAt(name="name|name_prefix", protected="enable_deletion_protection"),
    "aws_db_instance": GuardAt(name="identifier", protected="deletion_protection"),
    "aws_rds_cluster": GuardAt(name="cluster_identifier", protected="deletion_protection"),
    "aws_docdb_cluster": GuardAt(name="cluster_identifier", protected="deletion_protection"),
    "aws_neptune_cluster": GuardAt(name="cluster_identifier", protected="deletion_protection"),
    "aws_cognito_user_pool": GuardAt(name="name", protected="deletion_protection"),
}
READERS = (
    Reader(DeletionGuard, ("aws_dynamodb_table",), guard, _TABLE),
    *(Reader(DeletionGuard, (type_,), guard, at) for type_, at in _GUARDS.items()),
)
