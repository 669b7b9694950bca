"""One file of Terragrunt, evaluated: its local values, and the functions that Terragrunt has beside those of Terraform.

https://terragrunt.gruntwork.io/docs/reference/hcl/
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from assay.scanner.sources.overlay import Overlay, repository
from assay.scanner.sources.raw import Unknown, at_least
from assay.scanner.sources.terraform.blocks import Argument, Block
from assay.scanner.sources.terraform.files import FileError, read_content
from assay.scanner.sources.terraform.local_values import LocalValues
from assay.scanner.sources.terraform.named import Lookup
from assay.scanner.sources.terraform.operators import EXCEEDED, to_text, unsettled, why_unknown
from assay.scanner.sources.terraform.workspace import Workspace

NAME = "terragrunt.hcl"
WAY = "scan the plans that it makes (terragrunt show -json), or pass the variables with --var-file"
_MOST_PARENTS = 100
"""Directories that are looked through upwards (`MaxParentFoldersToCheck`)."""
_A_FILE = 200
"""Steps that it costs to read a file."""


class Reading(NamedTuple):
    """What files of Terragrunt are read with."""

    workspace: Workspace
    content: Callable[[str], bytes]
    """The content of a file inside of what is scanned. Raises FileError."""
    overlay: Overlay
    unit: str
    """The directory of the unit that they are read for."""
    files: dict[tuple[str, str], ConfigFile]
    """Those that were read, by path and by the directory that they were read for."""

    def open(self, path: str, directory: str) -> ConfigFile:
        """A file, read once: those that read each other do so in a circle. Raises FileError, OverBudget."""
        if (path, directory) not in self.files:
            self.workspace.budget.step(_A_FILE)
            self.files[path, directory] = ConfigFile(path, directory, self)
        return self.files[path, directory]


class ConfigFile:
    """A file of Terragrunt, as it is read for the file of a unit: itself, one that it includes, or one that a function reads."""

    def __init__(self, path: str, unit: str, reading: Reading) -> None:
        """`unit`: the directory of the file that it is read for. Raises FileError."""
        self.path, self.directory, self.unit = path, os.path.dirname(path) or ".", unit
        self._reading = reading
        self.arguments: dict[str, Argument]
        self.arguments, self.blocks = read_content(reading.content(path), reading.workspace.show(path))
        budget = reading.workspace.budget
        self._locals = LocalValues(self.of("locals"), self._named, self._functions(), budget, WAY)
        self.value = self._locals.value
        self._includes: dict[str, ConfigFile | Unknown] | None = None

    def of(self, type_: str) -> Iterator[Block]:
        """The blocks of a type at the top of the file."""
        return (block for block in self.blocks if block.type == type_)

    def inputs(self) -> tuple[dict[str, Any], Unknown | None]:
        """What the file gives variables, by their names, and why it may give others."""
        argument = self.arguments.get("inputs")
        return self._locals.parts(None if argument is None else argument.expression)

    def includes(self) -> dict[str, ConfigFile | Unknown]:
        """The files that it includes, by the labels of their blocks: https://terragrunt.gruntwork.io/docs/reference/hcl/blocks/#include"""
        if self._includes is None:
            self._includes = {}  # a path may not depend on what is included
            self._includes = {block.labels[0] if block.labels else "": self._included(block) for block in self.of("include")}
        return self._includes

    def _included(self, block: Block) -> ConfigFile | Unknown:
        path = self.value(block.expression("path"))
        if not isinstance(path, str):
            return Unknown("which file Terragrunt includes is not known", WAY)
        try:
            return self._reading.open(self.full(path), self.unit)
        except FileError as error:
            return Unknown(f"a file that Terragrunt includes could not be read: {error}", WAY)

    def full(self, path: str) -> str:
        """Where a path in the file leads."""
        return os.path.normpath(os.path.join(self.directory, path))

    def _named(self, name: str) -> Any:
        return Lookup(self._of_included) if name == "include" else Unknown(f"{name} of Terragrunt is known when it runs", WAY)

    def _of_included(self, name: str) -> Any:
        files = self.includes()
        if "" in files:  # the one without a label: its parts are named by themselves
            return files[""] if isinstance(files[""], Unknown) else files[""].exposed().get(name, _NOT_TOLD)
        included = files.get(name, _NOT_TOLD)
        return included if isinstance(included, Unknown) else included.exposed()

    def exposed(self) -> dict[str, Any]:
        """What another file may read of it."""
        return {"locals": self._locals.all(), "inputs": self._exposed_inputs()}

    def _exposed_inputs(self) -> Any:
        given, rest = self.inputs()
        return at_least(given, rest) if given else rest or {}

    def _functions(self) -> dict[str, Callable[..., Any]]:
        """https://terragrunt.gruntwork.io/docs/reference/hcl/functions/"""
        own = self._reading.workspace.functions(self.directory)
        away, back = os.path.relpath(self.unit, self.directory), os.path.relpath(self.directory, self.unit)
        return {
            **own,
            "find_in_parent_folders": self._in_parents,
            "get_terragrunt_dir": lambda: os.path.abspath(self.unit),
            "get_original_terragrunt_dir": lambda: os.path.abspath(self._reading.unit),
            "get_parent_terragrunt_dir": lambda *_: os.path.abspath(self.directory) if self.unit != self.directory else _NOT_TOLD,
            "get_repo_root": self._top,
            "path_relative_to_include": lambda *_: away if self.unit != self.directory else _NOT_TOLD,
            "path_relative_from_include": lambda *_: back if self.unit != self.directory else _NOT_TOLD,
            "read_terragrunt_config": self._config,
        }

    def _top(self) -> Any:
        top = repository(self.unit, self._reading.overlay)
        return _NOT_TOLD if top is None else os.path.abspath(top)

    def _in_parents(self, name: Any = NAME, *fallback: Any) -> Any:
        if unsettled(name):
            return why_unknown(name)
        folder = os.path.abspath(self.unit)
        for _ in range(_MOST_PARENTS):
            if folder == (folder := os.path.dirname(folder)):
                break
            self._reading.workspace.budget.step(20)
            path = os.path.join(folder, to_text(name))
            try:
                self._reading.content(path)
            except FileError:
                continue
            return path
        return fallback[0] if fallback and repository(self.unit, self._reading.overlay) else _NOT_AT_HAND

    def _config(self, path: Any, *fallback: Any) -> Any:
        if unsettled(path):
            return why_unknown(path)
        full = self.full(to_text(path))
        try:
            return self._reading.open(full, os.path.dirname(full)).exposed()
        except FileError:
            return fallback[0] if fallback and not self._reading.overlay.is_file(full) else _NOT_AT_HAND


_NOT_TOLD = Unknown("Terragrunt knows it when it runs", WAY)
_NOT_AT_HAND = Unknown("a file that Terragrunt reads is not at hand", WAY)
REFUSED = (*EXCEEDED, FileError)
"""Why a file gives nothing."""
