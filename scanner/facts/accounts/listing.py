"""The account itself, as what its own calls answer about it. It is no list: every account answers once.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html, which is allowed to everyone, so that the account is there
whatever else is denied.
"""

from __future__ import annotations

from assay.scanner.sources.aws.calls import Call, Listing, Preparation

# https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
SUMMARY = Call("iam", "GetAccountSummary")
ACCOUNT = Listing(
    "sts.account",
    Call("sts", "GetCallerIdentity"),
    entries="",
    id="arn:{partition}:iam::{account}:root",
    everywhere=True,
    details=(SUMMARY,),
)
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetCredentialReport.html, and what stands in it:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html. AWS makes one every four hours at most.
REPORT = Listing(
    "iam.credential_report",
    Call("iam", "GetCredentialReport", table="Content"),
    entries="Content",
    id="{arn}/credential-report",
    everywhere=True,
    prepared=Preparation(Call("iam", "GenerateCredentialReport"), state="State", made="COMPLETE"),
    joined_across_regions=True,
)
