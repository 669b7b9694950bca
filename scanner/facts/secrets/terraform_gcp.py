"""Secret Manager in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/secret_manager_secret"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.google_iam import BINDING_PARTS, bindings_of
from assay.scanner.facts.keys._old import key_ref
from assay.scanner.facts.secrets import google
from assay.scanner.facts.secrets.kinds import Secret, SecretCopy
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Value, any_of

# What acts on a message of a topic, and where it names the topic.
_CONSUMERS = {
    "google_pubsub_subscription": "topic",
    "google_cloudfunctions2_function": "event_trigger.pubsub_topic",
    "google_eventarc_trigger": "transport.pubsub.topic",
}
_IAM = {f"google_secret_manager_secret_iam_{part}": "secret_id" for part in BINDING_PARTS}
_REGIONAL_IAM = {f"google_secret_manager_regional_secret_iam_{part}": "secret_id" for part in BINDING_PARTS}


@reads("google_secret_manager_secret", orphans=_IAM, names=("secret_id",), companions=tuple(_CONSUMERS))
def secret(item: Item, stack: Stack) -> Secret:
    automatic = any_of([_present(item, "replication.auto"), item["replication.automatic"].default(False).truth()])
    blocks, more = item.blocks("replication.user_managed.replicas")
    copies: list[Any] = [
        SecretCopy(region=block["location"], encryption_key=key_ref(block["customer_managed_encryption.kms_key_name"], stack))
        for block in blocks
    ]
    if automatic.data is True:
        key = item["replication.auto.customer_managed_encryption.kms_key_name"]
        copies = [SecretCopy(region=Value("global", automatic.seen), encryption_key=key_ref(key, stack))]
    elif more or automatic.unknown:
        copies.append(more or automatic.unknown)
    return _secret(item, stack, _IAM, copies, [], automatic)


@reads("google_secret_manager_regional_secret", companions=tuple(_REGIONAL_IAM))
def regional_secret(item: Item, stack: Stack) -> Secret:
    key = item["customer_managed_encryption.kms_key_name"]
    own = SecretCopy(region=item["location"], encryption_key=key_ref(key, stack))
    same = [doubt or google.elsewhere(each["location"]) for each, doubt in stack.namesakes(item, "secret_id")]
    return _secret(item, stack, _REGIONAL_IAM, [own], same, Value(False))


def _present(item: Item, path: str) -> Value[bool]:
    nodes, more = item.blocks(path)
    return Value(True if nodes else more or False, [node.location() for node in nodes] or [item.location()])


def _secret(item: Item, stack: Stack, iam: dict[str, str], copies: list[Any], others: list[Any], automatic: Value[Any]) -> Secret:
    parts = {type_: stack.companions(item, type_, via, names=("secret_id",)) for type_, via in iam.items()}
    way = "scan the code that subscribes together with this, or the live project"
    return google.secret(
        identity(item, name=item["secret_id"], companions=parts.values()),
        item,
        copies=copies,
        others=others,
        automatic=automatic,
        period=item["rotation.rotation_period"],
        consumed=google.consumed(item, stack, _CONSUMERS, "this code", way),
        age=Value(None),
        bindings=[binding for type_, held in parts.items() for binding in bindings_of(type_, held)],
    )
