"""What attributes resources have, by the schemas that providers publish, as one tree for each type."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures import plans


class Node:
    """The attributes below one; `is_open` where anything may stand there: text, which may be a document, and maps."""

    def __init__(self, below: dict[str, Node], *, is_open: bool = False) -> None:
        self.below, self.is_open = below, is_open

    def has(self, path: str) -> bool:
        """Whether there may be something at a path."""
        node = self
        for step in path.split("."):
            name = step.removesuffix("[]")
            if node.is_open or name.startswith("#"):  # the source adds it: `#parent`
                return True
            if name.isdecimal():  # an element of a list
                continue
            if name not in node.below:
                return False
            node = node.below[name]
        return True

    def within(self) -> Iterator[Node]:
        """The node and those below it that have attributes."""
        if not self.is_open:
            yield self
            for node in self.below.values():
                yield from node.within()


Schemas = Callable[[str], Node | None]
"""Type of resources to what they have; None where the schemas do not know the type."""


def terraform(folder: Path) -> Schemas:
    """Of the AWS provider, which says so itself."""
    if shutil.which("terraform") is None:
        pytest.skip("the terraform program is not installed")
    try:
        mirror = plans.find_mirror()
    except SystemExit as error:
        pytest.skip(str(error))
    (folder / "rc").write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n', encoding="utf-8")
    (folder / "main.tf").write_text('provider "aws" {}\n', encoding="utf-8")
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(folder / "rc"), "CHECKPOINT_DISABLE": "1"}
    for command in (["init", "-input=false"], ["providers", "schema", "-json"]):
        done = subprocess.run(["terraform", *command], cwd=folder, env=environment, capture_output=True, check=True)
    (provider,) = json.loads(done.stdout)["provider_schemas"].values()
    blocks = {name: schema["block"] for name, schema in provider["resource_schemas"].items()}
    blocks |= {f"data.{name}": schema["block"] for name, schema in provider["data_source_schemas"].items()}

    @functools.cache
    def of_type(name: str) -> Node | None:
        return _block(blocks[name]) if name in blocks else None

    return of_type


def _block(block: dict[str, Any]) -> Node:
    attributes = {name: _type(attribute["type"]) for name, attribute in block.get("attributes", {}).items()}
    return Node(attributes | {name: _block(nested["block"]) for name, nested in block.get("block_types", {}).items()})


def _type(type_: Any) -> Node:
    match type_:
        case ["list" | "set", element]:
            return _type(element)
        case ["object", attributes]:
            return Node({name: _type(type_) for name, type_ in attributes.items()})
        case _:
            return Node({}, is_open=True)


@functools.cache
def cloudformation(name: str) -> Node | None:
    """Of CloudFormation, which come with cfn-lint."""
    manager = pytest.importorskip("cfnlint.schema.manager")
    errors = pytest.importorskip("cfnlint.schema")
    if name.startswith("Custom::"):
        return None
    try:
        schema = manager.PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", name).schema
    except errors.ResourceNotFoundError:
        return None
    return _json_schema(schema, lambda name: functools.reduce(lambda part, step: part[step], name.removeprefix("#/").split("/"), schema))


def google(document: str, name: str) -> Node:
    """Of an API of Google, by the discovery documents that come with its client."""
    cache = pytest.importorskip("googleapiclient.discovery_cache")
    path = Path(cache.__file__).parent / "documents" / f"{document}.json"
    schemas = json.loads(path.read_text(encoding="utf-8"))["schemas"]
    return _json_schema({"$ref": name}, schemas.__getitem__)


def _json_schema(schema: dict[str, Any], named: Callable[[str], dict[str, Any]], within: tuple[str, ...] = ()) -> Node:
    """A schema that may refer to others by their names; what contains itself is open."""
    if reference := schema.get("$ref"):
        if reference in within:
            return Node({}, is_open=True)
        schema, within = named(reference), (*within, reference)
    if schema.get("items"):
        return _json_schema(schema["items"], named, within)
    either = (part for word in ("oneOf", "anyOf", "allOf") for part in schema.get(word, ()))
    properties = [(named(part["$ref"]) if "$ref" in part else part).get("properties", {}) for part in (schema, *either)]
    below = {name: _json_schema(inner, named, within) for part in properties for name, inner in part.items() if isinstance(inner, dict)}
    return Node(below, is_open=not below)
