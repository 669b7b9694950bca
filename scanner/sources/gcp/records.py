"""Records of an asset inventory: one asset with one or more kinds of content, in a line of a file or an element of a JSON array.

The same asset is written in two spellings: `asset_type` in exports to Cloud Storage and in dumps of the policy library, `assetType` in what
gcloud and the REST API print. What a search gives has a shape of its own, and becomes an asset when it is read.
https://cloud.google.com/asset-inventory/docs/reference/rest/v1/TopLevel/exportAssets
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

RESOURCE, IAM_POLICY, ORG_POLICY, ACCESS_POLICY = "RESOURCE", "IAM_POLICY", "ORG_POLICY", "ACCESS_POLICY"
CONTENTS = (RESOURCE, IAM_POLICY, ORG_POLICY, ACCESS_POLICY)
MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding raises."""
_NONE, _NULL = msgspec.Raw(), msgspec.Raw(b"null")


class Head(msgspec.Struct):
    """The part of a resource beside its data, which is decoded only where a reader asks for it."""

    parent: str | None = None
    location: str | None = None
    version: str | None = None
    data: msgspec.Raw = _NONE


class Record(msgspec.Struct):
    """An asset in either spelling. Content is kept as text."""

    name: str = ""
    asset_type: str = ""
    assetType: str = ""  # noqa: N815
    ancestors: tuple[str, ...] | None = None
    resource: Head | str | None = None
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

    def text(self, kind: str) -> msgspec.Raw:
        """One kind of content; empty where it has none."""
        if kind == RESOURCE:
            return self.resource.data if isinstance(self.resource, Head) else _NONE
        if kind == IAM_POLICY:
            raw = self.iam_policy or self.iamPolicy
        elif kind == ORG_POLICY:
            raw = self.org_policy or self.orgPolicy
        else:
            snake, lower = self.access_policy or self.access_level or self.service_perimeter, self.accessPolicy or self.accessLevel
            raw = snake or lower or self.servicePerimeter
        return _NONE if raw == _NULL else raw


decode = msgspec.json.Decoder(Record).decode
_plain = msgspec.json.Decoder().decode


def content(raw: bytes, kind: str) -> Any:
    """One kind of content of a record as plain data, None where it has none. Raises one of MALFORMED.

    Policies may be in the other spelling than that of the REST API.
    """
    text = decode(raw).text(kind)
    if not text:
        return None
    data = _plain(text)
    return data if kind == RESOURCE or not _SNAKE_KEY.search(text) else camel(data)


def version(raw: bytes) -> str:
    """The version of the API that the resource is written in."""
    head = decode(raw).resource
    return head.version or "" if isinstance(head, Head) else ""


_SNAKE_KEY = re.compile(rb'"[a-z]+_[a-z_]+"\s*:')
_SNAKE = re.compile(r"_([a-z0-9])")
_FREE_KEYS = ("labels", "annotations", "metadata", "tags")


def camel(data: Any) -> Any:
    """Keys in the spelling of the REST API, but those that users choose."""
    if isinstance(data, dict):
        return {
            _SNAKE.sub(lambda match: match[1].upper(), key) if "_" in key else key: value if key in _FREE_KEYS else camel(value)
            for key, value in data.items()
        }
    return [camel(element) for element in data] if isinstance(data, list) else data


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
