"""Small configurations, written and read in one step."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.interface import Collection
from assay.scanner.sources.terraform.files import SUFFIXES
from assay.scanner.sources.terraform.hcl import TerraformSource
from assay.scanner.sources.terraform.items import ResourceItem


def write(top: Path, files: dict[str, str | bytes]) -> None:
    for name, text in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def directories(top: Path) -> list[str]:
    folders = {str(path.parent) for path in top.rglob("*") if path.name.endswith(SUFFIXES) and ".terraform" not in path.parts}
    return sorted(folders)


def collect(top: Path, **options: Any) -> list[Collection]:
    options.setdefault("boundary", [str(top)])
    return list(TerraformSource(directories(top), show=lambda path: os.path.relpath(path, top), **options).collect())


def read(top: Path, files: dict[str, str | bytes] | str, **options: Any) -> dict[str, ResourceItem]:
    """Every item by address. A text alone is main.tf. No part of it may have been left out."""
    items, gaps = read_with_gaps(top, files, **options)
    assert not gaps, [str(gap) for gap in gaps]
    return items


def read_with_gaps(top: Path, files: dict[str, str | bytes] | str, **options: Any) -> tuple[dict[str, ResourceItem], list[Gap]]:
    write(top, {"main.tf": files} if isinstance(files, str) else files)
    collections = collect(top, **options)
    items = {item.address: item for collection in collections for item in collection.items if isinstance(item, ResourceItem)}
    return items, [gap for collection in collections for gap in collection.coverage.gaps]


def value(top: Path, expression: str, more: str = "", **options: Any) -> Any:
    """The data of one expression beside other blocks."""
    files = {"main.tf": f'resource "probe" "p" {{\n  value = {expression}\n}}\n{more}'}
    return read(top, files, **options)["probe.p"]["value"].raw
