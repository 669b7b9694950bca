"""Cloud Storage buckets by their REST resource. https://cloud.google.com/storage/docs/json_api/v1/buckets#resource"""

from __future__ import annotations

from assay.scanner.facts.bindings import INHERITED, OWN, ROLES, SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.google_assets import constraint
from assay.scanner.facts.keys.google import rest_key
from assay.scanner.facts.spelling import Inherited
from assay.scanner.facts.storage import google
from assay.scanner.facts.storage.kinds import Bucket

BUCKET = google.BucketAt(
    prevention="iamConfiguration.publicAccessPrevention",
    prevented_above=lambda view: constraint(view.item, "storage.publicAccessPrevention"),
    looked_in="this template",
    # The second is its former name. The constraint storage.uniformBucketLevelAccess leaves buckets as they are that were there
    # before it: https://cloud.google.com/storage/docs/org-policy-constraints#uniform-bucket
    uniform="iamConfiguration.uniformBucketLevelAccess.enabled|iamConfiguration.bucketPolicyOnly.enabled",
    versioned="versioning.enabled",
    retention="retentionPolicy.retentionPeriod",
    locked="retentionPolicy.isLocked",
    key=rest_key("encryption.defaultKmsKeyName"),
    filter="ipFilter.mode",
    ranges="ipFilter.publicNetworkSource.allowedIpCidrRanges",
    bindings=OWN,
    folders=google.bindings_on_folders("storage.googleapis.com/ManagedFolder"),
    inherited=INHERITED,
    predefined=("predefinedAcl", "predefinedDefaultObjectAcl"),  # of the request that creates a bucket, in templates
    entries=("acl", "defaultObjectAcl"),
    joins=(ROLES, Inherited(SCOPES)),
)
READERS = (Reader(Bucket, ("storage.googleapis.com/Bucket",), google.bucket, BUCKET),)
