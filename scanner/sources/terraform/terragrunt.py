"""What Terragrunt deploys: modules with the values that it gives their variables.

A directory with a `terragrunt.hcl` is a unit. Its module is the code beside that file, or the one that `terraform { source = … }` names;
its `inputs`, with those of the files that it includes, come to the module as variables of the environment, so that files of values
count before them: https://terragrunt.gruntwork.io/docs/features/units/, …/docs/reference/hcl/attributes/#inputs. What cannot be told of
that is not known, and never the default of the variable, since Terragrunt gives the variable a value.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from assay.scanner.sources.budget import Budget
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.listing import Became
from assay.scanner.sources.overlay import Overlay
from assay.scanner.sources.raw import Unknown, because, same
from assay.scanner.sources.terraform import tree
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.local_values import named
from assay.scanner.sources.terraform.operators import unsettled, words
from assay.scanner.sources.terraform.terragrunt_files import NAME, REFUSED, WAY, ConfigFile, Reading
from assay.scanner.sources.terraform.workspace import Workspace

ELSEWHERE = "takes modules from where they are not scanned"
GENERATES = "writes code beside modules (`generate`), which is not read"
NOT_READ = "gives values that cannot be told from its files"
CODE = "terragrunt_unsupported"


class Unit(msgspec.Struct, frozen=True):
    """What a file of Terragrunt says of a module."""

    file: str
    module: str | None = None
    """The directory of its code; None where it is not at hand, or the file is there to be included by others."""
    inputs: dict[str, Any] = {}
    """Raw values of variables."""
    rest: Unknown | None = None
    """Why other variables may be given, too."""
    over: Unknown | None = None
    """Why any variable may be given another value on the command line."""
    left: tuple[str, ...] = ()
    """What it says that is not read, in words."""
    certain: bool = True
    """Whether it is deployed for sure."""

    def weak(self, variables: Iterable[Block]) -> dict[str, Any]:
        """The raw values of variables which files of values have before them."""
        names = [block.labels[0] for block in variables if block.labels]
        told = {name: raw for name, raw in self.inputs.items() if name in names}
        return {name: named(name, told.get(name, self.rest)) for name in names if name in told or self.rest is not None}

    def strong(self, variables: Iterable[Block]) -> dict[str, Any]:
        """The raw values of variables that count before those of files."""
        return {block.labels[0]: named(block.labels[0], self.over) for block in variables if block.labels and self.over is not None}


class Units:
    """The units of directories, each read once."""

    def __init__(self, names: Callable[[str], list[str]], holds_code: Callable[[str], bool], content: Callable[[str], bytes],
                 workspace: Callable[[Budget], Workspace], overlay: Overlay) -> None:  # fmt: skip
        """`names` in a directory; `holds_code`: whether one is at hand with code in it; `content` of a file, raises FileError;
        `workspace`: what functions that read files are evaluated with."""
        self._names, self._holds_code, self._content, self._workspace, self._overlay = names, holds_code, content, workspace, overlay
        self._units: dict[str, Unit | None] = {}

    def of(self, directory: str) -> Unit | None:
        """The unit of a directory, None where Terragrunt has nothing to do with it."""
        if directory not in self._units:
            self._units[directory] = self._read(directory) if NAME in self._names(directory) else None
        return self._units[directory]

    def _read(self, directory: str) -> Unit:
        path = os.path.join(directory, NAME)
        own = directory if self._holds_code(directory) else None
        reading = Reading(self._workspace(Budget()), self._content, self._overlay, directory, {})
        try:
            return _unit(reading.open(path, directory), own, self._beside)
        except REFUSED as error:
            why = Unknown(f"{NAME} could not be read: {words(error)}", "correct the file")
            return Unit(path, own, {}, why, why, (NOT_READ,))

    def _beside(self, path: str, like: str) -> str | None:
        """A directory of code as paths are spelled here, None where it is not at hand."""
        directory = os.path.normpath(path)
        directory = os.path.relpath(directory) if os.path.isabs(directory) and not os.path.isabs(like) else directory
        return directory if self._holds_code(directory) else None


def _unit(file: ConfigFile, own: str | None, beside: Callable[[str, str], str | None]) -> Unit:
    """What a file says with those that it includes. `own`: its directory, where that holds code."""
    merging = [(merged, _strategy(file, label)) for label, merged in file.includes().items()]
    included = [merged for merged, strategy in merging if strategy != "no_merge"]
    files = [file, *(merged for merged in included if isinstance(merged, ConfigFile))]
    unread = next((merged for merged in included if isinstance(merged, Unknown)), None)
    inputs, rest = _merged(file, [(merged, strategy) for merged, strategy in merging if isinstance(merged, ConfigFile)])
    sources = [(config, source) for config in files if (source := _source(config)) is not None]
    module = own
    left = [GENERATES] if any(True for config in files for _ in config.of("generate")) else []
    if sources or unread is not None:
        named = _local(*sources[0]) if sources else None
        module = beside(named, file.directory) if named else own
        if own is not None and module != own and sources:
            module, left = own, [*left, ELSEWHERE]  # code of both is deployed together
    elsewhere = module is None and (bool(sources) or unread is not None)
    over = next((why for config in files for why in _arguments(config)), None)
    told = None if unread is None else because(unread)
    doubts = [told, over, rest]
    if module is not None and any(doubts):
        left.append(NOT_READ)
    kept = tuple(dict.fromkeys([*left, ELSEWHERE] if elsewhere else left))
    return Unit(file.path, module, inputs, rest or told, over or told, kept, certain=not _may_be_skipped(file))


def _strategy(file: ConfigFile, label: str) -> str:
    """How a file is merged that another includes: https://terragrunt.gruntwork.io/docs/reference/hcl/blocks/#include"""
    block = next(block for block in file.of("include") if (block.labels[0] if block.labels else "") == label)
    written = block.expression("merge_strategy")
    strategy = "shallow" if written is None else file.value(written)
    return strategy if isinstance(strategy, str) else "deep"


