"""Messaging of Google in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/pubsub_topic_iam"""

from __future__ import annotations

from assay.scanner.facts.bindings import iam
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.terraform_gcp import ROLES
from assay.scanner.facts.keys.references import crypto_key
from assay.scanner.facts.messaging.change_streams import DatabaseAt, database, triggers
from assay.scanner.facts.messaging.google import ChannelAt, channel
from assay.scanner.facts.messaging.google_deliveries import SubscriptionAt, project_bindings, subscribers, subscription
from assay.scanner.facts.messaging.kinds import ChangeStream, Delivery, MessageChannel, MessageStore
from assay.scanner.facts.messaging.stores import StoreAt, store
from assay.scanner.facts.spelling import Another, Link

_NAMES = ("name", "id")

_SUBSCRIPTION, _DEAD_LETTER = "google_pubsub_subscription", "dead_letter_policy.dead_letter_topic"
_SUBSCRIPTION_AT = SubscriptionAt(
    name="name",
    names=_NAMES,
    topic="topic",
    dead_letter=Link(_DEAD_LETTER, ("google_pubsub_topic",)),
    own=iam("google_pubsub_subscription_iam", "subscription"),
    of_topic=Another(iam("google_pubsub_topic_iam", "topic")),
    identities=Link("service", ("google_project_service_identity",)),
    project=project_bindings("google_project_iam"),
    subscribers=subscribers({_SUBSCRIPTION: "topic"}),
    dead_letters=subscribers({_SUBSCRIPTION: _DEAD_LETTER}),
    roles=ROLES,
)
_TRIGGERS = triggers(
    {
        "google_eventarc_trigger": ("", "matching_criteria", "destination.cloud_run_service.region|location"),
        "google_cloudfunctions2_function": ("event_trigger.event_type", "event_trigger.event_filters", "location"),
    }
)
READERS = (
    Reader(ChangeStream, ("google_firestore_database",), database, DatabaseAt(name="name", triggers=_TRIGGERS)),
    Reader(Delivery, (_SUBSCRIPTION,), subscription, _SUBSCRIPTION_AT),
    Reader(MessageStore, ("google_pubsub_topic",), store, StoreAt(name="name", key=crypto_key("kms_key_name"))),
    Reader(
        MessageChannel,
        ("google_pubsub_topic",),
        channel,
        ChannelAt(name="name", names=_NAMES, bindings=iam("google_pubsub_topic_iam", "topic"), roles=ROLES),
    ),
    Reader(
        MessageChannel,
        ("google_pubsub_subscription",),
        channel,
        ChannelAt(name="name", names=_NAMES, bindings=iam("google_pubsub_subscription_iam", "subscription"), roles=ROLES),
    ),
    Reader(
        MessageChannel,
        ("google_cloud_tasks_queue",),
        channel,
        ChannelAt(name="name", names=_NAMES, bindings=iam("google_cloud_tasks_queue_iam", "name"), roles=ROLES, service="cloudtasks"),
    ),
)
