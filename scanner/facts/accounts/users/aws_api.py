"""Users of the live account, each by its own calls, and by the credential report where these are denied: that is up to four hours old.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html, .../API_ListMFADevices.html, .../API_GetAccessKeyLastUsed.html
"""

from __future__ import annotations

from assay.scanner.facts.accounts.listing import REPORT
from assay.scanner.facts.accounts.users.aws import UserAt, user
from assay.scanner.facts.accounts.users.kinds import UserAccess
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.aws_api import DEVICES, PASSWORD, USERS
from assay.scanner.facts.iam.credentials.aws_api import KEYS, LAST_USED
from assay.scanner.facts.spelling import Referrer

LISTINGS = (REPORT,)
READERS = (
    Reader(
        UserAccess,
        (USERS.type,),
        user,
        UserAt(
            name="UserName",
            names=("UserName",),
            profile=f"{PASSWORD.name}.LoginProfile",
            devices=f"{DEVICES.name}.MFADevices",
            keys=Referrer(KEYS.type, "UserName", calls=(LAST_USED.name,)),
            used=f"{LAST_USED.name}.AccessKeyLastUsed.LastUsedDate",
            report=Referrer(REPORT.type, "user"),
        ),
    ),
)
