"""Files of a deployment: configurations, templates and their schemas, as data that knows its lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from assay.scanner.sources.deployment_manager.marks import is_private
from assay.scanner.sources.discover import show
from assay.scanner.sources.overlay import Boundary, Overlay
from assay.scanner.sources.raw import Location
from assay.scanner.sources.templates.syntax import Malformed, Parsed, Path, decode
from assay.scanner.sources.templates.syntax import parse as parse_bytes
from assay.scanner.sources.templates.yaml_text import parse as parse_text

MAX_TEMPLATE = 1_000_000
TEMPLATES = (".jinja", ".jinja2", ".j2")
MAX_IMPORTS = 200


class Sheet(msgspec.Struct):
    """Text that was parsed."""

    parsed: Parsed
    origin: Callable[[int], tuple[str, int]] | None = None
    """Of text that a template rendered: the file and the line that each of its lines comes from. Columns cannot be told then."""

    @property
    def data(self) -> Any:
        """What is written, as plain data."""
        return self.parsed.data

    def place(self, path: Path) -> Location:
        """Where a part is written; of what a template rendered, in the template."""
        if self.origin is None:
            return self.parsed.place(path)
        first, last = self.parsed.line_span(path)
        file, line = self.origin(first)
        end_file, end = self.origin(last)
        return Location(file=file, line=line, end_line=max(line, end) if end_file == file else line)


def read_sheet(path: str, overlay: Overlay) -> Sheet:
    """A configuration as it is written. Raises Malformed, OSError."""
    return Sheet(parse_bytes(overlay.read(path, 20_000_000), show(path)))


def rendered_sheet(text: str, origins: list[tuple[int, int]], files: list[str], fallback: tuple[str, int]) -> Sheet:
    """What a template rendered. Raises Malformed, with the line of the template."""

    def locate(line: int) -> tuple[str, int]:
        number, at = origins[line - 1] if 0 < line <= len(origins) else (-1, 0)
        return (files[number], at) if 0 <= number < len(files) else fallback

    try:
        return Sheet(parse_text(text), locate)
    except Malformed as error:
        raise Malformed(str(error), locate(error.line)[1]) from error


class ReadableFiles:
    """The files that a deployment may read: those inside of what is scanned."""

    def __init__(self, overlay: Overlay, boundary: Boundary) -> None:
        self.overlay, self.boundary = overlay, boundary

    def text(self, path: str) -> str:
        """The text of a template. Raises Malformed, OSError."""
        if not self.boundary.holds(path):
            raise FileNotFoundError(2, "it is outside of what is scanned, or not there")
        content = self.overlay.read(path, MAX_TEMPLATE + 1)
        if len(content) > MAX_TEMPLATE:
            raise Malformed(f"larger than {MAX_TEMPLATE // 1_000_000} MB")
        text, _ = decode(content)
        if is_private(text):
            raise Malformed("it has characters of a private use area")
        return text.replace("\r\n", "\n")

    def schema(self, path: str) -> Sheet | None:
        """The schema beside a template; None where there is none. Raises Malformed, OSError.

        https://cloud.google.com/deployment-manager/docs/configuration/templates/using-schemas
        """
        beside = f"{path}.schema"
        return Sheet(parse_bytes(self.text(beside).encode(), show(beside))) if self.overlay.is_file(beside) else None


def with_defaults(schema_: Any, properties: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    """Properties with what the schema sets where nothing is given, also inside objects that are."""
    described = schema_.get("properties") if isinstance(schema_, dict) else None
    if not isinstance(described, dict) or depth > 20:
        return properties
    filled = dict(properties)
    for name, property_ in described.items():
        if not isinstance(property_, dict):
            continue
        if name not in filled and "default" in property_:
            filled[name] = property_["default"]
        if isinstance(filled.get(name), dict):
            filled[name] = with_defaults(property_, filled[name], depth + 1)
    return filled


def is_default(schema_: Any, properties: dict[str, Any], depth: int = 0) -> bool:
    """Whether properties give none that has a default another value."""
    described = schema_.get("properties") if isinstance(schema_, dict) else None
    if not isinstance(described, dict) or depth > 20:
        return True
    for name, property_ in described.items():
        if not isinstance(property_, dict) or name not in properties:
            continue
        given = properties[name]
        if "default" in property_ and given != property_["default"]:
            return False
        if isinstance(given, dict) and not is_default(property_, given, depth + 1):
            return False
    return True


def imports(listed: Any) -> list[tuple[str, str]]:
    """(name, path) of every import that a configuration or a schema lists."""
    pairs = []
    for entry in listed[:MAX_IMPORTS] if isinstance(listed, list) else []:
        path = entry.get("path") if isinstance(entry, dict) else None
        if isinstance(path, str):
            name = entry.get("name")
            pairs.append((name if isinstance(name, str) else path, path))
    return pairs
