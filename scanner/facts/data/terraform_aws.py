"""DynamoDB in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data import dynamodb
from assay.scanner.facts.data.kinds import DataStore
from assay.scanner.facts.keys.references import terraform_key
from assay.scanner.facts.spelling import Many, Referrer
from assay.scanner.sources.raw import Unknown

HOME = Unknown("the provider's region is not in this code", "scan the root module that configures the provider, or the plan")
_TABLE = dynamodb.TableAt(
    name="name",
    names=("name",),
    home=HOME,
    pitr="point_in_time_recovery.enabled",
    period="point_in_time_recovery.recovery_period_in_days",
    encrypted="server_side_encryption.enabled",
    key=terraform_key("server_side_encryption.kms_key_arn"),
    restored="restore_source_name|restore_source_table_arn",
    copies=("replica", Many("aws_dynamodb_table_replica", "global_table_arn")),
    copy_region="region_name",
    copy_key=terraform_key("kms_key_arn"),
    copy_pitr="point_in_time_recovery",
    alike=(Referrer("aws_dynamodb_global_table", "name", "replica"),),
)
READERS = (Reader(DataStore, ("aws_dynamodb_table",), dynamodb.table, _TABLE),)
