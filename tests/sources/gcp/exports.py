"""Asset exports for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assay.scanner.options import Options
from assay.scanner.sources.discover import discover
from assay.scanner.sources.gcp.assets import sources
from assay.scanner.sources.interface import Collection, Item, Wanted

ABOVE = ["projects/111111111111", "folders/22", "organizations/33"]
MANAGER = "//cloudresourcemanager.googleapis.com/"


def asset(name: str, type_: str, data: Any = None, *, above: list[str] | None = None, **more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": name, "asset_type": type_, "ancestors": ABOVE if above is None else above, **more}
    if data is not None:
        fields["resource"] = {"version": "v1", "data": data}
    return fields


def project(number: str = "111111111111", id_: str = "trade", **more: Any) -> dict[str, Any]:
    data = {"projectId": id_, "projectNumber": number}
    above = [f"projects/{number}", *ABOVE[1:]]
    return asset(f"{MANAGER}projects/{number}", "cloudresourcemanager.googleapis.com/Project", data, above=above, **more)


def node(scope: str, **more: Any) -> dict[str, Any]:
    """A folder or the organisation."""
    type_ = "cloudresourcemanager.googleapis.com/" + ("Folder" if scope.startswith("folders") else "Organization")
    return asset(MANAGER + scope, type_, above=ABOVE[ABOVE.index(scope) :], **more)


def bucket(name: str = "orders", data: Any = None, **more: Any) -> dict[str, Any]:
    return asset(f"//storage.googleapis.com/{name}", "storage.googleapis.com/Bucket", {"name": name} if data is None else data, **more)


def write(path: Path, *assets: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(asset) + "\n" for asset in assets))
    return path


def collected(*paths: Path, wanted: frozenset[str] | None = None) -> list[Collection]:
    discovered = discover([str(path) for path in paths])
    collections: list[Collection] = []
    for source in sources(discovered.inputs.get("assets", []), discovered.named, Options()):
        collections += source.collect(Wanted(wanted))
    return collections


def items(*paths: Path, wanted: frozenset[str] | None = None) -> dict[str, Item]:
    return {item.address: item for collection in collected(*paths, wanted=wanted) for item in collection.items}