def _merged(file: ConfigFile, merging: list[tuple[ConfigFile, str]]) -> tuple[dict[str, Any], Unknown | None]:
    """The inputs of a file over those of the files that it includes, and why there may be more."""
    inputs, rest = file.inputs()
    own = dict(inputs)
    for included, strategy in merging:
        if strategy == "no_merge":
            continue
        given, more = included.inputs()
        rest = rest or more
        for name, raw in given.items():
            combined = strategy != "shallow" and (isinstance(raw, (list, dict)) or unsettled(raw))
            differs = name in inputs and not same(inputs[name], raw) and (name not in own or combined)
            inputs[name] = Unknown("several files of Terragrunt give it", WAY) if differs else inputs.get(name, raw)
    return inputs, rest


def _source(file: ConfigFile) -> Any:
    """The source of the module that a file names, None where it names none."""
    for block in file.of("terraform"):
        if (written := block.expression("source")) is not None:
            return file.value(written)
    return None


def _local(file: ConfigFile, source: Any) -> str | None:
    """The directory that a source leads to, None where it is of another kind: `//` is where what is copied ends.

    https://terragrunt.gruntwork.io/docs/reference/hcl/blocks/#terraform
    """
    if not isinstance(source, str) or not (source.startswith(("./", "../", "/")) or source in (".", "..")):
        return None
    return os.path.join(file.unit, source.partition("?")[0].replace("//", "/"))


def _arguments(file: ConfigFile) -> Iterator[Unknown]:
    """Why arguments of commands may give variables other values: `extra_arguments`.

    https://terragrunt.gruntwork.io/docs/features/extra-arguments
    """
    for block in (inner for outer in file.of("terraform") for inner in outer.blocks if inner.type == "extra_arguments"):
        values = {name: file.value(argument.expression) for name, argument in block.arguments.items()}
        texts = [*_texts(values.get("arguments")), *(values.get("env_vars") or {} if isinstance(values.get("env_vars"), dict) else [])]
        files = any(values.get(name) not in (None, []) for name in ("required_var_files", "optional_var_files"))
        readable = all(values.get(name) is None or isinstance(values[name], (list, dict)) for name in ("arguments", "env_vars"))
        if files or not readable or any(not isinstance(text, str) or text.lstrip("-").startswith(("var", "TF_VAR_")) for text in texts):
            yield Unknown("Terragrunt gives variables on the command line (extra_arguments)", WAY, block.location())


def _texts(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []


_OFF = (tree.Literal(False), tree.Literal(None), None)


def _may_be_skipped(file: ConfigFile) -> bool:
    """https://terragrunt.gruntwork.io/docs/reference/hcl/blocks/#exclude"""
    skip = file.arguments.get("skip")
    return (skip is not None and skip.expression not in _OFF) or any(True for _ in file.of("exclude"))


def ledger(units: Iterable[Unit], show: Callable[[str], str]) -> Coverage:
    """What the ledger says of all files of Terragrunt: one gap for each kind of what is not read, and those files that give no module
    of this input its values."""
    units = list(units)
    coverage = Coverage()
    for what in (ELSEWHERE, GENERATES, NOT_READ):
        paths = [unit.file for unit in units if what in unit.left]
        if paths:
            others = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            coverage.gaps.append(Gap(show(paths[0]), CODE, f"Terragrunt {what} here{others}", WAY))
    for unit in units:
        if unit.module is None:
            became: Became = "unread" if unit.left else "other"
            coverage.enter(show(unit.file), "terraform", became, _NO_MODULE if unit.left else "a file of Terragrunt that names no module")
    return coverage


_NO_MODULE = "a file of Terragrunt, of which the module is not at hand"
