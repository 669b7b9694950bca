"""Assemblies that the CDK synthesises (`cdk.out`): which stacks there are, where they are deployed, and which code each resource is of.

https://github.com/aws/aws-cdk-cli/blob/main/packages/%40aws-cdk/cloud-assembly-schema/README.md
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.sources.discover import show
from assay.scanner.sources.encodings import utf8
from assay.scanner.sources.overlay import Boundary, Overlay
from assay.scanner.sources.raw import Location
from assay.scanner.sources.templates.syntax import MAX_BYTES, Malformed

_STACK = "aws:cloudformation:stack"
_ASSEMBLY = "cdk:cloud-assembly"
_MAX_NESTED = 5
_ENVIRONMENT = lazy_re.pattern(r"aws://([^/]+)/([^/]+)")
# A line of a JavaScript stack trace: `at new Orders (/app/lib/orders.ts:12:5)`
_FRAME = lazy_re.pattern(r"^\s*(?:at\s+)?(?:.*\()?([^()\s][^()]*?):(\d+):\d+\)?\s*$")


class NoAssembly(Malformed):
    """JSON of another kind."""


class Construct(msgspec.Struct):
    """`path` in the construct tree, without the stack's own `/Resource`; `seen` the line of code that made it, where it was traced."""

    path: str
    seen: Location | None = None


class Deployed(msgspec.Struct):
    """A stack: its template's file, and what the manifest says of it."""

    path: str
    name: str | None = None
    region: str | None = None
    account: str | None = None
    constructs: dict[str, Construct] = {}
    """By logical id."""


def stacks(path: str, overlay: Overlay, boundary: Boundary, depth: int = 0) -> Iterator[Deployed]:
    """The stacks of a manifest and of the assemblies in it, of which nothing outside of the boundary is read. Raises Malformed."""
    manifest = _read(path, overlay)
    artifacts = manifest.get("artifacts") if isinstance(manifest, dict) else None
    if not isinstance(artifacts, dict):
        raise NoAssembly("no manifest of a CDK assembly")
    directory = os.path.dirname(path)
    for name, artifact in artifacts.items():
        properties = artifact.get("properties") if isinstance(artifact, dict) else None
        if not isinstance(properties, dict):
            continue
        file, below = properties.get("templateFile"), properties.get("directoryName")
        if isinstance(file, str) and "\0" not in file:  # of whatever type: those of later versions of the schema are not known here
            yield _stack(directory, str(name), file, artifact, properties, overlay, boundary)
        elif artifact.get("type") == _ASSEMBLY and isinstance(below, str):
            inner = os.path.normpath(os.path.join(directory, below, "manifest.json"))
            if depth == _MAX_NESTED or not boundary.holds(inner) or not overlay.is_file(inner):
                raise Malformed(f"its nested assembly {below} is not there, outside of what is scanned, or nested too deep")
            yield from stacks(inner, overlay, boundary, depth + 1)


def _stack(
    directory: str, name: str, file: str, artifact: dict[str, Any], properties: dict[str, Any], overlay: Overlay, boundary: Boundary
) -> Deployed:
    match = _ENVIRONMENT.fullmatch(str(artifact.get("environment")))
    account, region = (None if part.startswith("unknown-") else part for part in match.groups()) if match else (None, None)
    given = properties.get("stackName")
    metadata = dict(artifact["metadata"]) if isinstance(artifact.get("metadata"), dict) else {}
    more = artifact.get("additionalMetadataFile")
    if isinstance(more, str) and "\0" not in more:
        beside = os.path.normpath(os.path.join(directory, more))
        content = _read(beside, overlay) if boundary.holds(beside) and overlay.is_file(beside) else None
        metadata |= content if isinstance(content, dict) else {}
    return Deployed(
        os.path.normpath(os.path.join(directory, file)), given if isinstance(given, str) else name, region, account, _constructs(metadata)
    )


def _read(path: str, overlay: Overlay) -> Any:
    try:
        return msgspec.json.decode(utf8(overlay.read(path, MAX_BYTES)))
    except (OSError, ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from error


def _constructs(metadata: dict[str, Any]) -> dict[str, Construct]:
    constructs: dict[str, Construct] = {}
    for path, entries in metadata.items():
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and entry.get("type") == "aws:cdk:logicalId" and isinstance(entry.get("data"), str):
                constructs[entry["data"]] = Construct(path.strip("/").removesuffix("/Resource"), _traced(entry.get("trace")))
    return constructs


def _traced(trace: Any) -> Location | None:
    """The first line of the user's own code in a stack trace."""
    for line in trace if isinstance(trace, list) else ():
        match = _FRAME.match(line[:1000]) if isinstance(line, str) and "node_modules" not in line and "node:" not in line else None
        if match and len(match[2]) < 8:
            return Location(show(match[1]), int(match[2]), int(match[2]))
    return None
