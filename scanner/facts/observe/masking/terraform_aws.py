"""Data protection policies in Terraform.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_log_data_protection_policy
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.masking.aws import GroupAt, group
from assay.scanner.facts.observe.masking.kinds import MaskedLog
from assay.scanner.facts.observe.retention.terraform_aws import ACCOUNT_POLICIES
from assay.scanner.facts.spelling import Link, Referrer

READERS = (
    Reader(
        MaskedLog,
        ("aws_cloudwatch_log_group",),
        group,
        GroupAt(
            name="name",
            names=("name", "id"),
            policies=Referrer("aws_cloudwatch_log_data_protection_policy", "log_group_name", "policy_document"),
            blocks=Link("", ("data.aws_cloudwatch_log_data_protection_policy_document",)),
            account=ACCOUNT_POLICIES,
            class_="log_group_class",
        ),
        always=False,
    ),
)
