"""Global tables in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.terraform_aws import HOME
from assay.scanner.facts.observe.alerts.terraform_aws import WATCH
from assay.scanner.facts.resilience.lag.aws import TableAt, table
from assay.scanner.facts.resilience.lag.kinds import ReplicatedTable
from assay.scanner.facts.spelling import Referrer

READERS = (
    Reader(
        ReplicatedTable,
        ("aws_dynamodb_table",),
        table,
        TableAt(
            name="name",
            names=("name",),
            home=HOME,
            copies=(
                "replica",
                Referrer("aws_dynamodb_table_replica", "global_table_arn"),
                Referrer("aws_dynamodb_global_table", "name", "replica"),
            ),
            copy_region="region_name",
            copy_consistency="consistency_mode",
            watch=WATCH,
        ),
    ),
)
