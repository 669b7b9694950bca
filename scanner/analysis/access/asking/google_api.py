"""What can be asked about of REST resources of Google, wherever these are told."""

from __future__ import annotations

from typing import Any

from assay.scanner.analysis.access.google_api import DENIES
from assay.scanner.analysis.access.members import ON_ASSETS
from assay.scanner.facts.bindings import INHERITED, OWN, ROLES, SCOPES
from assay.scanner.facts.spelling import Inherited, Link

from .google import Sort, readers

_RING: dict[str, Any] = {"within": Link("", ("cloudkms.googleapis.com/KeyRing",)), "on_that": OWN}
_HERE = "projects/*/locations/*"
_SORTS: dict[str, tuple[Sort, dict[str, Any]]] = {
    "storage.googleapis.com/Bucket": (Sort("storage", (), "projects/_/buckets/{}"), {}),
    "secretmanager.googleapis.com/Secret": (Sort("secretmanager", (), "projects/*/secrets/{}"), {}),
    "pubsub.googleapis.com/Topic": (Sort("pubsub", ("topics",), "projects/*/topics/{}"), {}),
    "pubsub.googleapis.com/Subscription": (Sort("pubsub", ("subscriptions",), "projects/*/subscriptions/{}"), {}),
    "cloudkms.googleapis.com/CryptoKey": (
        Sort("cloudkms", ("cryptoKeys", "cryptoKeyVersions"), f"{_HERE}/keyRings/*/cryptoKeys/{{}}"),
        _RING,
    ),
    "run.googleapis.com/Service": (Sort("run", ("services", "routes", "revisions", "configurations"), f"{_HERE}/services/{{}}"), {}),
    "run.googleapis.com/Job": (Sort("run", ("jobs", "executions", "tasks"), f"{_HERE}/jobs/{{}}"), {}),
    "cloudfunctions.googleapis.com/Function": (Sort("cloudfunctions", (), f"{_HERE}/functions/{{}}"), {}),
    "cloudfunctions.googleapis.com/CloudFunction": (Sort("cloudfunctions", (), f"{_HERE}/functions/{{}}"), {}),
    "artifactregistry.googleapis.com/Repository": (Sort("artifactregistry", (), f"{_HERE}/repositories/{{}}"), {}),
    "cloudtasks.googleapis.com/Queue": (Sort("cloudtasks", (), f"{_HERE}/queues/{{}}"), {}),
    "iam.googleapis.com/ServiceAccount": (Sort("iam", ("serviceAccounts", "serviceAccountKeys"), "projects/*/serviceAccounts/{}"), {}),
    "firestore.googleapis.com/Database": (Sort("datastore", (), "projects/*/databases/{}"), {}),
    "sqladmin.googleapis.com/Instance": (Sort("cloudsql", (), "projects/*/instances/{}"), {}),
    "compute.googleapis.com/Instance": (Sort("compute", ("instances",), "projects/*/zones/*/instances/{}"), {}),
    "cloudresourcemanager.googleapis.com/Project": (Sort("resourcemanager", ("projects",), "projects/{}"), {}),
}
READERS = readers(
    _SORTS,
    {"bindings": OWN, "inherited": INHERITED, "roles": ROLES, "accounts": ON_ASSETS, "denies": DENIES, "joins": (ROLES, Inherited(SCOPES))},
)
