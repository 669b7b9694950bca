"""Secret Manager secrets by their REST resource. https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.bindings import INHERITED, OWN, ROLES, SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.google import rest_key
from assay.scanner.facts.secrets import google
from assay.scanner.facts.secrets.kinds import Secret
from assay.scanner.facts.spelling import Contribution, Inherited, Namesakes, Referrer
from assay.scanner.facts.view import View, may_not_exist
from assay.scanner.override import override
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Value

# What acts on a message of a topic, and where it names the topic. Functions and triggers subscribe by a subscription of their own too.
_SUBSCRIBERS = {
    "pubsub.googleapis.com/Subscription": "topic",
    "cloudfunctions.googleapis.com/Function": "eventTrigger.pubsubTopic",
    "cloudfunctions.googleapis.com/CloudFunction": "eventTrigger.resource",
    "eventarc.googleapis.com/Trigger": "transport.pubsub.topic",
}


class RegionalName(Namesakes, frozen=True):
    """The last part of a regional secret's full name."""

    @override
    def text(self, item: Item) -> str | None:
        return item.address.rpartition("/")[2] if "/locations/" in item.address else None


def _region(view: View) -> Value[Any]:
    """The region of a regional secret, which is in its name: `projects/p/locations/us-east4/secrets/etrade`."""
    return view.says(view.item.address.partition("/locations/")[2].partition("/")[0] or None)


def _exists(item: Item) -> Value[bool]:
    return Value(may_not_exist(item) if item.template else True, (item.location(),))


_SECRET = google.SecretAt(
    region=_region,
    key=rest_key("customerManagedEncryption.kmsKeyName|replication.automatic.customerManagedEncryption.kmsKeyName"),
    namesakes=RegionalName(),
    replicas="replication.userManaged.replicas",
    replica_key=rest_key("customerManagedEncryption.kmsKeyName"),
    period="rotation.rotationPeriod",
    next="rotation.nextRotationTime",
    subscribers=Contribution(types=tuple(_SUBSCRIBERS), records=google.subscribing(_SUBSCRIBERS, _exists), name="google.subscribers"),
    looked_in="this template",
    versions=Referrer(google.VERSION, "name", "createTime"),
    bindings=OWN,
    inherited=INHERITED,
    joins=(ROLES, Inherited(SCOPES)),
)
READERS = (Reader(Secret, ("secretmanager.googleapis.com/Secret",), google.secret, _SECRET),)
