"""Judges a tree with files in it as edits leave them.

Only what may be another than before is judged: of Terraform code the root modules that an edited file may be part of, of templates those of
the formats of the edited files. Where the configuration describes the deployment as a whole, everything is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Set

from msgspec import structs

from assay.scanner import targets
from assay.scanner.fix.states import CollectionState, Key, State
from assay.scanner.judge import Rules
from assay.scanner.options import Options
from assay.scanner.run import Scan
from assay.scanner.sources.discover import Discovered, discover, show
from assay.scanner.sources.interface import Source
from assay.scanner.sources.overlay import DISK, Overlay, Unsaved
from assay.scanner.sources.terraform.changes import Changes
from assay.scanner.sources.terraform.directories import Directories
from assay.scanner.sources.terraform.files import is_code
from assay.scanner.worker import parent

_TEMPLATES = ("cloudformation", "config_connector", "deployment_manager")


class Judging:
    """Judges a tree with files in it that are not saved."""

    def __init__(self, options: Options) -> None:
        """Raises RuleErrors and SelectionError. The options say by which controls, and where files are read from, as they do for a scan."""
        self.options = structs.replace(options, changed=None)
        self.rules = Rules(self.options)
        self.below: Overlay = options.overlay or DISK
        self._discovery: Discovered | None = None
        self._touched: dict[str, frozenset[str]] = {}
        """Root modules that a file may be part of."""
        self.judgements = 0
        """How often something was judged."""
        self.step: Callable[[str], None] | None = None
        """Told of each judgement, for a line of progress."""

    def state(self, files: Mapping[str, bytes]) -> State:
        """What is said of everything, with some files as they would be."""
        if self.rules.estate is not None:
            return self._whole(files)
        self._discovery = discover(self.options.paths, self.below, self.options.exclude)
        code = Directories(self._discovery.boundary, self.below, show)
        self._roots = {
            directory: _Root(directory, code) for directory in (*self._discovery.directories, *map(_directory, self._discovery.files))
        }
        return self._judged(self._discovery, files)

    def again(self, state: State, files: Mapping[str, bytes], edited: Iterable[str], among: Set[Key] | None = None) -> State:
        """The same state as it is with the files that were edited since. `among`: of other root modules it stays what it was."""
        if self.rules.estate is not None:
            return self._whole(files)
        tree = self._narrowed(set(edited))
        if among is not None:
            directories = [directory for directory in tree.directories if ("terraform", show(directory)) in among]
            tree = structs.replace(
                tree, directories=directories, files=[path for path in tree.files if ("terraform", show(_directory(path))) in among]
            )
        names = {show(directory) for directory in (*tree.directories, *map(_directory, tree.files))}
        kept = {
            key: part
            for key, part in state.items()
            if (key[0] == "terraform" and key[1] not in names) or (key[0] != "terraform" and key[0] not in tree.inputs)
        }
        # What is said of a tree as a whole (units of Terragrunt) stays: of a part of it, it would be something else.
        judged = {key: part for key, part in self._judged(tree, files).items() if key[0] != "terraform" or key[1] in names}
        return {**kept, **judged}

    def keys(self, file: str, state: State) -> set[Key]:
        """The collections of a state that a file is part of, as far as its name and the calls of modules tell."""
        if self.rules.estate is not None:
            return set(state)
        if is_code(os.path.basename(file)):
            return {("terraform", show(directory)) for directory in self._touches(file)}
        own = {(name, file) for name in _TEMPLATES} & state.keys()
        return own or {key for key in state if key[0] in _TEMPLATES}

    def _touches(self, file: str) -> frozenset[str]:
        if file not in self._touched:
            real = self.below.real(file)
            self._touched[file] = frozenset(directory for directory, root in self._roots.items() if root.has(real))
        return self._touched[file]

    def _narrowed(self, edited: set[str]) -> Discovered:
        """What there is to judge again."""
        tree = self._discovery
        assert tree is not None
        data = {file for file in edited if not is_code(os.path.basename(file))}
        touched = frozenset[str]().union(*map(self._touches, edited - data))
        if data:  # code may read a template as a file
            changes = Changes(map(self.below.real, data), Directories(tree.boundary, self.below, show))
            touched |= {directory for directory in self._roots if changes.touch(directory)}
        inputs = {name: paths for name, paths in tree.inputs.items() if data and name in _TEMPLATES}
        directories = [directory for directory in tree.directories if directory in touched]
        files = [path for path in tree.files if _directory(path) in touched]
        return structs.replace(tree, directories=directories, files=files, inputs=inputs)

    def _counted(self) -> None:
        self.judgements += 1
        if self.step is not None:
            self.step(f"judged {self.judgements:,} times")

    def _judged(self, tree: Discovered, files: Mapping[str, bytes]) -> State:
        self._counted()
        options = structs.replace(self.options, overlay=Unsaved(files, self.below), must_declare=(), must_take=())

        def made() -> Iterator[Source]:
            return targets.of(tree, options)

        state: State = {}
        for one in parent.judged(made, self.rules, options):
            part = state.setdefault((one.input, one.name), CollectionState([], []))
            part.results += one.results
            part.gaps += one.coverage.gaps
        return state

    def _whole(self, files: Mapping[str, bytes]) -> State:
        self._counted()
        scan = Scan(structs.replace(self.options, overlay=Unsaved(files, self.below), must_declare=(), must_take=()))
        results = list(scan)
        return {("", ""): CollectionState(results, list(scan.coverage.gaps))}


class _Root:
    """A directory of code, and what may be part of it when it is a root module."""

    def __init__(self, directory: str, code: Directories) -> None:
        overlay = code.overlay
        parts = [os.path.normpath(directory), *code.below(directory)]
        self._directories = set(map(overlay.real, parts))
        paths = (os.path.join(part, name) for part in parts for name in code.names(part))
        self._linked = {overlay.real(path) for path in paths if overlay.is_link(path)}

    def has(self, real: str) -> bool:
        """Whether a file, its path with links followed, may be part of it."""
        return os.path.dirname(real) in self._directories or real in self._linked


def _directory(path: str) -> str:
    return os.path.dirname(path) or "."
