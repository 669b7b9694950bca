"""KMS in the live account. https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys import aws_config, kms, names
from assay.scanner.facts.keys.kinds import Key, KeyRef
from assay.scanner.facts.keys.references import KeyLink
from assay.scanner.facts.spelling import Index, Referrer
from assay.scanner.facts.view import View
from assay.scanner.override import override
from assay.scanner.sources.aws.calls import Call, Listing
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

_KEY = (("KeyId", "KeyId"),)
_CUSTOMER = ("describe_key.KeyMetadata.KeyManager", "CUSTOMER")
DESCRIBE = Call("kms", "DescribeKey", _KEY)
# Keys that cannot rotate say so by this code: https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html
ROTATION = Call("kms", "GetKeyRotationStatus", _KEY, absent=("UnsupportedOperationException",), when=_CUSTOMER)
POLICY = Call("kms", "GetKeyPolicy", (*_KEY, ("PolicyName", "=default")), when=_CUSTOMER)
KEYS = Listing(
    "kms.key",
    Call("kms", "ListKeys", page_size=1000),
    entries="Keys",
    id="KeyArn",
    joined_across_regions=True,
    gone=("NotFoundException",),
    details=(DESCRIBE, ROTATION, POLICY),
    recorded=aws_config.KEY,
)
ALIASES = Listing(
    "kms.alias",
    Call("kms", "ListAliases", page_size=100),
    entries="Aliases",
    id="AliasArn",
    joined_across_regions=True,
    recorded=aws_config.ALIAS,
)
# https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantListEntry.html
GRANTS = Listing(
    "kms.grant",
    Call("kms", "ListGrants", _KEY, when=_CUSTOMER, page_size=100),
    entries="Grants",
    id="{KeyArn}/grant/{GrantId}",
    parent=KEYS.type,
    joined_across_regions=True,
    known=(("KeyArn", "KeyArn"),),
)
LISTINGS = (KEYS, ALIASES, GRANTS)
_ABOUT = "describe_key.KeyMetadata"

READERS = (
    Reader(
        Key,
        (KEYS.type,),
        kms.key,
        kms.KeyAt(
            name=f"{_ABOUT}.Description|KeyId",
            manager=f"{_ABOUT}.KeyManager",
            spec=f"{_ABOUT}.KeySpec",
            usage=f"{_ABOUT}.KeyUsage",
            key_store=f"{_ABOUT}.CustomKeyStoreId",
            replica=f"{_ABOUT}.MultiRegionConfiguration.MultiRegionKeyType",
            primary=f"{_ABOUT}.MultiRegionConfiguration.PrimaryKey.Arn",
            origin=f"{_ABOUT}.Origin",
            rotates="get_key_rotation_status.KeyRotationEnabled",
            period="get_key_rotation_status.RotationPeriodInDays",
            enabled=f"{_ABOUT}.KeyState",
            policies="get_key_policy.Policy",
            names=("KeyId",),
            aliases=Referrer(ALIASES.type, "TargetKeyId", "AliasName"),
        ),
        always=False,
    ),
)


def _by_name(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """A key by its id and region, an alias by its name and region; under None why there may be more of them."""
    if why := item["KeyArn"].unknown:
        yield None, why
    elif item.type == KEYS.type:
        yield (item["KeyId"].data, item.region.data), item
    elif item["AliasName"].unknown is None:
        yield (item["AliasName"].data, item.region.data), item["TargetKeyId"].data


BY_NAME = Index((KEYS.type, ALIASES.type), _by_name, calls=(DESCRIBE.name,))


class LiveKey(KeyLink, frozen=True):
    """In an answer: a key by its ARN, id or alias."""

    by_name: Index = BY_NAME

    @override
    def facts(self, view: View, named: Any) -> tuple[bool | Unknown, Value[bool]]:
        """Of this account, by the keys that were listed; one that an ARN of another names is a customer's own, and taken for enabled."""
        account, region, name = view.item.account.data, view.item.region.data, str(named)
        fields = name.split(":")
        if len(fields) > 5:
            account, region, name = fields[4], fields[3], ":".join(fields[5:])
        name = name.removeprefix("key/")
        own = names.aws_key(str(named))
        if own is not True:
            return own, Value(False)
        if account != view.item.account.data:
            # No other account can use a key that AWS manages: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key
            return True, Value(False)
        key = self._find(view, name, region)
        if isinstance(key, Item):
            managed = key[f"{_ABOUT}.KeyManager"].equals("CUSTOMER").data
            return managed, key[f"{_ABOUT}.KeyState"].equals(*kms.USABLE).negate()
        reason = f"the key {name} is not among the keys of {account} in {region} that were listed"
        why = key or Unknown(reason, f"audit {region} too; if it was, the key is deleted or of another account")
        return why, Value(why)

    def _find(self, view: View, name: str, region: Any) -> Item | Unknown | None:
        """A key by its id, or by one of its aliases, in a region; why it may be there though it was not listed."""
        known = view.index(self.by_name)
        for record in known.get((name, region), ()):
            keys = [record] if isinstance(record, Item) else known.get((record, region), ())
            first_key = next((key for key in keys if isinstance(key, Item)), None)
            if first_key is not None:
                return first_key
        return next(iter(known.get(None, ())), None)


def live_key(path: str) -> LiveKey:
    """The key that an answer names at a path."""
    return LiveKey(path, ())


class LiveCopyKey(LiveKey, frozen=True):
    """In an answer about a copy of the resource in another region: the key there, which may be named by an id or alias of that region."""

    region: str = ""

    @override
    def key(self, view: View, named: Value[Any] | None = None) -> Value[KeyRef | None]:
        """An id or alias is made an ARN of the region of the copy first."""
        region = view[self.region].data
        partition, account = view.item.address.split(":")[1], view.item.account.data

        def arn(name: Any) -> Any:
            if not isinstance(name, str) or not name or name.startswith("arn:") or not isinstance(region, str):
                return name
            return f"arn:{partition}:kms:{region}:{account}:{name if name.startswith('alias/') else f'key/{name}'}"

        return super().key(view, (view[self] if named is None else named).then(arn))


def live_copy_key(path: str, region: str) -> LiveCopyKey:
    """The key that the copy of a resource in another region names at a path; `region` is the path to that region."""
    return LiveCopyKey(path, (), region=region)
