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
from assay.scanner.sources.terraform.files import FileError, not_utf8, read_arguments, read_bytes

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


def values(given: GivenVariables, directory: str, files: VariableFiles, blocks: Iterable[Block]) -> tuple[dict[str, Any], list[Gap]]:
    """Name to expression, of those that are given; lowest precedence first. `blocks`: those of the module, for the types of variables."""
    built: dict[str, Any] = {}
    gaps: list[Gap] = []
    for path in [*automatic(directory, files.overlay), *given.files]:
        try:
            source = read_bytes(path, files.overlay) if path in given.files else files.inside(path)  # those the user names
            built.update(read_arguments(source, path))
        except FileError as error:
            gaps.append(Gap(files.show(path), "parse_error", str(error), "correct the file", error.line))
        else:
            gaps += [not_utf8(files.show(path))] if is_utf16(source) else []
    constraints = {
        block.labels[0]: types.constraint_of(block.expression("type")) for block in blocks if block.type == "variable" and block.labels
    }
    for name, text in given.texts.items():
        constraint = constraints.get(name)
        plain = constraint is None or (isinstance(constraint, tree.Name) and constraint.name in ("string", "number", "bool"))
        built[name] = tree.Literal(text) if plain else parsing.standalone(text)
    built.update({name: json_syntax.expression(value) for name, value in given.planned.items()})
    return built, gaps


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
