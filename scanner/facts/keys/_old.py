"""Transitional: keys for readers in the old form."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack
from assay.scanner.facts.google_assets import is_live, missing
from assay.scanner.facts.keys.aws_api import ALIASES, DESCRIBE, KEYS, in_region
from assay.scanner.facts.keys.google import CRYPTO_KEY, VERSION
from assay.scanner.facts.keys.kinds import KeyRef
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Reference, Text, Unknown, Value, any_of, describe

__all__ = ["in_region"]

_UNUSABLE = (
    "DISABLED", "DESTROYED", "DESTROY_SCHEDULED", "PENDING_EXTERNAL_DESTRUCTION", "EXTERNAL_DESTRUCTION_FAILED", "IMPORT_FAILED",
    "GENERATION_FAILED",
)  # fmt: skip
KEY_NEEDS = (KEYS.type, (KEYS.type, DESCRIBE), ALIASES.type)
_USABLE = ("Enabled", "Creating", "Updating")
_STATE = "describe_key.KeyMetadata.KeyState"

# What is a customer-managed key, or the alias of one, by the type that an input has for it.
_CUSTOMER = (
    "aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key", "aws_kms_alias",
    "AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias",
    "google_kms_crypto_key", "google_kms_crypto_key_version",
)  # fmt: skip
_TARGETS = {"aws_kms_alias": "target_key_id", "AWS::KMS::Alias": "TargetKeyId"}
_SWITCHES = ("is_enabled", "enabled", "Enabled")
_OUTSIDE = Unknown("the key material comes from outside: whoever holds it rotates it", "attest the rotation of the imported key material")
_SETTLES = "give the key's ARN, or scan the live resource"


def key_ref(value: Value[Any], stack: Stack) -> Value[KeyRef | None]:
    """The key that an attribute names: None where it names none, Unknown where it cannot be told what the value will be."""

    def read(data: Any) -> Any:
        if data is None or data == "":
            return None
        managed = _customer_managed(data, stack)
        return KeyRef(id=Value(describe(data), value.seen), customer_managed=Value(managed, value.seen), disabled=_disabled(data, stack))

    return value.then(read)


def _customer_managed(data: Any, stack: Stack) -> bool | Unknown:
    if isinstance(data, Reference):
        return _referred(data, stack)
    text = (
        data if isinstance(data, str) else "".join(part for part in data.parts if isinstance(part, str)) if isinstance(data, Text) else ""
    )
    if text.startswith("alias/aws/") or ":alias/aws/" in text:
        return False  # https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key
    if isinstance(data, str):
        return True
    if isinstance(data, Text):
        first = next((part for part in data.parts if isinstance(part, Reference)), None)
        if any(mark in text for mark in (":key/", ":alias/", "alias/", "/cryptoKeys/")):
            return True
        return _referred(first, stack) if first else data.unknown or Unknown(f"which key {data} is", _SETTLES)
    return Unknown(f"{describe(data)} is no key", _SETTLES)


def _disabled(data: Any, stack: Stack) -> Value[bool]:
    item = stack.at(data.address) if isinstance(data, Reference) else None
    if item is None:
        return Value(False)
    if item.type in _TARGETS:
        target = item.link(_TARGETS[item.type]).data
        return _disabled(target, stack) if isinstance(target, Reference) and target.type not in _TARGETS else Value(False)
    return any_of([item[name].default(True).truth().negate() for name in _SWITCHES])


def _referred(reference: Reference, stack: Stack) -> bool | Unknown:
    if not reference.is_data:
        return reference.type in _CUSTOMER or Unknown(f"whether {reference} is a customer-managed key", _SETTLES)
    if reference.type in ("google_kms_crypto_key", "google_kms_crypto_key_version"):
        return True  # Cloud KMS holds customer-managed keys only
    item = stack.at(reference.address)
    named = [item[name].data for name in ("name", "key_id")] if item else []
    alias = next((name for name in named if isinstance(name, str)), "")
    if alias.startswith("alias/"):
        return not alias.startswith("alias/aws/")
    return Unknown(f"whether {reference} is a customer-managed key: its data source is read at plan time", _SETTLES)


def enabled(item: Item, stack: Stack) -> Value[bool]:
    """Whether a key, given as a REST resource, has a version that can be used: its primary, or any where it has none."""
    state = item["primary.state"]
    if not state.absent:
        return state.equals(*_UNUSABLE).negate()
    if not is_live(item):
        return Value(True, (item.location(),))  # a template makes the first version too
    versions = stack.companions(item, VERSION, "name")
    if versions.items:
        usable = [each["state"].equals(*_UNUSABLE).negate() for each in versions.items]
        return any_of([*usable, Value(versions.more or False)])
    return Value(versions.more or missing(item, "a version", VERSION), (item.location(),))


def rest_key_ref(item: Item, path: str, stack: Stack) -> Value[KeyRef | None]:
    """The key that an attribute of a REST resource names: None where it names none. Cloud KMS holds customer-managed keys only."""
    named = item[path]

    def read(data: Any) -> Any:
        if data in (None, ""):
            return None
        return KeyRef(
            id=Value(describe(data), named.seen), customer_managed=Value(True, named.seen), disabled=_rest_disabled(item, path, stack)
        )

    return named.then(read)


def _rest_disabled(item: Item, path: str, stack: Stack) -> Value[bool]:
    target = item.link(path).data
    held = stack.at(target.address) if isinstance(target, Reference) else None
    if held is not None:
        return enabled(held, stack).negate()
    return Value(missing(item, "the key", CRYPTO_KEY) if is_live(item) else False)


def live_key(value: Value[Any], item: Item, stack: Stack) -> Value[KeyRef | None]:
    """The key that an answer names by ARN, id or alias; `item` is the resource that it encrypts."""

    def read(data: Any) -> Any:
        return KeyRef(id=Value(str(data), value.seen), **_facts(str(data), item, stack)) if data else None

    return value.then(read)


def _facts(named: str, item: Item, stack: Stack) -> dict[str, Any]:
    account, region = item.account.data, item.region.data
    fields = named.split(":")
    if len(fields) > 5:
        account, region, named = fields[4], fields[3], ":".join(fields[5:])
    name = named.removeprefix("key/")
    if name.startswith("alias/aws/"):
        return {"customer_managed": Value(False), "disabled": Value(False)}
    if account != item.account.data:
        # No other account can use a key that AWS manages: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key
        return {"customer_managed": Value(True), "disabled": Value(False)}
    found = _find(name, region, stack)
    if found is None:
        reason = f"the key {name} is not among the keys of {account} in {region} that were listed"
        why = next((each["KeyArn"].unknown for each in stack.of(KEYS.type, ALIASES.type) if each["KeyArn"].unknown), None)
        missing: Value[Any] = Value(why or Unknown(reason, f"audit {region} too; if it was, the key is deleted or of another account"))
        return {"customer_managed": missing, "disabled": missing}
    state = found[_STATE]
    return {
        "customer_managed": found["describe_key.KeyMetadata.KeyManager"].equals("CUSTOMER"),
        "disabled": state.equals(*_USABLE).negate(),
    }


def _find(name: str, region: Any, stack: Stack) -> Item | None:
    """A key by its id, or by one of its aliases, in a region."""
    if "keys by name" not in stack.cache:
        keys = {(each["KeyId"].data, each.region.data): each for each in stack.of(KEYS.type) if each["KeyArn"].unknown is None}
        for alias in stack.of(ALIASES.type):
            target = keys.get((alias["TargetKeyId"].data, alias.region.data))
            if target is not None and alias["AliasName"].unknown is None:
                keys[alias["AliasName"].data, alias.region.data] = target
        stack.cache["keys by name"] = keys
    found: Item | None = stack.cache["keys by name"].get((name, region))
    return found
