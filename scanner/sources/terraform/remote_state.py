"""Root modules whose outputs others read from their states, where the code of both is scanned.

A root module says in its `backend` where its state is, and a `terraform_remote_state` names that place: the outputs are then those that the
code has, as a fresh apply of both makes them. What they refer to has addresses that begin with `terraform_remote_state.NAME`.
https://developer.hashicorp.com/terraform/language/state/remote-state-data, …/language/backend
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from assay.scanner.override import override
from assay.scanner.sources.raw import Reference, Refused
from assay.scanner.sources.terraform import tree
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.costs import TooMuch
from assay.scanner.sources.terraform.evaluate import Scope, evaluate
from assay.scanner.sources.terraform.operators import EvaluationError, Namespace, to_text, unsettled, why_unknown
from assay.scanner.sources.terraform.selected import DEFAULT

if TYPE_CHECKING:
    from assay.scanner.sources.terraform.expansion import Instance
    from assay.scanner.sources.terraform.instances import ResourceBlock
    from assay.scanner.sources.terraform.modules import Module

TYPE = "terraform_remote_state"
_PLACES = {"s3": ("key", "bucket"), "gcs": ("prefix", "bucket"), "azurerm": ("key", "container_name", "storage_account_name")}
"""Where a state is, by the type of backend: what is another for each root module, and what may be left to whoever runs `terraform init`."""
_CLOUD = "app.terraform.io"
"""Where HCP Terraform is, unless a data source names a server."""
_LOCAL_STATE = "terraform.tfstate"
_MOST = 20
"""Root modules that one reads the outputs of."""


class RemoteStates:
    """The root modules that one root module reads the outputs of, as far as they are among those that are scanned."""

    def __init__(self, directory: str, holding: Callable[[str], Iterable[str]], load: Callable[[str], list[Block]],
                 opened: Callable[[str], Module]) -> None:  # fmt: skip
        """`holding`: the directories in which a text stands. `load` gives the blocks of one, `opened` its root module."""
        self._own, self._holding, self._load, self._opened = os.path.normpath(directory), holding, load, opened
        self._modules: dict[str, Module | None] = {}
        self._named: dict[tuple[str, str, str], Module | None] = {}

    def module(self, resource: ResourceBlock, instance: Instance) -> Module | None:
        """The root module whose state a data source reads; None where that is not among what is scanned, or not known.

        Raises EvaluationError, TooMuch, OverBudget.
        """
        key = (resource.module.address, resource.address, instance.suffix)
        if key not in self._named:
            self._named[key] = None  # while it is looked for
            directory = self._directory(resource, instance)
            self._named[key] = None if directory is None else self._of(directory, resource.block.labels[1])
        return self._named[key]

    def modules(self) -> list[Module]:
        """Those that were asked for until now."""
        return [module for module in self._modules.values() if module is not None]

    def _of(self, directory: str, name: str) -> Module | None:
        path = os.path.normpath(directory)
        if path == self._own or len(self._modules) >= _MOST:
            return None
        if path not in self._modules:
            self._modules[path] = None
            module = self._opened(directory)
            taken = {other.address for other in self.modules()}
            module.address = next(address for at in range(_MOST + 1) if (address := f"{TYPE}.{name}{f'-{at}' if at else ''}.") not in taken)
            self._modules[path] = module
        return self._modules[path]

    def _directory(self, resource: ResourceBlock, instance: Instance) -> str | None:
        scope, block = resource.scope(instance), resource.block
        backend = _plain(block.expression("backend"))
        expression = block.expression("config")
        if expression is None or not isinstance(backend, str) or not _is_default(block.expression("workspace"), scope):
            return None
        config = evaluate(expression, scope)
        if not isinstance(config, dict):
            return None
        if backend == "local":
            return self._beside(config.get("path"), resource.module.root.directory)
        if backend == "remote":
            return self._in_cloud(config)
        own, *shared = _PLACES.get(backend, ("",))
        place = config.get(own)
        if not isinstance(place, str) or not place:
            return None
        told = {name: config[name] for name in shared if isinstance(config.get(name), str)}
        found = [
            directory
            for directory in self._holding(place)
            for kept in _backends(self._load(directory))
            if kept.labels == (backend,) and _plain(kept.expression(own)) == place and _may_be(kept, told)
        ]
        return found[0] if len(found) == 1 else None

    def _beside(self, path: Any, own: str) -> str | None:
        """The directory of a state that is a file."""
        if not isinstance(path, str):
            return None
        state = os.path.normpath(os.path.join(own, path))
        known = {os.path.normpath(directory): directory for directory in self._holding("")}
        near = [known[folder] for folder in [os.path.dirname(state)] if folder in known]
        found = [directory for directory in [*near, *self._holding(os.path.basename(state))] if self._keeps(directory) == state]
        return found[0] if len(set(found)) == 1 else None

    def _in_cloud(self, config: dict[str, Any]) -> str | None:
        """The directory whose state is in a workspace of HCP Terraform, which its `cloud` block names, or its backend `remote`.

        https://developer.hashicorp.com/terraform/cli/cloud/settings
        """
        workspaces = config.get("workspaces")
        name = workspaces.get("name") if isinstance(workspaces, dict) else None
        if not isinstance(name, str) or not name:
            return None
        settings = {"hostname": _CLOUD, **config}
        told = {key: settings[key] for key in ("organization", "hostname") if isinstance(settings.get(key), str)}
        found = [
            directory
            for directory in self._holding(name)
            for kept in (*_backends(self._load(directory), "cloud"), *_backends(self._load(directory)))
            if kept.labels in ((), ("remote",)) and _workspace(kept) == name and _may_be(kept, told)
        ]
        return found[0] if len(found) == 1 else None

    def _keeps(self, directory: str) -> str | None:
        """The file that a root module keeps its state in, None where it is none."""
        backend = next(_backends(self._load(directory)), None)
        if backend is not None and backend.labels != ("local",):
            return None
        written = None if backend is None else backend.expression("path")
        path = _LOCAL_STATE if written is None else _plain(written)
        return os.path.normpath(os.path.join(directory, path)) if isinstance(path, str) else None


def _plain(expression: Any) -> Any:
    return expression.value if isinstance(expression, tree.Literal) else None


def _is_default(workspace: Any, scope: Scope) -> bool:
    """Whether a data source reads the state of the default workspace, as it does where it names none."""
    return workspace is None or evaluate(workspace, scope) == DEFAULT


def _backends(blocks: Iterable[Block], type_: str = "backend") -> Iterator[Block]:
    for block in blocks:
        if block.type == "terraform":
            yield from (inner for inner in block.blocks if inner.type == type_)


def _workspace(kept: Block) -> Any:
    """The one workspace that a `cloud` block or a backend `remote` names."""
    return next((_plain(inner.expression("name")) for inner in kept.blocks if inner.type == "workspaces"), None)


def _may_be(backend: Block, told: dict[str, str]) -> bool:
    """Whether what a backend says of its place is as told; what it leaves to `terraform init` may be that."""
    return all(backend.expression(name) is None or _plain(backend.expression(name)) == text for name, text in told.items())


class Outputs(Namespace):
    """What `data.terraform_remote_state.x.outputs` stands for, where the code of its root module is at hand."""

    __slots__ = ("address", "link", "module")

    def __init__(self, module: Module, address: str, link: bool) -> None:
        self.module, self.address, self.link = module, address, link

    @override
    def attribute(self, name: str) -> Any:
        """What the code gives; of an output that it does not have, or cannot compute, the answer of the provider."""
        with contextlib.suppress(EvaluationError, TooMuch):
            if not isinstance(raw := self.module.output(name, self.link), Refused):
                return raw
        return Reference(self.address, f"outputs.{name}")

    @override
    def index(self, key: Any) -> Any:
        return why_unknown(key) if unsettled(key) else self.attribute(to_text(key))

    @override
    def elements(self) -> Any:
        return {name: self.attribute(name) for name in self.module.outputs()}

    @override
    def finish(self) -> Any:
        return Reference(self.address, "outputs")


def outputs(resource: ResourceBlock, instance: Instance, address: str, link: bool) -> Any:
    """The outputs that a data source reads, None where the code of their root module is not at hand."""
    states = resource.module.workspace.states
    try:
        module = states.module(resource, instance) if states is not None else None
    except (EvaluationError, TooMuch):
        return None
    return None if module is None else Outputs(module, address, link)


def read(states: RemoteStates | None, modules: Iterable[Module]) -> list[Module]:
    """The root modules that some modules read the outputs of, and those that these read from."""
    if states is None:
        return []
    waiting, seen = list(modules), set[int]()
    while waiting:
        module = waiting.pop()
        for resource in module.declared:
            if resource.type == f"data.{TYPE}":
                for instance in resource.instances:
                    outputs(resource, instance, resource.address, False)
        for other in states.modules():
            if id(other) not in seen:
                seen.add(id(other))
                waiting += other.walk()
    return states.modules()
