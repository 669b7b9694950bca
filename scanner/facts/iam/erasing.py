"""What deletes or replaces data that is kept: actions of AWS, permissions of Google.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html,
https://cloud.google.com/storage/docs/access-control/iam-permissions, https://cloud.google.com/firestore/docs/security/iam
"""

from __future__ import annotations

OF_OBJECTS = frozenset({"s3:deleteobject", "s3:deleteobjectversion", "s3:bypassgovernanceretention"})
OF_BUCKETS = frozenset({"s3:putlifecycleconfiguration", "s3:putbucketobjectlockconfiguration"})
"""They change when objects are deleted, and for how long new ones are kept."""
DELETING_ITEMS = frozenset(
    {
        "dynamodb:deleteitem", "dynamodb:updateitem", "dynamodb:batchwriteitem", "dynamodb:partiqldelete", "dynamodb:partiqlupdate",
        "dynamodb:deletetable", "dynamodb:updatetimetolive",
    }
)  # fmt: skip
"""BatchWriteItem deletes too, and takes no conditions: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""
REPLACING_ITEMS = frozenset({"dynamodb:putitem"})
"""It replaces an item with the same key unless a condition of the request forbids that, which no policy shows. PartiQLInsert refuses to:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.insert.html"""
REPLACING_OBJECTS = frozenset({"s3:putobject"})
"""It makes an object, or a new version of one; what it replaces is gone only where no versions are kept."""
WRITING_OBJECTS = frozenset({"s3:deleteobject", "s3:deleteobjectversion"}) | REPLACING_OBJECTS
OPENING_BUCKETS = frozenset({"s3:putbucketpolicy"})
"""Whoever writes the policy of a bucket may let itself write objects."""
AWS_ERASING = OPENING_BUCKETS | OF_OBJECTS | OF_BUCKETS | DELETING_ITEMS | REPLACING_ITEMS | REPLACING_OBJECTS

DELETING_OBJECTS = frozenset({"storage.objects.delete"})
"""Replacing an object takes it too: https://cloud.google.com/storage/docs/access-control/iam-roles"""
CREATING_OBJECTS = frozenset({"storage.objects.create"})
DELETING_DOCUMENTS = frozenset({"datastore.entities.delete", "datastore.entities.update"})
SHARING_BUCKETS = frozenset({"storage.buckets.setIamPolicy"})
"""Whoever writes the policy of a bucket may let itself write objects."""
GOOGLE_ERASING = DELETING_OBJECTS | CREATING_OBJECTS | DELETING_DOCUMENTS | SHARING_BUCKETS
