"""Log groups in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html"""

from __future__ import annotations

import msgspec

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.account_policies import AccountPolicyAt
from assay.scanner.facts.observe.retention.aws import GroupAt, group
from assay.scanner.facts.observe.retention.kinds import LogStore
from assay.scanner.facts.spelling import Beside, Referrer

# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-accountpolicy.html
ACCOUNT_POLICIES = AccountPolicyAt(
    policies=Beside("AWS::Logs::AccountPolicy"),
    name="PolicyName",
    type="PolicyType",
    document="PolicyDocument",
    criteria="SelectionCriteria",
)

_GROUP = GroupAt(
    name="LogGroupName",
    names=("LogGroupName",),
    days="RetentionInDays",
    least=1,
    class_="LogGroupClass",
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-subscriptionfilter.html
    filters=Referrer("AWS::Logs::SubscriptionFilter", "LogGroupName"),
    pattern="FilterPattern",
    called="FilterName",
    account=ACCOUNT_POLICIES,
)

READERS = (
    Reader(LogStore, ("AWS::Logs::LogGroup",), group, _GROUP),
    # What the CDK makes of the property logRetention of a function, whose log group is none of the template:
    # https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_logs.LogRetention.html
    Reader(LogStore, ("Custom::LogRetention",), group, msgspec.structs.replace(_GROUP, class_="", least=0)),
)
