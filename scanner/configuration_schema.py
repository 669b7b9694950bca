"""The JSON Schema of `assay.yaml`, for editors. https://json-schema.org/draft/2020-12"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from assay.scanner.config import Settings


def schema() -> dict[str, Any]:
    """The schema, made from the structs that the file is read with."""
    made = msgspec.json.schema(Settings)
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
