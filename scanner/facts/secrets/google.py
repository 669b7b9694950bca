"""Secret Manager secrets, whatever input spells them."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Identity, Stack, if_there
from assay.scanner.facts.keys.google import days
from assay.scanner.facts.policies import google_grants
from assay.scanner.facts.secrets.kinds import Secret, SecretCopy
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Reference, Text, Unknown, Value, any_of


def secret(
    who: Identity,
    item: Item,
    *,
    copies: list[Any],
    others: list[Any],
    automatic: Value[Any],
    period: Value[Any],
    consumed: Value[bool],
    age: Value[Any],
    bindings: list[Any],
) -> Secret:
    """`copies` and `others`: SecretCopy or Unknown; `others` are secrets of the same name elsewhere. `period`: as the API writes it.
    `age`: days since its newest version was made; None where the input is not live."""
    return Secret(
        identity=who,
        copies=Value(copies, (item.location(),)),
        regions=Value(copies + others, (item.location(),)),
        replicated=any_of([automatic, _more_than_one(copies + others, item)]),
        automatic_replication=automatic,
        rotation_days=period.text().then(days),
        rotation_consumed=consumed,
        managed_by_service=Value(False),
        days_since_rotation=age,
        grants=Value(google_grants(bindings), (item.location(),)),
    )


def elsewhere(location: Value[Any]) -> SecretCopy:
    """A secret of the same name in another region, whose key is judged there."""
    return SecretCopy(region=location, encryption_key=Value(None))


def _more_than_one(copies: list[Any], item: Item) -> Value[bool]:
    unknown = next((copy for copy in copies if isinstance(copy, Unknown)), None)
    known = [copy for copy in copies if not isinstance(copy, Unknown)]
    return Value(True if len(known) > 1 else unknown or False, (item.location(),))


def consumed(item: Item, stack: Stack, consumers: dict[str, str], where: str, settles_it: str) -> Value[bool]:
    """Rotation only publishes a message: https://cloud.google.com/secret-manager/docs/secret-rotation. Somebody has to subscribe.

    `consumers`: types to where they name a topic. `where` and `settles_it`: what was looked at, and what else there is to look at.
    """
    linked = item.link("topics.name")
    topics, more = item.blocks("topics")
    if not topics and not more:
        return Value(False, (item.location(),))
    names = {_topic(topic.link("name").data) for topic in topics} | {_topic(linked.data)}
    names.discard("")
    held = _by_topic(stack, consumers)
    subscribed = [each for name in names for each in held.get(name, ())]
    acting = [if_there(Value(True, (node.location(),)), node, False) for node in stack.certain(item, subscribed)]
    if acting:
        return any_of(acting)
    reason = f"whether anything subscribes to the rotation topic: no subscription of it is in {where}"
    return Value(Unknown(reason, settles_it, item.location()), (item.location(),))


def _by_topic(stack: Stack, consumers: dict[str, str]) -> dict[str, list[Item]]:
    """Everything that acts on the messages of a topic."""
    key = f"consumers {list(consumers)}"
    if key not in stack.shared:
        found: dict[str, list[Item]] = {}
        for type_, path in consumers.items():
            for each in stack.everywhere(type_):
                # A detached subscription gets no messages: https://cloud.google.com/pubsub/docs/detach-subscriptions
                if each["detached"].data is not True:
                    found.setdefault(_topic(each.link(path).data), []).append(each)
        stack.shared[key] = found
    held: dict[str, list[Item]] = stack.shared[key]
    return held


def _topic(data: Any) -> str:
    if isinstance(data, Reference):
        return data.address
    return str(data).rpartition("/topics/")[2] if isinstance(data, (str, Text)) else ""
