"""What OSCAL asks for beside its schemas: identifiers that are there once, and references that lead to one of them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

DATA = Path(__file__).parent / "data"
RESULTS = jsonschema_rs.validator_for(json.loads((DATA / "oscal-assessment-results.json").read_text("utf-8")), validate_formats=True)
DEFINITION = jsonschema_rs.validator_for(json.loads((DATA / "oscal-component-definition.json").read_text("utf-8")), validate_formats=True)
"""Of NIST, in the public domain: https://github.com/usnistgov/OSCAL/releases/tag/v1.2.1"""


def walked(data: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield key, value
            yield from walked(value)
    elif isinstance(data, list):
        for entry in data:
            yield from walked(entry)


def defined(document: Any) -> Counter[str]:
    return Counter(value for key, value in walked(document) if key == "uuid")


def dangling(document: Any) -> list[tuple[str, str]]:
    """References to what is not in the document."""
    there = defined(document)
    wrong = [(key, value) for key, value in walked(document) if key.endswith("-uuid") and value not in there]
    links = [value for key, value in walked(document) if key in ("href", "source") and isinstance(value, str) and value.startswith("#")]
    return wrong + [("href", link) for link in links if link[1:] not in there]


def checked(content: bytes, validator: Any, root: str) -> Any:
    document = json.loads(content)
    validator.validate(document)
    assert [uuid for uuid, times in defined(document).items() if times > 1] == []
    assert dangling(document) == []
    assert not [key for key, value in walked(document) if value in ([], {}, "", None) and key != "include-all"]
    assert all(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", uuid) for uuid in defined(document))
    return document[root]
