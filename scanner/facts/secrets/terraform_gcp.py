"""Secret Manager in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/secret_manager_secret"""

from __future__ import annotations

from typing import Any

from scanner.facts.base import Stack, identity, if_there, reads
from scanner.facts.google_iam import BINDING_PARTS, bindings_of
from scanner.facts.keys.references import key_ref
from scanner.facts.keys.terraform_gcp import days
from scanner.facts.policies import google_grants
from scanner.facts.secrets.kinds import Secret, SecretCopy
from scanner.sources.interface import Item
from scanner.sources.values import Reference, Text, Unknown, Value, any_of

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
    return _secret(item, stack, _IAM, copies, automatic)


@reads("google_secret_manager_regional_secret", companions=tuple(_REGIONAL_IAM))
def regional_secret(item: Item, stack: Stack) -> Secret:
    key = item["customer_managed_encryption.kms_key_name"]
    own = SecretCopy(region=item["location"], encryption_key=key_ref(key, stack))
    copies: list[Any] = [own]
    found = _secret(item, stack, _REGIONAL_IAM, copies, Value(False))
    same = [doubt or SecretCopy(region=each["location"], encryption_key=Value(None)) for each, doubt in stack.namesakes(item, "secret_id")]
    found.regions = Value([own, *same], (item.location(),))
    found.replicated = _more_than_one([own, *same], item)
    return found


def _present(item: Item, path: str) -> Value[bool]:
    nodes, more = item.blocks(path)
    return Value(True if nodes else more or False, [node.location() for node in nodes] or [item.location()])


def _secret(item: Item, stack: Stack, iam: dict[str, str], copies: list[Any], automatic: Value[Any]) -> Secret:
    parts = {type_: stack.companions(item, type_, via, names=("secret_id",)) for type_, via in iam.items()}
    grants = google_grants(binding for type_, held in parts.items() for binding in bindings_of(type_, held))
    return Secret(
        identity=identity(item, name=item["secret_id"], companions=parts.values()),
        copies=Value(copies, (item.location(),)),
        regions=Value(copies, (item.location(),)),
        replicated=any_of([automatic, _more_than_one(copies, item)]),
        automatic_replication=automatic,
        rotation_days=item["rotation.rotation_period"].text().then(days),
        rotation_consumed=_consumed(item, stack),
        managed_by_service=Value(False),
        grants=Value(grants, (item.location(),)),
    )


def _more_than_one(copies: list[Any], item: Item) -> Value[bool]:
    unknown = next((copy for copy in copies if isinstance(copy, Unknown)), None)
    known = [copy for copy in copies if not isinstance(copy, Unknown)]
    return Value(True if len(known) > 1 else unknown or False, (item.location(),))


def _consumed(item: Item, stack: Stack) -> Value[bool]:
    """Rotation only publishes a message: https://cloud.google.com/secret-manager/docs/secret-rotation. Somebody has to subscribe."""
    linked = item.link("topics.name")
    topics, more = item.blocks("topics")
    if not topics and not more:
        return Value(False, (item.location(),))
    names = {_topic(topic.link("name").data) for topic in topics} | {_topic(linked.data)}
    names.discard("")
    acting = [
        if_there(Value(True, (node.location(),)), node, False)
        for type_, path in _CONSUMERS.items()
        for node in stack.beside(item, type_)
        if _topic(node.link(path).data) in names
    ]
    if acting:
        return any_of(acting)
    reason = "whether anything subscribes to the rotation topic: no subscription of it is in this code"
    return Value(
        Unknown(reason, "scan the code that subscribes together with this, or the live project", item.location()), (item.location(),)
    )


def _topic(data: Any) -> str:
    if isinstance(data, Reference):
        return data.address
    return str(data).rpartition("/topics/")[2] if isinstance(data, (str, Text)) else ""
