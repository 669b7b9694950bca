"""Who may erase from buckets and databases of Google's, by their REST resources. https://cloud.google.com/iam/docs/reference/rest/v1/Policy"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.bindings import INHERITED, OWN, ROLES, SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Inherited, Link
from assay.scanner.facts.storage.lifecycle.google_api import LIFECYCLE
from assay.scanner.facts.storage.retention.google_api import RETENTION
from assay.scanner.sources.gcp.inventory import DENY_POLICY, PROJECT

from .denials_google import DeniesAt
from .google import BucketAt, StoreAt, bucket, database
from .kinds import Deployer, ReadableSecret, RecordStore
from .members import ON_ASSETS
from .releases import ReleasesAt, of_triggers, releases
from .secrets_google import SecretAt, secret

DENIES = DeniesAt(
    policies=Link("name", (DENY_POLICY,)),
    rules="rules",
    rule="denyRule",
    boundaries=Link("", ()),
    allowed="",
    bindings=Link("", ()),
    set="",
    projects=Link("projectId", (PROJECT,)),
    number="projectNumber",
    within=(),
    above="#ancestors",
)
"""https://cloud.google.com/iam/docs/reference/rest/v2/policies"""
_COMMON: dict[str, Any] = {"inherited": INHERITED, "roles": ROLES, "denies": DENIES, "joins": (ROLES, Inherited(SCOPES))}
WRITERS = StoreAt(bindings=OWN, **_COMMON)
"""Of a bucket, who may put something into it."""
READERS = (
    Reader(
        RecordStore,
        ("storage.googleapis.com/Bucket",),
        bucket,
        BucketAt(bindings=OWN, retention=RETENTION, lifecycle=LIFECYCLE, **_COMMON),
    ),
    Reader(RecordStore, ("firestore.googleapis.com/Database",), database, StoreAt(deleted="deleteTime", **_COMMON), always=False),
    Reader(ReadableSecret, ("secretmanager.googleapis.com/Secret",), secret, SecretAt(bindings=OWN, accounts=ON_ASSETS, **_COMMON)),
    # https://cloud.google.com/build/docs/api/reference/rest/v1/projects.triggers
    *(
        Reader(
            Deployer,
            (scope,),
            releases,
            ReleasesAt(
                bindings=OWN,
                title="projectId|displayName",
                state="lifecycleState|state",
                builders=of_triggers({"cloudbuild.googleapis.com/BuildTrigger": "serviceAccount"}),
            ),
            always=False,
        )
        for scope in SCOPES
    ),
)
