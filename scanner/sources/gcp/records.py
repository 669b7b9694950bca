"""Records of an asset inventory: one asset with one or more kinds of content, in a line of a file or an element of a JSON array.

The same asset is written in two spellings: `asset_type` in exports to Cloud Storage and in dumps of the policy library, `assetType` in what
gcloud and the REST API print. What a search gives, what BigQuery keeps (resources as text), and what a feed or a history tells of one time
have shapes of their own, and become assets when they are read.
https://cloud.google.com/asset-inventory/docs/reference/rest/v1/TopLevel/exportAssets
https://cloud.google.com/asset-inventory/docs/exporting-to-bigquery
https://cloud.google.com/asset-inventory/docs/monitoring-asset-changes
"""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.sources.redaction import may_be_hidden, unknown_where_hidden

RESOURCE, IAM_POLICY, ORG_POLICY, ACCESS_POLICY = "RESOURCE", "IAM_POLICY", "ORG_POLICY", "ACCESS_POLICY"
CONTENTS = (RESOURCE, IAM_POLICY, ORG_POLICY, ACCESS_POLICY)
MALFORMED = (msgspec.MsgspecError, ValueError, RecursionError, AttributeError, KeyError, TypeError)
"""What decoding raises, and what becomes of a search result or a row of a table that has another shape."""
_NONE, QUOTE = msgspec.Raw(), ord('"')
_EMPTY = (msgspec.Raw(b"null"), msgspec.Raw(b"[]"))
LONGEST_EMPTY = 4


def filled(raw: msgspec.Raw) -> bool:
    """Whether a JSON value is there and says something: a table has null or an empty list in a column that is not filled."""
    return len(raw) > LONGEST_EMPTY or bool(raw and raw not in _EMPTY)


def is_text(raw: msgspec.Raw) -> bool:
    """Whether a JSON value is a text."""
    return bool(raw) and memoryview(raw)[0] == QUOTE


class ResourceHead(msgspec.Struct):
    """The part of a resource beside its data, which is decoded only where a reader asks for it."""

    parent: str | None = None
    location: str | None = None
    version: str | None = None
    data: msgspec.Raw = _NONE


class AssetRecord(msgspec.Struct):
    """An asset in either spelling. Content is kept as text."""

    name: str = ""
    asset_type: str = ""
    assetType: str = ""  # noqa: N815
    ancestors: tuple[str, ...] | None = None
    resource: ResourceHead | str | None = None
    iam_policy: msgspec.Raw = _NONE
    iamPolicy: msgspec.Raw = _NONE  # noqa: N815
    org_policy: msgspec.Raw = _NONE
    orgPolicy: msgspec.Raw = _NONE  # noqa: N815
    access_policy: msgspec.Raw = _NONE
    accessPolicy: msgspec.Raw = _NONE  # noqa: N815
    access_level: msgspec.Raw = _NONE
    accessLevel: msgspec.Raw = _NONE  # noqa: N815
    service_perimeter: msgspec.Raw = _NONE
    servicePerimeter: msgspec.Raw = _NONE  # noqa: N815
    update_time: str = ""
    updateTime: str = ""  # noqa: N815
    versionedResources: msgspec.Raw = _NONE  # noqa: N815
    versioned_resources: msgspec.Raw = _NONE
    policy: msgspec.Raw = _NONE

    @property
    def type(self) -> str:
        """The asset type, in whichever spelling it stands: `storage.googleapis.com/Bucket`."""
        return self.asset_type or self.assetType

    @property
    def of_search(self) -> bool:
        """Whether it is what a search gives."""
        return bool(self.versionedResources or self.versioned_resources or self.policy)

    @property
    def of_table(self) -> bool:
        """Whether it is a row of BigQuery, which keeps the resource as text."""
        return isinstance(self.resource, ResourceHead) and is_text(self.resource.data)

    def text(self, kind: str) -> msgspec.Raw:
        """One kind of content; empty where it has none."""
        if kind == RESOURCE:
            raw = self.resource.data if isinstance(self.resource, ResourceHead) else _NONE
        elif kind == IAM_POLICY:
            raw = self.iam_policy or self.iamPolicy
        elif kind == ORG_POLICY:
            raw = self.org_policy or self.orgPolicy
        else:
            snake, lower = self.access_policy or self.access_level or self.service_perimeter, self.accessPolicy or self.accessLevel
            raw = snake or lower or self.servicePerimeter
        return raw if filled(raw) else _NONE


