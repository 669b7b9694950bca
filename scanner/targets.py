"""What a run is over: the sources of what its options name."""

from __future__ import annotations

import importlib
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assay.scanner.facts.catalogue import catalogue
from assay.scanner.options import Options
from assay.scanner.sources import fetched, inputs
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.discover import Discovered, discover, repository, show
from assay.scanner.sources.entries import UnreadInput
from assay.scanner.sources.interface import Source
from assay.scanner.sources.listing import Fate, FileListing
from assay.scanner.sources.overlay import DISK
from assay.scanner.sources.terraform import variables

if TYPE_CHECKING:
    from assay.scanner.sources.terraform.hcl import TerraformSource


_RUNS = itertools.count()
"""Of this process. In the first, a worker loads the readers that its resources need; if more follow, all are there before it is forked."""


def sources(options: Options) -> tuple[Callable[[], Iterator[Source]], list[Gap], FileListing]:
    """What gives the sources below the paths of the options, what of those paths cannot be used, and all files that are there.

    Sources are made as they are asked for, and again for each that asks: that may read the files.
    """
    discovered = discover(options.paths, options.overlay or DISK, options.exclude)
    earlier = next(_RUNS)
    if earlier and (discovered.directories or discovered.files):
        catalogue(*inputs.readers("terraform"))

    def made() -> Iterator[Source]:
        return of(discovered, options)

    expected = ("nothing_found",) if options.allow_empty or options.changed is not None else ()
    for gap in (missing := fetched.current().gaps):
        discovered.listing.settle(gap.scope, Fate("unread", gap.reason))
    return made, [*(gap for gap in discovered.gaps if gap.code not in expected), *missing], discovered.listing


def of(discovered: Discovered, options: Options) -> Iterator[Source]:
    """The sources of what there is, as they are asked for: that may read the files."""
    if discovered.directories or discovered.files:
        yield _terraform(discovered, options)
    elif options.must_declare:
        yield UnreadInput(*(variables.unused(name, ()) for name in options.must_declare))
    if options.must_take and "cloudformation" not in discovered.inputs:
        from assay.scanner.sources.cloudformation import parameters

        yield UnreadInput(*(parameters.unused(name, ()) for name in options.must_take))
    for format_ in inputs.formats():
        if format_.name in discovered.inputs:
            module = importlib.import_module(format_.module)
            yield from module.sources(discovered.inputs[format_.name], discovered.named, options)


def _terraform(discovered: Discovered, options: Options) -> TerraformSource:
    from assay.scanner.sources.terraform.hcl import TerraformSource

    return TerraformSource(
        discovered.directories,
        files=discovered.files,
        variables=options.variables,
        must_declare=options.must_declare,
        var_files=options.var_files,
        workspace=options.workspace,
        boundary=discovered.boundary,
        overlay=options.overlay or DISK,
        changed=options.changed,
        named=discovered.named,
        libraries=options.libraries,
        root_modules=options.root_modules,
        untouched=options.untouched,
        show=show,
    )


def scope_of(name: str, targets: Sequence[str]) -> str:
    """What the addresses of a collection are relative to, whatever directory the command was started in.

    Within a repository that is the path from its top, elsewhere (in a bucket, too) the path from what was named: so the same tree gives
    the same fingerprints wherever it is.
    """
    if fetched.is_url(url := fetched.called(name)):
        return fetched.scope(url, map(fetched.called, targets))
    path = Path(os.path.realpath(name))
    top = repository(name) or _common([target for target in targets if not fetched.is_url(fetched.called(target))])
    return path.relative_to(top).as_posix() if top and path.is_relative_to(top) else name


def _common(targets: Sequence[str]) -> str:
    """The directory that holds all targets: the target itself, where it is one directory."""
    paths = [os.path.realpath(target) for target in targets]
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in paths]
    return os.path.commonpath(folders) if folders else ""
