"""Identities from Terraform state: what each address of a root module is called by its provider.

Two forms: what a backend stores (`terraform.tfstate`, version 4), and `terraform show -json` of a state or a plan (its `prior_state`).
https://developer.hashicorp.com/terraform/internals/json-format. Of the attributes, which may be secret, only identities are kept.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from assay.scanner.compare import names
from assay.scanner.compare.names import some, spelled
from assay.scanner.compare.resources import JudgedResource
from assay.scanner.results.model import ResourceRef
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.discover import show
from assay.scanner.sources.encodings import utf8

MAX_BYTES = 1_000_000_000
MAX_DEPTH = 200
"""Modules within modules."""
_WAY = "name a state as its backend stores it (terraform state pull), or what terraform show -json writes of it"
# Bindings name what they are on: https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_iam
_OWNERS = {"service_account_id": "", "bucket": "", "secret_id": "", "crypto_key_id": "", "folder": "", "org_id": "organizations/"}


class State(msgspec.Struct):
    """One state file."""

    file: str
    identities: dict[str, frozenset[str]]
    """Address of a resource instance to what its provider calls it, as `names.spelled` spells it."""
    root: str | None = None
    """The root module that the user says it is of."""


class States:
    """What the states say, by root module and address."""

    def __init__(self, states: Iterable[State], code: Sequence[JudgedResource]) -> None:
        self.gaps: list[Gap] = []
        self.roots: dict[str, str | None] = {}
        """File to its root module."""
        self.identified: dict[str, set[str]] = {}
        """File to the addresses of the code that it has."""
        self._names: dict[tuple[str, str], frozenset[str]] = {}
        self._addresses: dict[str, str] = {}
        """Live key to where a state has it."""
        addresses: dict[str, set[str]] = {}
        for resource in code:
            addresses.setdefault(resource.ref.root, set()).add(resource.ref.address)
        for state in states:
            root = self._root(state, addresses)
            self.roots[state.file] = root
            self.identified[state.file] = set() if root is None else addresses[root] & state.identities.keys()
            for address, spellings in state.identities.items() if root is not None else ():
                self._names[str(root), address] = self._names.get((str(root), address), frozenset()) | spellings
                self._addresses.update(dict.fromkeys(spellings, f"{address} in {root}"))

    def names(self, ref: ResourceRef) -> frozenset[str]:
        """What a state says that the provider calls a resource of the code; empty where no state has it."""
        return self._names.get((ref.root, ref.address), frozenset())

    def address(self, live: ResourceRef) -> str:
        """Where a state has a live resource; empty where none has it."""
        return self._addresses.get(names.live_key(live), "")

    def lacks(self, ref: ResourceRef) -> bool:
        """Whether there is a state of its root module without it: it is not deployed then."""
        return ref.root in self.roots.values() and ref.stands_for == "itself" and (ref.root, ref.address) not in self._names

    def _root(self, state: State, addresses: dict[str, set[str]]) -> str | None:
        """The root module of a state: the one that is named, else the only one that has its addresses."""
        if state.root is not None:
            if named := next((root for root in (state.root, show(state.root)) if root in addresses), None):
                return named
            reason = f"no resource of the code has the root {state.root}"
            self.gaps.append(Gap(state.file, "state_unused", reason, f"name one of {some(addresses, len(addresses))}"))
            return None
        roots = [root for root, known in addresses.items() if known & state.identities.keys()]
        if len(roots) == 1:
            return roots[0]
        if roots:
            reason = f"{len(roots)} root modules of the code have addresses of this state: {some(roots, len(roots))}"
            self.gaps.append(Gap(state.file, "state_unused", reason, f"say which: --state {roots[0]}={state.file}"))
        else:
            reason = "none of its addresses is in the code"
            self.gaps.append(Gap(state.file, "state_unused", reason, "give the state of the code that is compared"))
        return None


def read(text: str) -> State | Gap:
    """The state at `[ROOT=]FILE`; a Gap where there is none that can be read."""
    root, path = root_and_path(text)
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            return Gap(show(path), "parse_error", "the state is no file", _WAY)
        if os.path.getsize(path) > MAX_BYTES:
            return Gap(show(path), "parse_error", f"the state is larger than {MAX_BYTES:,} bytes", _WAY)
        with open(path, "rb") as opened:
            document = msgspec.json.decode(utf8(opened.read()))
        identities = dict(_identities(document))
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return Gap(show(path), "parse_error", f"the state could not be read: {reason}", _WAY)
    return State(show(path), identities, root)


def root_and_path(text: str) -> tuple[str | None, str]:
    """The root module, where one is named, and the file of `[ROOT=]FILE`."""
    root, equals, path = text.partition("=")
    return (root, path) if equals and not os.path.exists(text) else (None, text)


def _identities(document: Any) -> Iterator[tuple[str, frozenset[str]]]:
    if not isinstance(document, Mapping):
        raise ValueError("it is no object")
    if document.get("version") == 4 and "terraform_version" in document:
        yield from _stored(document)
    elif "format_version" in document:
        prior = document.get("prior_state")
        values = prior.get("values") if isinstance(prior, Mapping) else document.get("values")
        module = values.get("root_module") if isinstance(values, Mapping) else None
        yield from _shown(module, 0)
    else:
        version = document.get("version")
        raise ValueError(f"version {version!r} of the format is not known" if isinstance(version, int) else "it is no Terraform state")


def _stored(state: Mapping[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """https://github.com/hashicorp/terraform/blob/main/internal/states/statefile/version4.go"""
    for resource in _objects(state.get("resources")):
        type_, name = resource.get("type"), resource.get("name")
        if resource.get("mode") != "managed" or not isinstance(type_, str) or not isinstance(name, str):
            continue
        module = resource.get("module")
        prefix = f"{module}." if isinstance(module, str) and module else ""
        for instance in _objects(resource.get("instances")):
            if instance.get("deposed"):
                continue  # to be destroyed; another object stands at the address
            key = instance.get("index_key")
            index = "" if key is None else f"[{key}]" if isinstance(key, int) else f'["{key}"]'
            attributes = instance.get("attributes") or instance.get("attributes_flat")
            if isinstance(attributes, Mapping):
                yield f"{prefix}{type_}.{name}{index}", _names(attributes)


