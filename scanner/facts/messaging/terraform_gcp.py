"""Messaging of Google in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/pubsub_topic_iam"""

from __future__ import annotations

from assay.scanner.facts.bindings import iam
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.terraform_gcp import ROLES
from assay.scanner.facts.keys.references import crypto_key
from assay.scanner.facts.messaging.google import ChannelAt, channel
from assay.scanner.facts.messaging.kinds import MessageChannel, MessageStore
from assay.scanner.facts.messaging.stores import StoreAt, store

_NAMES = ("name", "id")

READERS = (
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
