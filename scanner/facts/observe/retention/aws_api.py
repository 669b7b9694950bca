"""Log groups of the live account. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.at_rest.aws_api import LOG_GROUPS, SUBSCRIPTIONS
from assay.scanner.facts.observe.account_policies import SUBSCRIPTION, AccountPolicyAt
from assay.scanner.facts.observe.retention.aws import GroupAt, group
from assay.scanner.facts.observe.retention.kinds import LogStore
from assay.scanner.facts.spelling import Beside
from assay.scanner.sources.aws.calls import Call, Listing

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeAccountPolicies.html: of one type at a time
SUBSCRIPTION_POLICIES = Listing(
    "logs.subscription_policy",
    Call("logs", "DescribeAccountPolicies", (("policyType", f"={SUBSCRIPTION}"),), marker=("nextToken", "nextToken")),
    entries="accountPolicies",
    id="arn:{partition}:logs:{region}:{account}:subscription-policy:{policyName}",
)
LISTINGS = (SUBSCRIPTION_POLICIES,)
ACCOUNT_POLICIES = AccountPolicyAt(
    policies=Beside(SUBSCRIPTION_POLICIES.type),
    name="policyName",
    type="policyType",
    document="policyDocument",
    criteria="selectionCriteria",
)

READERS = (
    Reader(
        LogStore,
        (LOG_GROUPS.type,),
        group,
        GroupAt(
            name="logGroupName",
            days="retentionInDays",
            class_="logGroupClass",
            filters=f"{SUBSCRIPTIONS.name}.subscriptionFilters",
            pattern="filterPattern",
            called="filterName",
            account=ACCOUNT_POLICIES,
        ),
    ),
)
