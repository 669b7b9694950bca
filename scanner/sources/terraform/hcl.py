"""Terraform code: finds the root modules below a path and reads each as one collection."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any

from assay.scanner.sources.budget import Budget, OverBudget
from assay.scanner.sources.encodings import is_utf16
from assay.scanner.sources.interface import EVERYTHING, Collection, Coverage, Gap, Item, Source, Wanted, Within, World
from assay.scanner.sources.overlay import DISK, Boundary, Overlay
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.terraform import module_files, tree
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.files import FileError, is_code, not_utf8, read_blocks, read_bytes
from assay.scanner.sources.terraform.items import ResourceItem
from assay.scanner.sources.terraform.modules import Module
from assay.scanner.sources.terraform.operators import EXCEEDED, EvaluationError, words
from assay.scanner.sources.terraform.variables import Files, Given, unused, values
from assay.scanner.sources.terraform.workspace import Workspace

MAX_FILE_FUNCTION_BYTES = 2_000_000
MAX_LISTED = 20_000
_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1}


class TerraformSource(Source):
    """Root modules among `directories`, and those of `files`, of which only what these declare is judged.

    `variables` are texts as on the command line, of which some root module must declare those of `must_declare`; `planned` the values that
    a plan was made with; `boundary` are the directories outside of which no function reads a file; `show` gives a path as reports name it;
    `overlay` is where files are read from.
    """

    input = "terraform"

    def __init__(
        self,
        directories: Sequence[str],
        *,
        files: Sequence[str] = (),
        variables: dict[str, str] | None = None,
        must_declare: Sequence[str] = (),
        planned: dict[str, Any] | None = None,
        var_files: Sequence[str] = (),
        workspace: str = "default",
        boundary: Sequence[str] = (),
        show: Any = os.path.relpath,
        overlay: Overlay = DISK,
    ) -> None:
        self.files, self.show = list(files), show
        self._partly = {os.path.normpath(os.path.dirname(path)) for path in files} - {os.path.normpath(path) for path in directories}
        """Directories of which only some files were named."""
        self.directories = [*directories, *sorted(self._partly)]
        self.given = Given(variables or {}, var_files, planned or {})
        self.workspace = workspace
        self.overlay, self.boundary = overlay, Boundary(boundary, overlay)
        self._in_repository = any(overlay.is_repository(top) for top in boundary)
        self._followed: dict[str, Boundary] = {}
        """Modules beside what is scanned."""
        self._blocks: dict[tuple[str, str], list[Block]] = {}
        """Of a directory, as one program reads it."""
        self._gaps: dict[str, list[Gap]] = {}
        self._read_paths: dict[str, set[str]] = {}
        self._failed: dict[str, set[str]] = {}
        self._counted: set[str] = set()
        self._must_declare = must_declare
        self._declared: set[str] = set()
        """The variables of the root modules that were collected."""

    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        reached: set[str] = set()
        for directory in self._roots():
            if directory not in reached:
                collection, called = self._collect_root(directory)
                reached |= called
                yield collection
        if slips := [unused(name, self._declared) for name in self._must_declare if name not in self._declared]:
            yield Collection(slips[0].scope, [], Coverage(gaps=slips))

    def _roots(self) -> list[str]:
        """Directories that no other directory calls; then the rest, which only reach each other."""
        called: set[str] = set()
        for directory in self.directories:
            for block in self._load(directory):
                if block.type == "module":
                    source = block.expression("source")
                    if isinstance(source, tree.Literal) and isinstance(source.value, str) and source.value.startswith("."):
                        called.add(os.path.normpath(os.path.join(directory, source.value)))
        known = {os.path.normpath(directory): directory for directory in self.directories}
        first = [directory for path, directory in known.items() if path not in called]
        return first + [directory for path, directory in known.items() if path in called and not self._reached_from(first, path)]

    def _reached_from(self, roots: list[str], wanted: str) -> bool:
        pending, seen = [os.path.normpath(root) for root in roots], set[str]()
        while pending:
            directory = pending.pop()
            if directory in seen:
                continue
            seen.add(directory)
            for block in self._load(directory):
                source = block.expression("source") if block.type == "module" else None
                if isinstance(source, tree.Literal) and isinstance(source.value, str) and source.value.startswith("."):
                    pending.append(os.path.normpath(os.path.join(directory, source.value)))
        return wanted in seen

    def _collect_root(self, directory: str) -> tuple[Collection, set[str]]:
        """The root module, in each of the ways in which the programs that may apply it read its files."""
        first, *others = module_files.programs(directory, self.overlay)
        root, spent = self.show(directory), list[Gap]()
        budget = Budget(tell=lambda reason: spent.append(_too_costly(root, reason)))
        workspace = self._workspace(directory, budget, first)
        collection = self._read(directory, workspace)
        called = set(workspace.called)
        if others and any(self._differs(read) for read in {directory, *called}):
            collection.worlds = [World({module_files.OPENTOFU: True}, collection.items)]
            for other in others:
                workspace = self._workspace(directory, budget, other)
                read = self._read(directory, workspace)
                collection.worlds.append(World({module_files.OPENTOFU: False}, read.items))
                collection.items = collection.items + read.items
                collection.coverage = Coverage.merged([collection.coverage, read.coverage])
                called |= workspace.called
        self._count(collection.coverage, {directory, *called})
        collection.coverage.gaps += spent
        budget.tell = lambda reason: collection.coverage.gaps.append(_too_costly(root, reason))  # while rules ask for values
        collection.within = self._named_of(directory) if os.path.normpath(directory) in self._partly else None
        return collection, called

    def _named_of(self, directory: str) -> Within:
        """What the files that were named declare in a root module."""
        files = frozenset(map(self.show, self.files))
        calls = [block for block in self._load(directory) if block.type == "module" and block.labels and block.location().file in files]
        return Within(files, frozenset(block.labels[0] for block in calls))

    def _differs(self, directory: str) -> bool:
        """Whether programs read different files of a directory."""
        names = self._names(directory)
        return len({tuple(read(names)) for read in module_files.READ_BY.values()}) > 1

    def _read(self, directory: str, workspace: Workspace) -> Collection:
        root = self.show(directory)
        coverage = Coverage()
        items: list[Item] = []
        try:
            module = Module(workspace, directory)
            modules = list(module.walk())
            for inner in modules:
                for resource in inner.declared:
                    items += [ResourceItem(resource, instance, root) for instance in resource.instances]
            coverage.blocks.found = coverage.blocks.evaluated = self._never_made(modules, items)
        except EXCEEDED as error:
            coverage.gaps += [] if isinstance(error, OverBudget) else [_too_costly(root, words(error))]
            items = []
        coverage.gaps += workspace.gaps
        return Collection(root, items, coverage)

    def _count(self, coverage: Coverage, directories: set[str]) -> None:
        """Enter the files of some directories in the ledger, unless they stand in that of another root module."""
        for directory in sorted(directories - self._counted):
            coverage.files.found += len(self._read_paths.get(directory, ()))
            coverage.files.failed += len(self._failed.get(directory, ()))
            coverage.gaps += self._gaps.get(directory, [])
        coverage.files.parsed = coverage.files.found - coverage.files.failed
        self._counted |= directories

    def _never_made(self, modules: list[Module], items: list[Item]) -> int:
        """Blocks of which the code says that there are none (`count = 0`)."""
        made = {item.location() for item in items}
        blocks = {resource.block.location() for module in modules for resource in module.declared if resource.block.type == "resource"}
        return len(blocks - made)

    def _workspace(self, directory: str, budget: Budget, program: str) -> Workspace:
        installed = self._installed(directory)

        def resolve(caller: str, source: str, path: tuple[str, ...]) -> str | None:
            if source.startswith(("./", "../")) or source in (".", ".."):
                local = os.path.normpath(os.path.join(caller, source))
                if self.overlay.is_directory(local) and not self.boundary.holds(local):
                    self._follow(local)
                return local if self._has_files(local) else None
            fetched = installed.get(".".join(path))
            return fetched if fetched and self.boundary.holds(fetched) and self._has_files(fetched) else None

        def load(directory: str) -> list[Block]:
            return self._load(directory, program)

        files = Files(self.overlay, self._bytes, self.show)
        given, gaps = values(self.given, directory, files, load(directory))
        self._declared |= {block.labels[0] for block in load(directory) if block.type == "variable" and block.labels}
        workspace = Workspace(load, self._read_file, self._files_below, resolve, given, self.workspace, self.show, budget)
        workspace.gaps += gaps
        return workspace

    def _follow(self, directory: str) -> None:
        """Read the code of a module beside what is scanned, unless a repository says where the tree ends.

        Raises EvaluationError.
        """
        if self._in_repository or not self._has_files(directory):
            raise EvaluationError("is outside of the scanned directories")
        self._followed.setdefault(directory, Boundary([directory], self.overlay))

    def _has_files(self, directory: str) -> bool:
        return self.overlay.is_directory(directory) and any(is_code(name) for name in self.overlay.names(directory))

    def _load(self, directory: str, program: str = module_files.OPENTOFU) -> list[Block]:
        if (directory, program) not in self._blocks:
            names = module_files.READ_BY[program](self._names(directory))
            paths = [os.path.join(directory, name) for name in names]
            self._blocks[directory, program] = self._load_files(paths, directory)
        return self._blocks[directory, program]

    def _names(self, directory: str) -> list[str]:
        """The names of files of code. A directory that is called like one is none."""
        try:
            names = self.overlay.names(directory)
        except OSError:
            return []
        return [name for name in names if is_code(name) and not self.overlay.is_directory(os.path.join(directory, name))]

    def _load_files(self, paths: list[str], directory: str) -> list[Block]:
        blocks: list[Block] = []
        overrides: list[Block] = []
        gaps = self._gaps.setdefault(directory, [])
        for path in paths:
            try:
                source = self._bytes(path)
                file_blocks = read_blocks(source, path, self.show(path))
            except FileError as error:
                self._failed.setdefault(directory, set()).add(path)
                gaps.append(Gap(self.show(path), "parse_error", str(error), "correct the file", error.line))
                continue
            gaps += [not_utf8(self.show(path))] if is_utf16(source) else []
            (overrides if module_files.is_override(os.path.basename(path)) else blocks).extend(file_blocks)
        self._read_paths.setdefault(directory, set()).update(paths)
        blocks, refused = module_files.together(_well_formed(blocks), _well_formed(overrides))
        self._gaps[directory] = list(dict.fromkeys([*gaps, *refused]))
        return blocks

    def _bytes(self, path: str) -> bytes:
        """The content of a file that is not outside of what is scanned. Raises FileError."""
        if not any(boundary.holds(path) for boundary in (self.boundary, *self._followed.values())):
            raise FileError("a link out of the scanned directories, which is not followed")
        return read_bytes(path, self.overlay)

    def _read_file(self, path: str) -> str | Unknown:
        """A file that is not there is an error, as in Terraform; of others that are not read nothing is known, and no try() may go on."""
        if not self.boundary.holds(path):
            return Unknown(f"{path} is outside of the scanned directories", "scan the plan")
        if not self.overlay.is_file(path):
            raise EvaluationError(f"{path} is not a file")
        try:
            return read_bytes(path, self.overlay, MAX_FILE_FUNCTION_BYTES).decode("utf-8")
        except UnicodeDecodeError:
            return Unknown(f"{path} is not text", "scan the plan")
        except FileError as error:
            return Unknown(f"{path} could not be read: {error}", "scan the plan")

    def _files_below(self, top: str) -> list[str] | Unknown:
        """The paths of all regular files below a directory, relative to it; of links, those to files inside of the scanned directories."""
        if not self.boundary.holds(top):
            return Unknown(f"{top} is outside of the scanned directories", "scan the plan")
        paths: list[str] = []
        for directory, _, names in self.overlay.walk(top):
            for name in names:
                path = os.path.join(directory, name)
                if self.overlay.is_file(path):
                    paths.append(os.path.relpath(path, top))
            if len(paths) > MAX_LISTED:
                return Unknown(f"there are more than {MAX_LISTED:,} files below {top}", "scan the plan")
        return paths

    def _installed(self, directory: str) -> dict[str, str]:
        """Modules that `terraform init` fetched: dotted call path to directory."""
        manifest = os.path.join(directory, ".terraform", "modules", "modules.json")
        try:
            listed = json.loads(read_bytes(manifest, self.overlay)).get("Modules", [])
            return {entry["Key"]: os.path.normpath(os.path.join(directory, entry["Dir"])) for entry in listed if entry.get("Key")}
        except (FileError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return {}


def _too_costly(root: str, reason: str) -> Gap:
    return Gap(root, "input_failed", reason, "simplify the configuration or scan its plan")


def _well_formed(blocks: list[Block]) -> list[Block]:
    return [block for block in blocks if len(block.labels) == _LABELS.get(block.type, len(block.labels))]
