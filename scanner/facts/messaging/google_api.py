"""Messaging of Google by its REST resources. https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics"""

from __future__ import annotations

from assay.scanner.facts.bindings import INHERITED, OWN, ROLES, SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.google import rest_key
from assay.scanner.facts.messaging.google import ChannelAt, channel
from assay.scanner.facts.messaging.kinds import MessageChannel, MessageStore
from assay.scanner.facts.messaging.stores import StoreAt, store
from assay.scanner.facts.spelling import Inherited

_JOINS = (Inherited(SCOPES),)

READERS = (
    Reader(MessageStore, ("pubsub.googleapis.com/Topic",), store, StoreAt(key=rest_key("kmsKeyName"))),
    Reader(
        MessageChannel,
        ("pubsub.googleapis.com/Topic", "pubsub.googleapis.com/Subscription"),
        channel,
        ChannelAt(bindings=OWN, roles=ROLES, inherited=INHERITED, joins=_JOINS),
    ),
    Reader(
        MessageChannel,
        ("cloudtasks.googleapis.com/Queue",),
        channel,
        ChannelAt(bindings=OWN, roles=ROLES, inherited=INHERITED, service="cloudtasks", joins=_JOINS),
    ),
)
