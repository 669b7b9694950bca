"""Secret Manager secrets by their REST resource. https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets"""

from __future__ import annotations

import datetime
from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.google_assets import COMMON, is_live, missing, named, own_bindings, public_inherited
from assay.scanner.facts.keys._old import rest_key_ref as key_ref
from assay.scanner.facts.keys.google import CRYPTO_KEY
from assay.scanner.facts.secrets import google
from assay.scanner.facts.secrets.kinds import Secret, SecretCopy
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.values import Unknown, Value

_SECRET = "secretmanager.googleapis.com/Secret"  # noqa: S105 - a type, no secret
_VERSION = "secretmanager.googleapis.com/SecretVersion"
# What acts on a message of a topic, and where it names the topic. Functions and triggers subscribe by a subscription of their own too.
_CONSUMERS = {
    "pubsub.googleapis.com/Subscription": "topic",
    "cloudfunctions.googleapis.com/Function": "eventTrigger.pubsubTopic",
    "cloudfunctions.googleapis.com/CloudFunction": "eventTrigger.resource",
    "eventarc.googleapis.com/Trigger": "transport.pubsub.topic",
}


@reads(_SECRET, companions=(_VERSION, *_CONSUMERS, CRYPTO_KEY, *COMMON))
def secret(item: Item, stack: Stack) -> Secret:
    location = _location(item)
    copies, others, automatic = _copies(item, stack) if location is None else _regional(item, stack, location)
    where, way = (
        ("the assets that were read", "include pubsub.googleapis.com/Subscription, of every project that subscribes")
        if is_live(item)
        else ("this template", "scan what subscribes together with this, or the live project")
    )
    return google.secret(
        identity(item, name=named(item)),
        item,
        copies=copies,
        others=others,
        automatic=automatic,
        period=item["rotation.rotationPeriod"],
        consumed=google.consumed(item, stack, _CONSUMERS, where, way),
        age=_age(item, stack),
        bindings=own_bindings(item) + public_inherited(item, stack, "secretmanager"),
    )


def _location(item: Item) -> str | None:
    """The region of a regional secret, which is in its name: `projects/p/locations/us-east4/secrets/etrade`."""
    _, found, rest = item.address.partition("/locations/")
    return rest.partition("/")[0] if found else None


def _copies(item: Item, stack: Stack) -> tuple[list[Any], list[Any], Value[Any]]:
    """The replicas of a secret, and whether Google chooses where they are: it does unless the secret lists them."""
    path = "replication.userManaged.replicas"
    replicas, more = item.blocks(path)
    if not replicas and not more:
        key = key_ref(item, "replication.automatic.customerManagedEncryption.kmsKeyName", stack)
        seen = (item.location(),)
        return [SecretCopy(region=Value("global", seen), encryption_key=key)], [], Value(True, seen)
    copies: list[Any] = [
        SecretCopy(region=replica["location"], encryption_key=key_ref(item, f"{path}.{at}.customerManagedEncryption.kmsKeyName", stack))
        for at, replica in enumerate(replicas)
    ]
    return copies + ([more] if more else []), [], Value(more if more and not replicas else False, (item.location(),))


def _age(item: Item, stack: Stack) -> Value[Any]:
    """Days between the making of the newest version in use and the inventory; None where there is no version."""
    if not is_live(item):
        return Value(None)
    versions = stack.companions(item, _VERSION, "name")
    if versions.more or not stack.of(_VERSION):
        return Value(versions.more or missing(item, "a version", _VERSION), (item.location(),))
    used = [each for each in versions.items if each["state"].default("ENABLED").equals("ENABLED").data is not False]
    made = [each["createTime"] for each in used]
    unknown = next((each for each in made if each.unknown), None)
    newest = unknown or max(made, key=lambda each: str(each.data), default=Value(None))
    return newest.then(lambda text: None if text is None else _days_between(text, item))


def _days_between(text: Any, item: Item) -> Any:
    try:
        read = datetime.datetime.fromisoformat(str(item["#as_of"].data))
        return (read - datetime.datetime.fromisoformat(str(text))).days
    except (TypeError, ValueError):
        return Unknown("how old the newest version is: the times cannot be read", "export it again", item.location())


def _regional(item: Item, stack: Stack, location: str) -> tuple[list[Any], list[Any], Value[Any]]:
    """A regional secret, with those of the same name in other regions of its project."""
    key = key_ref(item, "customerManagedEncryption.kmsKeyName", stack)
    own = SecretCopy(region=Value(location, (item.location(),)), encryption_key=key)
    same: list[Any] = [
        google.elsewhere(Value(_location(each), (each.location(),))) for each in _by_name(stack, _short(item)) if each is not item
    ]
    unlisted = [each.why for each in stack.of(_SECRET) if isinstance(each, Unlisted)]
    return [own], same + unlisted, Value(False, (item.location(),))


def _by_name(stack: Stack, name: str) -> list[Item]:
    """All regional secrets of a name."""
    if "regional secrets" not in stack.cache:
        found: dict[str, list[Item]] = {}
        for each in stack.of(_SECRET):
            if _location(each) is not None:
                found.setdefault(_short(each), []).append(each)
        stack.cache["regional secrets"] = found
    held: dict[str, list[Item]] = stack.cache["regional secrets"]
    return held.get(name, [])


def _short(item: Item) -> str:
    return item.address.rpartition("/")[2]
