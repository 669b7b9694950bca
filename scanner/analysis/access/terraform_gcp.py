"""Who may erase from buckets and databases of Google's, in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/storage_bucket_iam,
https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_iam
"""

from __future__ import annotations

from assay.scanner.facts.bindings import iam
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.terraform_gcp import HIGH, LOOKED_UP, ROLES
from assay.scanner.facts.spelling import Fixed, Link
from assay.scanner.facts.storage.lifecycle.terraform_gcp import LIFECYCLE
from assay.scanner.facts.storage.retention.terraform_gcp import RETENTION

from .denials_google import DeniesAt
from .google import BucketAt, StoreAt, bucket, database, project_bindings
from .kinds import Deployer, ReadableSecret, RecordStore
from .members import on_accounts
from .releases import ReleasesAt, of_triggers, releases
from .secrets_google import SecretAt, secret

PROJECT = project_bindings("google_project_iam")
DENIES = DeniesAt(
    policies=Link("parent", ("google_iam_deny_policy",)),
    rules="rules",
    rule="deny_rule",
    boundaries=Link("", ("google_iam_principal_access_boundary_policy",)),
    allowed="details.rules",
    bindings=Link("policy", tuple(f"google_iam_{level}_policy_binding" for level in ("projects", "folders", "organizations"))),
    set="target.principal_set",
    projects=Link("project_id", ("google_project",)),
    within=(("org_id", "organizations"), ("folder_id", "folders")),
)
"""https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/iam_deny_policy, .../iam_principal_access_boundary_policy,
.../iam_projects_policy_binding"""
ON_ACCOUNTS = on_accounts("google_service_account_iam", "service_account_id")
WRITERS = StoreAt(
    name="name", names=("name",), bindings=iam("google_storage_bucket_iam", "bucket"), project=PROJECT, roles=ROLES, denies=DENIES
)
"""Of a bucket, who may put something into it."""
READERS = (
    Reader(
        RecordStore,
        ("google_storage_bucket",),
        bucket,
        BucketAt(
            name="name",
            names=("name",),
            bindings=iam("google_storage_bucket_iam", "bucket"),
            project=PROJECT,
            roles=ROLES,
            denies=DENIES,
            retention=RETENTION,
            lifecycle=LIFECYCLE,
        ),
    ),
    Reader(RecordStore, ("google_firestore_database",), database, StoreAt(name="name", project=PROJECT, roles=ROLES, denies=DENIES)),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/secret_manager_secret_iam
    Reader(
        ReadableSecret,
        ("google_secret_manager_secret",),
        secret,
        SecretAt(
            name="secret_id",
            names=("secret_id",),
            bindings=iam("google_secret_manager_secret_iam", "secret_id"),
            project=PROJECT,
            roles=ROLES,
            denies=DENIES,
            accounts=ON_ACCOUNTS,
        ),
    ),
    Reader(
        ReadableSecret,
        ("google_secret_manager_regional_secret",),
        secret,
        SecretAt(
            name="secret_id",
            names=("secret_id",),
            bindings=iam("google_secret_manager_regional_secret_iam", "secret_id"),
            form="projects/*/locations/*/secrets/{}",
            project=PROJECT,
            roles=ROLES,
            denies=DENIES,
            accounts=ON_ACCOUNTS,
        ),
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloudbuild_trigger
    Reader(
        Deployer,
        HIGH,
        releases,
        ReleasesAt(
            name=Fixed(None), roles=ROLES, looked_up=LOOKED_UP, builders=of_triggers({"google_cloudbuild_trigger": "service_account"})
        ),
        always=False,
    ),
)
