"""What messages are encrypted with at rest, whatever the service.

Nothing set means, of SQS, that SQS encrypts with a key of its own, since 2023 of every new queue:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html. SNS and Kinesis then do not
encrypt: https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html,
https://docs.aws.amazon.com/streams/latest/dev/what-is-sse.html. EventBridge, its Scheduler and Pub/Sub encrypt with a key of the provider:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-at-rest-key-options.html,
https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html, https://cloud.google.com/pubsub/docs/encryption
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.keys.references import KeyLink
from assay.scanner.facts.messaging.kinds import MessageStore
from assay.scanner.facts.messaging.parties import called
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Value, any_of


class StoreAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what messages are encrypted with."""

    key: Annotated[KeyLink, "encrypted", "encryption_key"]
    switch: Annotated[Place, "encrypted"] = ""
    """Of a queue, whether SQS encrypts with a key of its own."""
    type: Annotated[Place, "encrypted", "encryption_key"] = ""
    """Of a stream, `KMS` or `NONE`: with `KMS` and no key, `alias/aws/kinesis`."""
    by_default: Annotated[bool, "encrypted"] = True
    """Whether messages are encrypted where nothing is set."""
    given: str = ""
    """What a store is called that AWS gives to every account."""


def store(view: View, at: StoreAt) -> MessageStore | None:
    """None for the event bus that every account has, while nobody gave it a key: what AWS says of itself arrives there."""
    if at.given and view[at.name].data == at.given and view[at.key].absent:
        return None
    key = at.key.key(view)
    encrypted: Value[bool] = any_of([_named(key), view[at.switch].default(at.by_default).truth()])
    if at.type:
        encrypted = view[at.type].default("NONE").equals("KMS")
        key = encrypted.then(lambda on: at.key.key(view, view[at.key].default("alias/aws/kinesis")).data if on else None)
    return MessageStore(identity=view.identity(called(view, at.name)), encrypted=encrypted, encryption_key=key)


def _named(key: Value[Any]) -> Value[bool]:
    return key.then(lambda ref: ref is not None)
