"""Data protection policies in the live account.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetDataProtectionPolicy.html, .../API_DescribeAccountPolicies.html
"""

from __future__ import annotations

import msgspec

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.at_rest.aws_api import LOG_GROUPS, PROTECTION
from assay.scanner.facts.observe.account_policies import DATA_PROTECTION
from assay.scanner.facts.observe.masking.aws import GroupAt, group
from assay.scanner.facts.observe.masking.kinds import MaskedLog
from assay.scanner.facts.observe.retention.aws_api import ACCOUNT_POLICIES
from assay.scanner.facts.spelling import Beside
from assay.scanner.sources.aws.calls import Call, Listing

POLICIES = Listing(
    "logs.data_protection_policy",
    Call("logs", "DescribeAccountPolicies", (("policyType", f"={DATA_PROTECTION}"),), marker=("nextToken", "nextToken")),
    entries="accountPolicies",
    id="arn:{partition}:logs:{region}:{account}:data-protection-policy:{policyName}",
)
LISTINGS = (POLICIES,)

READERS = (
    Reader(
        MaskedLog,
        (LOG_GROUPS.type,),
        group,
        GroupAt(
            name="logGroupName",
            policies=f"{PROTECTION.name}.policyDocument",
            account=msgspec.structs.replace(ACCOUNT_POLICIES, policies=Beside(POLICIES.type)),
            class_="logGroupClass",
        ),
        always=False,
    ),
)
