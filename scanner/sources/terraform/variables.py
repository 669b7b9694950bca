"""The values of a root module's variables (https://developer.hashicorp.com/terraform/language/values/variables)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.encodings import is_utf16
from assay.scanner.sources.overlay import Overlay
from assay.scanner.sources.terraform import json_syntax, parsing, tree, types
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.deployments import Deployment
from assay.scanner.sources.terraform.files import FileError, not_utf8, read_arguments, read_bytes
from assay.scanner.sources.terraform.functions import FUNCTIONS
from assay.scanner.sources.terraform.operators import unsettled
from assay.scanner.sources.terraform.terragrunt import Unit

_FIXED = ("terraform.tfvars", "terraform.tfvars.json")
_AUTOMATIC = (".auto.tfvars", ".auto.tfvars.json")


class GivenVariables(msgspec.Struct, frozen=True):
    """What a run gives for variables: texts as on the command line, files that the user names, and the values that a plan was made with."""

    texts: dict[str, str]
    files: Sequence[str]
    planned: dict[str, Any]


class VariableFiles(msgspec.Struct, frozen=True):
    """How variable files of a directory are read: `inside` raises FileError for what is outside of the scanned directories."""

    overlay: Overlay
    inside: Callable[[str], bytes]
    show: Callable[[str], str]


def values(
    given: GivenVariables,
    directory: str,
    files: VariableFiles,
    blocks: Iterable[Block],
    unit: Unit | None = None,
    deployment: Deployment | None = None,
) -> tuple[dict[str, Any], list[Gap]]:
    """Name to expression, of those that are given; lowest precedence first. `blocks`: those of the module, for the types of variables;
    `unit`: what Terragrunt gives it, `deployment`: what that of a stack does."""
    variables = [block for block in blocks if block.type == "variable" and block.labels]
    constraints = {block.labels[0]: types.constraint_of(block.expression("type")) for block in variables}
    built: dict[str, Any] = {}
    if unit is not None:
        built |= {name: from_environment(raw, constraints[name]) for name, raw in unit.weak(variables).items()}
    if deployment is not None:
        built |= {name: tree.Literal(raw) for name, raw in deployment.of(variables).items()}
    gaps = _read(_automatic_of(directory, unit, files.overlay), files.inside, files, built)
    if unit is not None:
        built |= {name: tree.Literal(raw) for name, raw in unit.strong(variables).items()}
    gaps += _read(given.files, lambda path: read_bytes(path, files.overlay), files, built)  # those the user names
    built.update({name: from_text(text, constraints.get(name)) for name, text in given.texts.items()})
    built.update({name: json_syntax.expression(value) for name, value in given.planned.items()})
    return built, gaps


def _read(paths: Iterable[str], content: Callable[[str], bytes], files: VariableFiles, built: dict[str, Any]) -> list[Gap]:
    """Take in the values of some files, and say what of them cannot be read."""
    gaps: list[Gap] = []
    for path in paths:
        try:
            source = content(path)
            built.update(read_arguments(source, path))
        except FileError as error:
            gaps.append(Gap(files.show(path), "parse_error", str(error), "correct the file", error.line))
        else:
            gaps += [not_utf8(files.show(path))] if is_utf16(source) else []
    return gaps


def from_text(text: str, constraint: Any) -> Any:
    """The expression that a text stands for, on the command line or in the environment."""
    plain = constraint is None or (isinstance(constraint, tree.Name) and constraint.name in ("string", "number", "bool"))
    return tree.Literal(text) if plain else parsing.standalone(text)


def from_environment(raw: Any, constraint: Any) -> Any:
    """The expression of a value that a program gives in the environment: of what is no text, as JSON."""
    if isinstance(raw, str):
        return from_text(raw, constraint)
    return tree.Literal(raw if constraint is not None or raw is None or unsettled(raw) else FUNCTIONS["jsonencode"](raw))


def _automatic_of(directory: str, unit: Unit | None, overlay: Overlay) -> list[str]:
    """The variable files of a module, and of a directory that Terragrunt copies over it."""
    paths = automatic(directory, overlay)
    above = os.path.dirname(unit.file) if unit is not None else directory
    if os.path.normpath(above) == os.path.normpath(directory):
        return paths
    named = {os.path.basename(path): path for path in [*paths, *automatic(above or ".", overlay)]}
    return [named[name] for name in sorted(named, key=lambda name: (_FIXED.index(name) if name in _FIXED else len(_FIXED), name))]


def automatic(directory: str, overlay: Overlay) -> list[str]:
    """The variable files that Terraform reads unasked: two of fixed names, if they are there, and those of a fixed ending.

    A link to nothing is not there, but one with that ending is an error. A pipe or a device is there: Terraform reads it.
    """
    names = sorted(overlay.names(directory))
    fixed = [os.path.join(directory, name) for name in _FIXED if name in names]
    there = [path for path in fixed if not overlay.is_link(path) or _leads_somewhere(path, overlay)]
    return there + [os.path.join(directory, name) for name in names if name.endswith(_AUTOMATIC)]


def _leads_somewhere(path: str, overlay: Overlay) -> bool:
    return overlay.is_file(path) or overlay.is_directory(path) or os.path.exists(overlay.real(path))


def unused(name: str, declared: Iterable[str]) -> Gap:
    """The gap of a variable that is given and that nothing declares: a slip of the pen, by which another keeps its default."""
    import difflib

    near = difflib.get_close_matches(name, sorted(declared), 1)
    way = f"did you mean {near[0]}?" if near else "correct the name, or leave it out"
    return Gap(f"--var {name}", "variable_unused", f'no root module that was scanned declares a variable "{name}"', way)
