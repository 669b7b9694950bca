"""Messaging of Google by its REST resources. https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics"""

from __future__ import annotations

from assay.scanner.facts.bindings import INHERITED, OWN, ROLES, SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.google import rest_key
from assay.scanner.facts.messaging.change_streams import DatabaseAt, database, triggers
from assay.scanner.facts.messaging.google import ChannelAt, channel
from assay.scanner.facts.messaging.google_deliveries import SubscriptionAt, subscribers, subscription
from assay.scanner.facts.messaging.kinds import ChangeStream, Delivery, MessageChannel, MessageStore
from assay.scanner.facts.messaging.stores import StoreAt, store
from assay.scanner.facts.spelling import Another, Inherited, Link

_JOINS = (Inherited(SCOPES),)

_TOPIC, _SUBSCRIPTION, _DEAD_LETTER = (
    "pubsub.googleapis.com/Topic", "pubsub.googleapis.com/Subscription", "deadLetterPolicy.deadLetterTopic",
)  # fmt: skip
_SUBSCRIPTION_AT = SubscriptionAt(
    topic="topic",
    dead_letter=Link(_DEAD_LETTER, (_TOPIC,)),
    own=OWN,
    of_topic=Another(OWN),
    inherited=INHERITED,
    subscribers=subscribers({_SUBSCRIPTION: "topic"}),
    dead_letters=subscribers({_SUBSCRIPTION: _DEAD_LETTER}),
    roles=ROLES,
    joins=_JOINS,
)
_TRIGGERS = triggers(
    {
        "eventarc.googleapis.com/Trigger": ("", "eventFilters", "destination.cloudRun.region"),
        "cloudfunctions.googleapis.com/Function": ("eventTrigger.eventType", "eventTrigger.eventFilters", "eventTrigger.triggerRegion"),
    }
)
READERS = (
    Reader(ChangeStream, ("firestore.googleapis.com/Database",), database, DatabaseAt(triggers=_TRIGGERS)),
    Reader(Delivery, (_SUBSCRIPTION,), subscription, _SUBSCRIPTION_AT),
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