class Observed(AssetRecord):
    """An asset as a feed or a history tells it: of one time, and nothing of what else there is."""

    since: str = ""
    """From when on it was so; empty where that is not told."""
    deleted: bool = False
    """It was deleted then."""


class _Window(msgspec.Struct, rename="camel"):
    start_time: str = ""


class _Message(msgspec.Struct):
    """https://cloud.google.com/pubsub/docs/reference/rest/v1/PubsubMessage"""

    data: bytes = b""


class AssetEnvelope(msgspec.Struct, rename="camel"):
    """What assets come in: a page of a list, a history (`assets`), a page of a search (`results`), or what a feed tells (`asset`),
    as such or in the message of Pub/Sub that `gcloud pubsub subscriptions pull` prints.

    https://cloud.google.com/asset-inventory/docs/reference/rest/v1/TemporalAsset
    """

    assets: list[msgspec.Raw] | None = None
    results: list[msgspec.Raw] | None = None
    next_page_token: str | None = None
    asset: msgspec.Raw = _NONE
    message: _Message | None = None
    window: _Window | None = None
    deleted: bool | None = None


decode = msgspec.json.Decoder(AssetRecord).decode
envelope = msgspec.json.Decoder(AssetEnvelope).decode
_plain = msgspec.json.Decoder().decode


def content(raw: bytes, kind: str) -> Any:
    """One kind of content of a record as plain data, None where it has none. Raises one of MALFORMED.

    What was left out of it is Unknown.
    Policies may be in the other spelling than that of the REST API.
    """
    text = decode(raw).text(kind)
    if not text:
        return None
    data = unknown_where_hidden(_plain(text)) if may_be_hidden(text) else _plain(text)
    return data if kind == RESOURCE or not _SNAKE_KEY.search(text) else camel(data)


def version(raw: bytes) -> str:
    """The version of the API that the resource is written in."""
    head = decode(raw).resource
    return head.version or "" if isinstance(head, ResourceHead) else ""


_SNAKE_KEY = lazy_re.pattern(rb'"[a-z]+_[a-z_]+"\s*:')
_SNAKE = lazy_re.pattern(r"_([a-z0-9])")
_FREE_KEYS = ("labels", "annotations", "metadata", "tags")


def camel(data: Any) -> Any:
    """Keys in the spelling of the REST API, but those that users choose."""
    if isinstance(data, dict):
        return {
            _SNAKE.sub(lambda match: match[1].upper(), key) if "_" in key else key: value if key in _FREE_KEYS else camel(value)
            for key, value in data.items()
        }
    return [camel(element) for element in data] if isinstance(data, list) else data


def from_table(raw: bytes) -> bytes:
    """A row of BigQuery as an asset; without its resource where the text of that is no JSON. Raises one of MALFORMED."""
    row = _plain(raw)
    text = row["resource"].pop("data").encode()
    with contextlib.suppress(*MALFORMED):
        row["resource"]["data"] = _plain(text)
    return msgspec.json.encode(row)


def observed(record: AssetRecord, told: AssetEnvelope) -> Observed:
    """An asset that a feed or a history tells of."""
    fields = {name: getattr(record, name) for name in record.__struct_fields__}
    return Observed(**fields, since=told.window.start_time if told.window else "", deleted=bool(told.deleted))


def from_search(raw: bytes) -> bytes:
    """What searchAllResources or searchAllIamPolicies gives, as an asset. Raises one of MALFORMED where it is neither.

    https://cloud.google.com/asset-inventory/docs/reference/rest/v1/ResourceSearchResult
    """
    result = camel(_plain(raw))
    above = [result.get("project"), *(result.get("folders") or ()), result.get("organization")]
    time = result.get("updateTime", "")
    asset = {"asset_type": result.get("assetType", ""), "ancestors": [scope for scope in above if scope], "update_time": time}
    if isinstance(result.get("policy"), dict):
        return msgspec.json.encode({"name": result.get("resource"), **asset, "iam_policy": result["policy"]})
    versions = result.get("versionedResources")
    newest = versions[0] if isinstance(versions, list) and versions and isinstance(versions[0], dict) else {}
    resource = {"version": newest.get("version", ""), "location": result.get("location", ""), "data": newest.get("resource")}
    return msgspec.json.encode({"name": result.get("name"), **asset, "resource": resource})


class _Named(msgspec.Struct):
    name: str = ""


def own_name(text: bytes) -> str:
    """The name that stands in a JSON text; empty where none does."""
    try:
        return msgspec.json.decode(text, type=_Named).name
    except MALFORMED:
        return ""
