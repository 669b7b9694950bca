"""Data protection policies in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.masking.aws import GroupAt, group
from assay.scanner.facts.observe.masking.kinds import MaskedLog
from assay.scanner.facts.observe.retention.cloudformation import ACCOUNT_POLICIES

READERS = (
    Reader(
        MaskedLog,
        ("AWS::Logs::LogGroup",),
        group,
        GroupAt(
            name="LogGroupName",
            names=("LogGroupName",),
            policies="DataProtectionPolicy",
            account=ACCOUNT_POLICIES,
            class_="LogGroupClass",
        ),
        always=False,
    ),
)
