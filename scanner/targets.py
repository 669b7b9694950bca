"""What a run is over: the sources of what its options name."""

from __future__ import annotations

import difflib
import importlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assay.scanner.options import Options
from assay.scanner.sources import inputs
from assay.scanner.sources.discover import discover, repository, show
from assay.scanner.sources.interface import Gap, Source, Unread
from assay.scanner.sources.overlay import DISK

if TYPE_CHECKING:
    from assay.scanner.sources.terraform.hcl import TerraformSource


def sources(options: Options) -> tuple[Iterator[Source], list[Gap]]:
    """The sources below the paths of the options, and what of those paths cannot be used."""
    found = discover(options.paths, options.overlay or DISK)

    def made() -> Iterator[Source]:
        declared: set[str] = set()
        if found.directories or found.files:
            code = _terraform(found.directories, found.files, found.boundary, options)
            yield code
            declared = code.declared
        if unused := [_unused(name, declared) for name in options.must_declare if name not in declared]:
            yield Unread(*unused)
        for format_ in inputs.formats():
            if format_.name in found.inputs:
                module = importlib.import_module(format_.module)
                yield from module.sources(found.inputs[format_.name], found.named, options)

    expected = ("nothing_found",) if options.allow_empty else ()
    return made(), [gap for gap in found.gaps if gap.code not in expected]


def _unused(name: str, declared: set[str]) -> Gap:
    """The gap of a variable that is given and that nothing declares: a slip of the pen, by which another keeps its default."""
    near = difflib.get_close_matches(name, sorted(declared), 1)
    way = f"did you mean {near[0]}?" if near else "correct the name, or leave it out"
    return Gap(f"--var {name}", "variable_unused", f'no root module that was scanned declares a variable "{name}"', way)


def _terraform(directories: list[str], files: list[str], boundary: list[str], options: Options) -> TerraformSource:
    from assay.scanner.sources.terraform.hcl import TerraformSource

    return TerraformSource(
        directories,
        files=files,
        variables=options.variables,
        var_files=options.var_files,
        workspace=options.workspace,
        boundary=boundary,
        overlay=options.overlay or DISK,
        show=show,
    )


def scope_of(name: str, targets: Sequence[str]) -> str:
    """What the addresses of a collection are relative to, whatever directory the command was started in.

    Within a repository that is the path from its top, elsewhere the path from what was named: so the same tree gives the same
    fingerprints wherever it is.
    """
    path = Path(os.path.realpath(name))
    top = repository(name) or _common(targets)
    return path.relative_to(top).as_posix() if top and path.is_relative_to(top) else name


def _common(targets: Sequence[str]) -> str:
    """The directory that holds all targets: the target itself, where it is one directory."""
    paths = [os.path.realpath(target) for target in targets]
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in paths]
    return os.path.commonpath(folders) if folders else ""
