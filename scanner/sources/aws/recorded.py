"""How AWS Config records the resources of a listing: its configuration items, as the answers of the calls that live readers know.

https://docs.aws.amazon.com/config/latest/developerguide/config-item-table.html. What Config has of a resource is its `configuration` and
its `supplementaryConfiguration`. Areas declare beside their readers which answers these amount to (`recorded=` of a Listing). A call that
nothing of an item amounts to was not asked: its facts are unknown, and so is a field that an item does not have, unless Config leaves it
out where nothing is set (`ConfigurationItem.fields`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from assay.scanner.sources.raw import Unknown

AUDIT = "audit the account: assay audit aws"
NOT_SET = object()
"""What tells of an answer that nothing is configured."""
GLOBAL = "global"
"""The region of items of services without regions."""


class AnyCase(dict[str, Any]):
    """An object whose names are found however they are capitalised.

    Items write the names of an API as the library of each type does: of DynamoDB `ssedescription.kmsmasterKeyArn`, of databases
    `dBInstanceIdentifier`, of newer types `KmsKeyId` as CloudFormation does:
    https://github.com/awslabs/aws-config-resource-schema/tree/master/config/properties/resource-types
    """

    __slots__ = ("of", "omits")

    of: str
    omits: frozenset[str] | None

    def __init__(self, fields: dict[str, Any], omits: frozenset[str] | None = None, of: str = "") -> None:
        """`omits`: names in lower case that are left out where nothing is set; None where any may be. `of`: what it is, for messages."""
        super().__init__(fields)
        self.omits, self.of = omits, of

    def get(self, name: Any, default: Any = None) -> Any:
        """The field of a name; Unknown for one that is not there and that Config does not leave out."""
        if name in self:
            return self[name]
        folded = str(name).lower()
        spelling = next((key for key in self if key.lower() == folded), None)
        if spelling is not None:
            return self[spelling]
        if self.omits is None or folded in self.omits:
            return default
        return Unknown(f"{self.of} in AWS Config has no {name}", AUDIT)


_WRAPPED = ("state", "securityGroups", "subnets")
"""Fields that some types have as `{"value": "available"}`, or a list of such."""


def spelled(data: Any, name: str = "") -> Any:
    """Data with every object in it as one whose names are found. Raises RecursionError."""
    if isinstance(data, dict):
        if name in _WRAPPED and data.keys() == {"value"}:
            return data["value"]
        return AnyCase({name: spelled(value, name) for name, value in data.items()})
    return [spelled(element, name) for element in data] if isinstance(data, list) else data


class ConfigurationItem(msgspec.Struct, kw_only=True):
    """A configuration item: what AWS Config recorded of one resource at one time."""

    type: str
    """`AWS::S3::Bucket`."""
    id: str
    name: str
    arn: str
    account: str
    region: str
    """`global` for those of services without regions."""
    time: str
    status: str
    is_whole: bool
    """Config delivered it; of what a query gives, fields may be left out."""
    configuration: Any
    """Spelled."""
    supplementary: dict[str, Any]
    tags: Any = None

    def more(self, name: str) -> Any:
        """A part of the supplementary configuration, which may be JSON text (https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationItem.html)."""
        part = self.supplementary.get(name)
        for _ in range(2):  # ACLs are text in text
            if isinstance(part, str):
                try:
                    part = msgspec.json.decode(part)
                except (msgspec.DecodeError, RecursionError):
                    break
        return spelled(part)

    def has(self, *names: str) -> bool:
        """Whether the supplementary configuration has these parts."""
        return all(name in self.supplementary for name in names)

    def fields(self, *omits: str) -> AnyCase:
        """The configuration; `omits` are the names that Config leaves out where nothing is set."""
        left_out = frozenset(name.lower() for name in omits) if self.is_whole else frozenset[str]()
        return AnyCase(self.configuration, left_out, f"the item of {self.name or self.id}")

    @property
    def pairs(self) -> list[dict[str, Any]] | Unknown:
        """Its tags as most answers give them: pairs of `Key` and `Value`."""
        if not isinstance(self.tags, dict):
            return Unknown(f"the item of {self.name or self.id} in AWS Config has no tags", AUDIT)
        return [{"Key": name, "Value": value} for name, value in self.tags.items()]


Told: TypeAlias = Callable[[ConfigurationItem], Any]
"""What a call would have answered, by what an item has: NOT_SET where it says that nothing is configured, None where it says nothing."""


class Recorded(msgspec.Struct, frozen=True):
    """The configuration items of the resources of a listing."""

    type: str
    """`AWS::S3::Bucket`."""
    listed: Told
    """The entry of the listing, an object; None of an item that is no resource of it."""
    answers: tuple[tuple[str, Told], ...] = ()
    """Calls by their names (`get_bucket_policy`) to what they would have answered."""
    newest: Callable[[ConfigurationItem], tuple[str, int]] | None = None
    """Of what comes in revisions, of which the listing gives the newest: the name that they share, and the number."""


def as_listed(type_: str, *omits: str, **answers: Told) -> Recorded:
    """Items whose configuration is what the listing has of the resource; `omits` is left out of it where nothing is set."""

    def listed(item: ConfigurationItem) -> Any:
        return item.fields(*omits)

    return Recorded(type_, listed, tuple(answers.items()))
