"""Configuration items of AWS Config as the resources that live readers know.

The answers that an item amounts to are read as if calls had given them; what a call would tell that Config does not record was not asked.
"""

from __future__ import annotations

import datetime
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.override import override
from assay.scanner.sources.aws.calls import Listing, resource_id
from assay.scanner.sources.aws.items import ApiItem, CallOutcome, ItemRecord
from assay.scanner.sources.aws.recorded import AUDIT, GLOBAL, NOT_SET, ConfigurationItem, Recorded, spelled
from assay.scanner.sources.marks import tags_of
from assay.scanner.sources.raw import Location, Unknown
from assay.scanner.sources.values import Value

# https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationItem.html
RECORDED = ("OK", "ResourceDiscovered")
DELETED = ("ResourceDeleted", "ResourceDeletedNotRecorded")
NOT_RECORDED = "ResourceNotRecorded"


class NoItem(ValueError):
    """An element of a file is no configuration item; the text says why."""


def configured(data: Any, is_whole: bool) -> ConfigurationItem:
    """An item as delivered or as a query gives it. Raises NoItem, RecursionError."""
    if not isinstance(data, dict):
        raise NoItem("it is no object")
    type_, id_ = _text(data, "resourceType"), _text(data, "resourceId") or _text(data, "resourceName")
    account, region = _text(data, "accountId", "awsAccountId"), _text(data, "awsRegion")
    if not type_ or not id_:
        raise NoItem("it names no resource")
    if not account or not region:
        raise NoItem(f"{type_} {id_} names no {'region' if account else 'account'}")
    status = _text(data, "configurationItemStatus") or RECORDED[0]
    if status not in (*RECORDED, *DELETED, NOT_RECORDED):
        raise NoItem(f"the status of {type_} {id_} is {status[:40]!r}, which is none that is known")
    configuration = _decoded(data.get("configuration"))
    if status in RECORDED and not isinstance(configuration, dict):
        raise NoItem(f"{type_} {id_} has no configuration")
    more = _decoded(data.get("supplementaryConfiguration"))
    tags = data.get("tags")
    return ConfigurationItem(
        type=type_,
        id=id_,
        name=_text(data, "resourceName"),
        arn=_text(data, "arn", "ARN"),
        account=account,
        region=region,
        time=_time(data.get("configurationItemCaptureTime")),
        status=status,
        is_whole=is_whole,
        configuration=spelled(configuration if isinstance(configuration, dict) else {}),
        supplementary=more if isinstance(more, dict) else {},
        tags=_tags(tags),
    )


def _text(data: dict[str, Any], *names: str) -> str:
    return next((value for name in names if isinstance(value := data.get(name), str) and value), "")


def _decoded(value: Any) -> Any:
    """An object, which may be JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError):
        return None


def _tags(tags: Any) -> Any:
    """Name to value. Queries give a list of objects: https://docs.aws.amazon.com/config/latest/developerguide/query-components.html"""
    if isinstance(tags, list) and all(isinstance(tag, dict) and isinstance(tag.get("key"), str) for tag in tags):
        return {tag["key"]: tag.get("value") for tag in tags}
    return tags if isinstance(tags, dict) else None


def _time(value: Any) -> str:
    """A time as ISO 8601 in UTC; empty where there is none. The API gives seconds since 1970."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            moment = datetime.datetime.fromtimestamp(value, datetime.UTC)
        else:
            moment = datetime.datetime.fromisoformat(str(value))
            moment = moment.replace(tzinfo=moment.tzinfo or datetime.UTC).astimezone(datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class ConfigItem(ApiItem):
    """One resource as AWS Config recorded it."""

    __slots__ = ("_file", "_item", "_listing")

    def __init__(self, record: ItemRecord, item: ConfigurationItem, listing: Listing, file: str) -> None:
        super().__init__(record, "")
        self._item, self._listing, self._file = item, listing, file

    @override
    def __getitem__(self, path: str) -> Value[Any]:
        first = path.partition(".")[0]
        if first in self._record.answers:
            return Value(super().__getitem__(path).data, (self.location(),))
        call = next((call for call in (*self._listing.details, self._listing.call) if call.name == first), None)
        if call is not None:
            why = Unknown(f"what {call.label} tells is not in the item of AWS Config", AUDIT, self.location())
            return Value(why, (self.location(),))
        return super().__getitem__(path)

    @override
    def location(self) -> Location:
        return Location(file=self._file, time=self._record.time)

    @property
    @override
    def tags(self) -> dict[str, str]:
        none = Unknown("the item has no tags", AUDIT)
        return tags_of(self._item.tags if isinstance(self._item.tags, dict) else none)


def _id(item: ConfigurationItem, listing: Listing, listed: dict[str, Any], region: str) -> str:
    """The ARN of the resource, as live. Raises NoItem for an item without what that is made of, by which others name the resource."""
    is_made = "{" in listing.id
    for name in _NAME.findall(listing.id) if is_made else [listing.id]:
        if name not in _GIVEN and not (isinstance(value := listed.get(name), str) and value):
            if is_made or not item.arn:
                raise NoItem(f"it has no {name}")
            return item.arn
    partition = item.arn.split(":")[1] if item.arn.startswith("arn:") else "aws"
    return resource_id(listing, listed, partition, item.account, region)


_NAME = lazy_re.pattern(r"\{(\w+)")
_GIVEN = ("partition", "account", "region", "last")


def item_of(item: ConfigurationItem, listing: Listing, recorded: Recorded, file: str) -> ConfigItem | None:
    """The resource of a listing that an item is; None where it is none of it."""
    listed = recorded.listed(item)
    if listed is None:
        return None
    operation, answers = f"config:{item.type}", dict[str, CallOutcome]()
    for name, told in recorded.answers:
        data = told(item)
        if data is not None:
            outcome = "absent" if data is NOT_SET else "answered"
            answers[name] = CallOutcome(outcome, data=None if data is NOT_SET else data, operation=operation, time=item.time)
    region = "" if item.region == GLOBAL else item.region
    record = ItemRecord(listing.type, _id(item, listing, listed, region), item.account, region, operation, item.time, listed, answers)
    return ConfigItem(record, item, listing, file)
