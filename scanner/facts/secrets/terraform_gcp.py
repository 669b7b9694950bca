"""Secret Manager in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/secret_manager_secret"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.bindings import iam
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.references import crypto_key
from assay.scanner.facts.secrets import google
from assay.scanner.facts.secrets.kinds import Secret
from assay.scanner.facts.spelling import Index, Namesakes

# What acts on a message of a topic, and where it names the topic.
_SUBSCRIBERS = {
    "google_pubsub_subscription": "topic",
    "google_cloudfunctions2_function": "event_trigger.pubsub_topic",
    "google_cloudfunctions_function": "event_trigger.resource",
    "google_eventarc_trigger": "transport.pubsub.topic",
}
_COMMON: dict[str, Any] = {
    "name": "secret_id",
    "names": ("secret_id",),
    "namesakes": Namesakes("secret_id"),
    "replica_key": crypto_key("customer_managed_encryption.kms_key_name"),
    "period": "rotation.rotation_period",
    "next": "rotation.next_rotation_time",
    "subscribers": Index(tuple(_SUBSCRIBERS), google.subscribing(_SUBSCRIBERS, lambda item: item)),
    "looked_in": "this code",
}
_SECRET = google.SecretAt(
    **_COMMON,
    key=crypto_key("replication.auto.customer_managed_encryption.kms_key_name"),
    replicas="replication.user_managed.replicas",
    bindings=iam("google_secret_manager_secret_iam", "secret_id"),
)
_REGIONAL_SECRET = google.SecretAt(
    **_COMMON,
    region=lambda view: view["location"],
    key=crypto_key("customer_managed_encryption.kms_key_name"),
    bindings=iam("google_secret_manager_regional_secret_iam", "secret_id"),
)
READERS = (
    Reader(Secret, ("google_secret_manager_secret",), google.secret, _SECRET),
    Reader(Secret, ("google_secret_manager_regional_secret",), google.secret, _REGIONAL_SECRET),
)
