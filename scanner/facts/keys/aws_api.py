"""KMS in the live account. https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.keys import kms
from assay.scanner.facts.keys.kinds import Key, KeyRef
from assay.scanner.sources.aws.calls import Call, Listing, listing
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Unknown, Value, all_of, first_known

_KEY = (("KeyId", "KeyId"),)
_CUSTOMER = ("describe_key.KeyMetadata.KeyManager", "CUSTOMER")
DESCRIBE = Call("kms", "DescribeKey", _KEY)
# Keys that cannot rotate say so by this code: https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html
ROTATION = Call("kms", "GetKeyRotationStatus", _KEY, absent=("UnsupportedOperationException",), when=_CUSTOMER)
POLICY = Call("kms", "GetKeyPolicy", (*_KEY, ("PolicyName", "=default")), when=_CUSTOMER)
KEYS = listing(
    Listing(
        "kms.key",
        Call("kms", "ListKeys", page_size=1000),
        entries="Keys",
        id="KeyArn",
        joined_across_regions=True,
        gone=("NotFoundException",),
        details=(DESCRIBE, ROTATION, POLICY),
    )
)
ALIASES = listing(
    Listing("kms.alias", Call("kms", "ListAliases", page_size=100), entries="Aliases", id="AliasArn", joined_across_regions=True)
)
KEY_NEEDS = (KEYS.type, (KEYS.type, DESCRIBE), ALIASES.type)
"""What a fact needs that names a key."""
# https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
_USABLE = ("Enabled", "Creating", "Updating")
_STATE = "describe_key.KeyMetadata.KeyState"


@reads(
    KEYS.type,
    companions=(ALIASES.type,),
    needs={
        "rotatable": (DESCRIBE,),
        "imported": (DESCRIBE,),
        "rotation_days": (DESCRIBE, ROTATION),
        "enabled": (DESCRIBE,),
        "grants": (DESCRIBE, POLICY),
        "name": (DESCRIBE,),
    },
)
def key(item: Item, stack: Stack) -> Key | None:
    about = "describe_key.KeyMetadata"
    if item[f"{about}.KeyManager"].data == "AWS":
        return None
    imported = item[f"{about}.Origin"].equals("EXTERNAL")
    replica = item[f"{about}.MultiRegionConfiguration.MultiRegionKeyType"].equals("REPLICA")
    spec, usage = item[f"{about}.KeySpec"], item[f"{about}.KeyUsage"]
    days = kms.rotation_days(item["get_key_rotation_status.KeyRotationEnabled"], item["get_key_rotation_status.RotationPeriodInDays"])
    return Key(
        identity=identity(item, name=first_known(_text(item[f"{about}.Description"]), item["KeyId"])),
        # A replica rotates with its primary: https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-manage.html
        rotatable=all_of([kms.rotatable(spec, usage, item[f"{about}.CustomKeyStoreId"]), replica.negate()]),
        imported=imported,
        rotation_days=kms.outside(imported, days),
        enabled=item[_STATE].equals(*_USABLE),
        grants=kms.grants(item, [item["get_key_policy.Policy"]]),
    )


def _text(value: Value[Any]) -> Value[Any]:
    return Value(value.data or None, value.seen) if value.unknown is None else Value(None)


def live_key(value: Value[Any], item: Item, stack: Stack) -> Value[KeyRef | None]:
    """The key that an answer names by ARN, id or alias; `item` is the resource that it encrypts."""

    def read(data: Any) -> Any:
        return KeyRef(id=Value(str(data), value.seen), **_facts(str(data), item, stack)) if data else None

    return value.then(read)


def in_region(value: Value[Any], region: Value[Any], item: Item) -> Value[Any]:
    """The key that a copy of `item` in another region has, by its ARN: the copy may name it by an id or alias of that region."""

    def arn(data: Any) -> Any:
        if not isinstance(data, str) or not data or data.startswith("arn:") or not isinstance(region.data, str):
            return data
        partition = item.address.split(":")[1]
        return f"arn:{partition}:kms:{region.data}:{item.account.data}:{data if data.startswith('alias/') else f'key/{data}'}"

    return value.then(arn)


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
