"""Access keys of the live account, user by user. A key's own id is not its name: who made it when tells it apart as well.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.aws_api import USERS
from assay.scanner.facts.iam.credentials.aws import AccessKeyAt, access_key
from assay.scanner.facts.iam.credentials.kinds import StaticCredential
from assay.scanner.sources.aws.calls import Call, Listing

LAST_USED = Call("iam", "GetAccessKeyLastUsed", (("AccessKeyId", "AccessKeyId"),))
KEYS = Listing(
    "iam.access_key",
    Call("iam", "ListAccessKeys", (("UserName", "UserName"),)),
    entries="AccessKeyMetadata",
    id="arn:{partition}:iam::{account}:user/{UserName}/access-key/{CreateDate}",
    everywhere=True,
    parent=USERS.type,
    joined_across_regions=True,
    known=(("UserName", "UserName"),),
    details=(LAST_USED,),
)
LISTINGS = (KEYS,)
READERS = (Reader(StaticCredential, (KEYS.type,), access_key, AccessKeyAt()),)
