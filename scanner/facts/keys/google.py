"""Cloud KMS keys, whatever input spells them."""

from __future__ import annotations

import re
from typing import Any

from assay.scanner.facts.base import Identity, Stack
from assay.scanner.facts.google_assets import is_live, missing
from assay.scanner.facts.keys.kinds import Key, KeyRef
from assay.scanner.facts.keys.references import OUTSIDE
from assay.scanner.facts.policies import google_grants
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Reference, Unknown, Value, any_of, describe

CRYPTO_KEY = "cloudkms.googleapis.com/CryptoKey"
VERSION = "cloudkms.googleapis.com/CryptoKeyVersion"
# https://cloud.google.com/kms/docs/reference/rest/v1/CryptoKeyVersionState
_UNUSABLE = (
    "DISABLED", "DESTROYED", "DESTROY_SCHEDULED", "PENDING_EXTERNAL_DESTRUCTION", "EXTERNAL_DESTRUCTION_FAILED", "IMPORT_FAILED",
    "GENERATION_FAILED",
)  # fmt: skip


def key(
    who: Identity,
    item: Item,
    *,
    purpose: Value[Any],
    period: Value[Any],
    import_only: Value[Any],
    levels: list[Value[Any]],
    enabled: Value[bool],
    bindings: list[Any],
) -> Key:
    """`period`: as the API writes it, `7776000s`. `levels`: where a protection level may stand."""
    outside = [level.default("SOFTWARE").equals("EXTERNAL", "EXTERNAL_VPC") for level in levels]
    imported = any_of([import_only.default(False).truth(), *outside])
    rotation = period.text().then(days)
    return Key(
        identity=who,
        rotatable=purpose.default("ENCRYPT_DECRYPT").equals("ENCRYPT_DECRYPT"),
        imported=imported,
        rotation_days=imported.then(lambda outside: OUTSIDE if outside and rotation.absent else rotation.data),
        enabled=enabled,
        grants=Value(google_grants(bindings), (item.location(),)),
    )


def days(duration: Any) -> float | Unknown | None:
    """Days of a protobuf duration such as `7776000s`."""
    if duration in (None, ""):
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(duration))
    return float(match[1]) / 86_400 if match else Unknown(f"{duration} is not a duration in seconds", "write it as 7776000s")


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


def key_ref(item: Item, path: str, stack: Stack) -> Value[KeyRef | None]:
    """The key that an attribute of a REST resource names: None where it names none. Cloud KMS holds customer-managed keys only."""
    named = item[path]

    def read(data: Any) -> Any:
        if data in (None, ""):
            return None
        return KeyRef(id=Value(describe(data), named.seen), customer_managed=Value(True, named.seen), disabled=_disabled(item, path, stack))

    return named.then(read)


def _disabled(item: Item, path: str, stack: Stack) -> Value[bool]:
    target = item.link(path).data
    held = stack.at(target.address) if isinstance(target, Reference) else None
    if held is not None:
        return enabled(held, stack).negate()
    return Value(missing(item, "the key", CRYPTO_KEY) if is_live(item) else False)
