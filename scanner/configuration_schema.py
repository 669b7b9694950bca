"""The JSON Schema of `assay.yaml`, for editors. https://json-schema.org/draft/2020-12"""

from __future__ import annotations

import inspect
import json
from typing import Any

import msgspec

from assay.scanner.config import Settings


def schema() -> dict[str, Any]:
    """The schema, made from the structs that the file is read with."""
    made = _clean(msgspec.json.schema(Settings))
    own = made["$defs"].pop("Settings")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "assay.yaml",
        "description": "What a project would otherwise repeat on every command line of assay: docs/configuration.md.",
        **{name: value for name, value in own.items() if name not in ("title", "description")},
        "$defs": made["$defs"],
    }


def text() -> str:
    """The schema as it is published."""
    return json.dumps(schema(), indent=2)


def _clean(data: Any) -> Any:
    """A schema with its descriptions free of the indentation that some versions of msgspec leave in them."""
    if isinstance(data, dict):
        return {
            name: inspect.cleandoc(part) if name == "description" and isinstance(part, str) else _clean(part) for name, part in data.items()
        }
    return [_clean(part) for part in data] if isinstance(data, list) else data