def _shown(module: Any, depth: int) -> Iterator[tuple[str, frozenset[str]]]:
    if not isinstance(module, Mapping):
        return
    if depth > MAX_DEPTH:
        raise ValueError(f"modules are nested deeper than {MAX_DEPTH}")
    for resource in _objects(module.get("resources")):
        address, values = resource.get("address"), resource.get("values")
        managed = resource.get("mode") == "managed" and not resource.get("deposed_key")
        if managed and isinstance(address, str) and isinstance(values, Mapping):
            yield address, _names(values)
    for child in _objects(module.get("child_modules")):
        yield from _shown(child, depth + 1)


def _objects(data: Any) -> list[Mapping[str, Any]]:
    return [element for element in data if isinstance(element, Mapping)] if isinstance(data, list) else []


def _names(attributes: Mapping[str, Any]) -> frozenset[str]:
    """What the provider calls a resource. An ARN is enough; ids, names and self links of Google are spelled alike."""
    arn = attributes.get("arn")
    if isinstance(arn, str) and arn.startswith("arn:"):
        return frozenset({arn, *_replicas(arn, attributes)})
    project = attributes.get("project")
    project = project if isinstance(project, str) else ""
    spellings = {
        spelled(text, project) for text in _texts(attributes, "self_link", "id", "name") if "/" in text or text == attributes.get("name")
    }
    for attribute, prefix in _OWNERS.items():
        owner = attributes.get(attribute)
        if isinstance(owner, str) and owner and isinstance(attributes.get("role"), str | None) and "etag" in attributes:
            spellings.add(spelled(owner if owner.startswith(prefix) else prefix + owner, project))
    if project and "role" in attributes and "etag" in attributes:
        spellings.add(f"projects/{project.removeprefix('projects/')}")
    return frozenset(spellings)


def _texts(attributes: Mapping[str, Any], *names: str) -> list[str]:
    return [text for name in names if isinstance(text := attributes.get(name), str) and text]


def _replicas(arn: str, attributes: Mapping[str, Any]) -> Iterator[str]:
    """A replica of a global table is a table of its own region, with an ARN of its own."""
    fields = arn.split(":")
    for replica in _objects(attributes.get("replica")):
        own_arn, region = replica.get("arn"), replica.get("region_name")
        if isinstance(own_arn, str) and own_arn.startswith("arn:"):
            yield own_arn
        elif isinstance(region, str) and len(fields) > 5 and fields[2] == "dynamodb":
            yield ":".join([*fields[:3], region, *fields[4:]])
