"""Log groups in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_log_group"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.account_policies import AccountPolicyAt
from assay.scanner.facts.observe.retention.aws import GroupAt, group
from assay.scanner.facts.observe.retention.kinds import LogStore
from assay.scanner.facts.spelling import Beside, Referrer

# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_log_account_policy
ACCOUNT_POLICIES = AccountPolicyAt(policies=Beside("aws_cloudwatch_log_account_policy"))

READERS = (
    Reader(
        LogStore,
        ("aws_cloudwatch_log_group",),
        group,
        GroupAt(
            name="name",
            names=("name", "id"),
            days="retention_in_days",
            class_="log_group_class",
            # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_log_subscription_filter
            filters=Referrer("aws_cloudwatch_log_subscription_filter", "log_group_name"),
            pattern="filter_pattern",
            called="name",
            account=ACCOUNT_POLICIES,
        ),
    ),
)
