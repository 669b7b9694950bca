"""Small templates, written and read in one step."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

from assay.scanner.options import Options
from assay.scanner.sources.cloudformation.source import CloudFormationSource
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.discover import discover
from assay.scanner.sources.interface import Collection, Item


def collect(top: Path, files: dict[str, Any] | str, **options: Any) -> list[Collection]:
    """The collections of files; text as it stands, other data as JSON. A text alone is t.yaml."""
    for name, content in ({"t.yaml": files} if isinstance(files, str) else files).items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(textwrap.dedent(content) if isinstance(content, str) else json.dumps(content, indent=1), "utf-8")
    discovered = discover([str(top)])
    return said(CloudFormationSource(discovered.inputs.get("cloudformation", []), discovered.named, Options(**options)))


def said(source: CloudFormationSource) -> list[Collection]:
    """The collections of a source that are more than entries of files of other kinds."""
    return [
        collection for collection in source.collect() if collection.items or collection.coverage.gaps or collection.coverage.files.found
    ]


def gaps(collections: list[Collection]) -> list[Gap]:
    return [gap for collection in collections for gap in collection.coverage.gaps]


def read(top: Path, files: dict[str, Any] | str, **options: Any) -> dict[str, Item]:
    """Every item by what follows its type in the address. Nothing may have been left out, and there is one world."""
    collections = collect(top, files, **options)
    assert not gaps(collections), [str(gap) for gap in gaps(collections)]
    assert not any(collection.worlds for collection in collections)
    return {item.address.partition(".")[2]: item for collection in collections for item in collection.items}


def value(top: Path, expression: str, more: str = "", **options: Any) -> Any:
    """The data of one property beside other sections, in YAML."""
    text = f"Resources:\n  R:\n    Type: AWS::X::Y\n    Properties:\n      P: {expression}\n{more}"
    return read(top, {"t.yaml": text}, **options)["R"]["P"].raw
