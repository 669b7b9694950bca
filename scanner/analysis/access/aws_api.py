"""Who may erase from buckets and tables, in the live account.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetResourcePolicy.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.aws_api import DESCRIBE, POLICY, TABLES, TAGS
from assay.scanner.facts.iam.aws_api import PERMISSIONS, ROLES
from assay.scanner.facts.storage.aws_api import BUCKETS
from assay.scanner.facts.storage.lifecycle.aws_api import LIFECYCLE
from assay.scanner.facts.storage.retention.aws_api import RETENTION

from .arns import Form
from .aws import BucketAt, StoreAt, bucket, table
from .holdings import identities
from .kinds import RecordStore

_FORMS = {
    BUCKETS.type: Form("arn:aws:s3:::", ("",), ()),
    TABLES.type: Form("arn:aws:dynamodb:{region}:{account}:table/", ("",), ()),
}
_IDENTITIES = identities(PERMISSIONS, ROLES.type, "AssumeRolePolicyDocument")
WRITERS = StoreAt(name="Name", names=("Name",), identities=_IDENTITIES, policies="get_bucket_policy.Policy", forms=_FORMS)
"""Of a bucket, who may put something into it."""
READERS = (
    Reader(
        RecordStore,
        (BUCKETS.type,),
        bucket,
        BucketAt(
            name="Name",
            names=("Name",),
            identities=_IDENTITIES,
            policies="get_bucket_policy.Policy",
            forms=_FORMS,
            retention=RETENTION,
            lifecycle=LIFECYCLE,
        ),
    ),
    Reader(
        RecordStore,
        (TABLES.type,),
        table,
        StoreAt(
            name="value",
            identities=_IDENTITIES,
            policies=f"{POLICY.name}.Policy",
            tags=(DESCRIBE.name, TAGS.name),
            forms=_FORMS,
        ),
    ),
)
