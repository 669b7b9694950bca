"""What readers of Google's REST resources share. An item is an asset of the live cloud, or the same shape in a template.

An asset has metadata at paths that begin with `#`; a template has only what its author writes:
`#iam_policy` (bindings on the resource), `#inherited_bindings` (of its project, folders and organisation), `#enforced:CONSTRAINT` (boolean
organisation policies in effect), `#ancestors`, `#as_of` (when it was read). All are absent in a template, unless it says them.
https://cloud.google.com/asset-inventory/docs/reference/rest/v1/assets
"""

from __future__ import annotations

import datetime
from typing import Any

from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

RESOURCE_MANAGER = "cloudresourcemanager.googleapis.com"
_OUTSIDE = "ON_PREMISES_INSTANCE"


def short(value: Value[Any]) -> Value[Any]:
    """The last part of a relative name: `orders` of `projects/p/locations/us/keyRings/trade/cryptoKeys/orders`."""
    return value.then(lambda name: name.rpartition("/")[2] if isinstance(name, str) else name)


def named(item: Item) -> Value[Any]:
    """The name a resource is called by; an asset of which only the policy is there still has its full name."""
    name = item["name"]
    return short(name if isinstance(name.data, str) else Value(item.address, (item.location(),)))


def is_live(item: Item) -> bool:
    """Whether the item shows what is, rather than what a template asks for: nothing that could be there is left out then."""
    return not item["#ancestors"].absent


def stands_outside(sort: Value[Any]) -> Value[bool]:
    """Whether an instance of Cloud SQL, by its type, stands for a server elsewhere that replicas follow, and has no data itself.

    https://cloud.google.com/sql/docs/mysql/replication/replication-from-external#terminology
    """
    return sort.default("").equals(_OUTSIDE)


def missing(item: Item, what: str, type_: str) -> Unknown:
    """Why another resource that `item` speaks of cannot be looked at."""
    if not is_live(item):
        where = "code" if item.type.startswith("google_") else "template"
        way = "scan it together with this, or the live project"
        return Unknown(f"{what} of {item.address} is not in this {where}", way, item.location())
    return Unknown(f"{what} of {item.address} is not in the assets that were read", f"include {type_} in the export", item.location())


def days_until(item: Item, time: Value[Any], what: str = "when it rotates next") -> Value[Any]:
    """Days from when an asset was read to a time; absent in a template, which does not say when it is deployed."""
    return (
        time.then(lambda text: None if text in (None, "") else _days_between(item["#as_of"].data, text, item, what))
        if is_live(item)
        else Value(None)
    )


def _days_between(start: Any, end: Any, item: Item, what: str) -> int | Unknown:
    start = datetime.datetime.now(datetime.UTC).isoformat() if start is None else start  # what does not say when it was read is older
    try:
        first, last = (datetime.datetime.fromisoformat(str(text)) for text in (start, end))
        return (last.astimezone(datetime.UTC) - first.astimezone(datetime.UTC)).days
    except (TypeError, ValueError, OverflowError):
        return Unknown(f"{what}: {end} cannot be read as a time", "write it as 2030-01-31T00:00:00Z", item.location())


def constraint(item: Item, name: str) -> Value[bool]:
    """Whether an organisation policy enforces a boolean constraint for a resource; absent where the input cannot have one."""
    enforced: Value[bool] = item[f"#enforced:{name}"]
    return enforced.default(False) if is_live(item) else enforced
