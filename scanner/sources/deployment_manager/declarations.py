"""Outputs of configurations and templates, and the defaults of their properties: values that are written beside the resources.

https://cloud.google.com/deployment-manager/docs/configuration/templates/define-outputs,
https://cloud.google.com/deployment-manager/docs/configuration/templates/using-schemas
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from assay.scanner.sources.deployment_manager.files import Sheet
from assay.scanner.sources.secret_detecting import may_hold
from assay.scanner.sources.templates.syntax import Path

OUTPUT, PROPERTY = "deployment.output", "deployment.property"
"""Types of items."""
_MAX_DEPTH = 20


class NamedValue(msgspec.Struct):
    """A value under a name."""

    type: str
    owner: str
    """The template, or what it makes; empty for the configuration itself."""
    name: str
    value: Any
    sheet: Sheet
    path: Path
    """Of the value in its file."""

    @property
    def address(self) -> str:
        """What it is called in reports: `output.database.password`, `property.database.jinja.password`."""
        return ".".join(filter(None, (self.type.rpartition(".")[2], self.owner, self.name)))


def outputs(sheet: Sheet, owner: str) -> Iterator[NamedValue]:
    """What a configuration or a rendered template gives out."""
    listed = sheet.data.get("outputs") if isinstance(sheet.data, dict) else None
    for at, entry in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            yield NamedValue(OUTPUT, owner, entry["name"], entry.get("value"), sheet, ("outputs", at, "value"))


def defaults(schema: Sheet, owner: str) -> Iterator[NamedValue]:
    """The defaults that a schema writes and that may be a secret, also those of objects inside."""
    waiting: list[tuple[Any, Path]] = [(schema.data, ())]
    while waiting:
        described, path = waiting.pop()
        properties = described.get("properties") if isinstance(described, dict) else None
        if not isinstance(properties, dict) or len(path) > 2 * _MAX_DEPTH:
            continue
        for name, described in properties.items():
            place = (*path, "properties", name)
            waiting.append((described, place))
            value = described.get("default") if isinstance(described, dict) else None
            if value is not None and may_hold(str(name), value):
                yield NamedValue(PROPERTY, owner, str(name), value, schema, (*place, "default"))
