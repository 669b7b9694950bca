"""What a resource names as its encryption key."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack
from assay.scanner.facts.keys.kinds import KeyRef
from assay.scanner.sources.values import Reference, Text, Unknown, Value, any_of, describe

# What is a customer-managed key, or the alias of one, by the type that an input has for it.
_CUSTOMER = (
    "aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key", "aws_kms_alias",
    "AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias",
    "google_kms_crypto_key", "google_kms_crypto_key_version",
)  # fmt: skip
_TARGETS = {"aws_kms_alias": "target_key_id", "AWS::KMS::Alias": "TargetKeyId"}
_SWITCHES = ("is_enabled", "enabled", "Enabled")
OUTSIDE = Unknown("the key material comes from outside: whoever holds it rotates it", "attest the rotation of the imported key material")
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
