"""What can be asked about in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs"""

from __future__ import annotations

from typing import Any

from assay.scanner.analysis.access.terraform_gcp import DENIES, ON_ACCOUNTS, PROJECT
from assay.scanner.facts.bindings import iam
from assay.scanner.facts.iam.terraform_gcp import ROLES
from assay.scanner.facts.spelling import Link

from .google import Sort, readers


def _bound(prefix: str, owner: str, name: str = "name", **more: Any) -> dict[str, Any]:
    """A type of which resources with this prefix set bindings, and name it in an attribute."""
    return {"name": name, "names": (name, "id"), "bindings": iam(prefix, owner), **more}


_RING: dict[str, Any] = {"within": Link("key_ring", ("google_kms_key_ring",)), "on_that": iam("google_kms_key_ring_iam", "key_ring_id")}
_SECRET = Sort("secretmanager", (), "projects/*/secrets/{}")
_REGIONAL_SECRET = Sort("secretmanager", (), "projects/*/locations/*/secrets/{}")
_RUN = Sort("run", ("services", "routes", "revisions", "configurations"), "projects/*/locations/*/services/{}")
_FUNCTION = Sort("cloudfunctions", (), "projects/*/locations/*/functions/{}")
_PROJECTS = Sort("resourcemanager", ("projects",), "projects/{}")
_SORTS: dict[str, tuple[Sort, dict[str, Any]]] = {
    "google_storage_bucket": (Sort("storage", (), "projects/_/buckets/{}"), _bound("google_storage_bucket_iam", "bucket")),
    "google_secret_manager_secret": (_SECRET, _bound("google_secret_manager_secret_iam", "secret_id", "secret_id")),
    "google_secret_manager_regional_secret": (
        _REGIONAL_SECRET,
        _bound("google_secret_manager_regional_secret_iam", "secret_id", "secret_id"),
    ),
    "google_pubsub_topic": (Sort("pubsub", ("topics",), "projects/*/topics/{}"), _bound("google_pubsub_topic_iam", "topic")),
    "google_pubsub_subscription": (
        Sort("pubsub", ("subscriptions",), "projects/*/subscriptions/{}"),
        _bound("google_pubsub_subscription_iam", "subscription"),
    ),
    "google_kms_crypto_key": (
        Sort("cloudkms", ("cryptoKeys", "cryptoKeyVersions"), "projects/*/locations/*/keyRings/*/cryptoKeys/{}"),
        _bound("google_kms_crypto_key_iam", "crypto_key_id", **_RING),
    ),
    "google_cloud_run_v2_service": (_RUN, _bound("google_cloud_run_v2_service_iam", "name")),
    "google_cloud_run_service": (_RUN, _bound("google_cloud_run_service_iam", "service")),
    "google_cloud_run_v2_job": (
        Sort("run", ("jobs", "executions", "tasks"), "projects/*/locations/*/jobs/{}"),
        _bound("google_cloud_run_v2_job_iam", "name"),
    ),
    "google_cloudfunctions2_function": (_FUNCTION, _bound("google_cloudfunctions2_function_iam", "cloud_function")),
    "google_cloudfunctions_function": (_FUNCTION, _bound("google_cloudfunctions_function_iam", "cloud_function")),
    "google_artifact_registry_repository": (
        Sort("artifactregistry", (), "projects/*/locations/*/repositories/{}"),
        _bound("google_artifact_registry_repository_iam", "repository", "repository_id"),
    ),
    "google_cloud_tasks_queue": (
        Sort("cloudtasks", (), "projects/*/locations/*/queues/{}"),
        _bound("google_cloud_tasks_queue_iam", "name"),
    ),
    "google_service_account": (
        Sort("iam", ("serviceAccounts", "serviceAccountKeys"), "projects/*/serviceAccounts/{}@*"),
        _bound("google_service_account_iam", "service_account_id", "account_id"),
    ),
    "google_firestore_database": (Sort("datastore", (), "projects/*/databases/{}"), {"name": "name"}),
    "google_sql_database_instance": (Sort("cloudsql", (), "projects/*/instances/{}"), {"name": "name"}),
    "google_compute_instance": (Sort("compute", ("instances",), "projects/*/zones/*/instances/{}"), {"name": "name"}),
}
READERS = readers(_SORTS, {"project": PROJECT, "roles": ROLES, "accounts": ON_ACCOUNTS, "denies": DENIES})
