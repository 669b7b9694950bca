"""Terraform code: finds the root modules below a path and reads each as one collection."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any

from assay.scanner.sources.interface import EVERYTHING, Collection, Coverage, Gap, Item, Source, Wanted
from assay.scanner.sources.overlay import DISK, Boundary, Overlay
from assay.scanner.sources.terraform import json_syntax, parsing, tree, types
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.files import FileError, is_code, read_arguments, read_blocks, read_bytes
from assay.scanner.sources.terraform.items import ResourceItem
from assay.scanner.sources.terraform.modules import Module
from assay.scanner.sources.terraform.operators import EvaluationError, TooMuch, words
from assay.scanner.sources.terraform.workspace import Workspace
from assay.scanner.sources.values import Unknown

MAX_FILE_FUNCTION_BYTES = 2_000_000
_LABELS = {"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1}


class TerraformSource(Source):
    """Root modules among `directories` (and `files` that stand alone).

    `variables` are texts as on the command line, `planned` the values that a plan was made with; `boundary` are the directories outside of
    which no function reads a file; `show` gives a path as reports name it; `overlay` is where files are read from.
    """

    input = "terraform"

    def __init__(
        self,
        directories: Sequence[str],
        *,
        files: Sequence[str] = (),
        variables: dict[str, str] | None = None,
        planned: dict[str, Any] | None = None,
        var_files: Sequence[str] = (),
        workspace: str = "default",
        boundary: Sequence[str] = (),
        show: Any = os.path.relpath,
        overlay: Overlay = DISK,
    ) -> None:
        self.directories, self.files, self.show = list(directories), list(files), show
        self.variables, self.var_files, self.workspace = variables or {}, var_files, workspace
        self.planned = planned or {}
        self.overlay, self.boundary = overlay, Boundary(boundary, overlay)
        self._blocks: dict[str, list[Block]] = {}
        self._unread: dict[str, list[Gap]] = {}
        self._counts: dict[str, tuple[int, int]] = {}
        self._counted: set[str] = set()

    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        for path in self.files:
            yield self._collect(os.path.dirname(path) or ".", path)
        reached: set[str] = set()
        for directory in self._roots():
            if directory not in reached:
                collection, called = self._collect_root(directory)
                reached |= called
                yield collection

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
        workspace = self._workspace(directory)
        return self._read(directory, workspace), workspace.called

    def _collect(self, directory: str, only: str) -> Collection:
        self._blocks[directory] = self._load_files([only], directory)
        return self._read(directory, self._workspace(directory), name=only)

    def _read(self, directory: str, workspace: Workspace, name: str = "") -> Collection:
        root = self.show(name or directory)
        coverage = Coverage()
        items: list[Item] = []
        try:
            module = Module(workspace, directory)
            modules = list(module.walk())
            for inner in modules:
                for resource in [*inner.resources.values(), *inner.data.values()]:
                    items += [ResourceItem(resource, instance, root) for instance in resource.instances]
            directories = {inner.directory for inner in modules} - self._counted
            coverage.blocks.found = coverage.blocks.evaluated = self._never_made(modules, items)
        except (TooMuch, RecursionError) as error:
            coverage.gaps.append(Gap(root, "input_failed", words(error), "simplify the configuration or scan its plan"))
            items, directories = [], {directory} - self._counted
        self._counted |= directories
        for module_directory in sorted(directories):
            files, failed = self._counts.get(module_directory, (0, 0))
            coverage.files.found += files
            coverage.files.failed += failed
            coverage.gaps += self._unread.get(module_directory, [])
        coverage.files.parsed = coverage.files.found - coverage.files.failed
        coverage.gaps += workspace.gaps
        return Collection(root, items, coverage)

    def _never_made(self, modules: list[Module], items: list[Item]) -> int:
        """Blocks of which the code says that there are none (`count = 0`)."""
        made = {item.location() for item in items}
        blocks = {resource.block.location() for module in modules for resource in module.resources.values()}
        return len(blocks - made)

    def _workspace(self, directory: str) -> Workspace:
        installed = self._installed(directory)

        def resolve(caller: str, source: str, path: tuple[str, ...]) -> str | None:
            if source.startswith(("./", "../")) or source in (".", ".."):
                local = os.path.normpath(os.path.join(caller, source))
                if self.overlay.is_directory(local) and not self.boundary.holds(local):
                    raise EvaluationError("is outside of the scanned directories")
                return local if self._has_files(local) else None
            fetched = installed.get(".".join(path))
            return fetched if fetched and self.boundary.holds(fetched) and self._has_files(fetched) else None

        workspace = Workspace(self._load, self._read_file, resolve, {}, self.workspace, self.show)
        workspace.variables, gaps = self._given(directory)
        workspace.gaps += gaps
        return workspace

    def _has_files(self, directory: str) -> bool:
        return self.overlay.is_directory(directory) and any(is_code(name) for name in self.overlay.names(directory))

    def _load(self, directory: str) -> list[Block]:
        if directory not in self._blocks:
            try:
                names = sorted(self.overlay.names(directory))
            except OSError:
                names = []
            self._blocks[directory] = self._load_files([os.path.join(directory, name) for name in names if is_code(name)], directory)
        return self._blocks[directory]

    def _load_files(self, paths: list[str], directory: str) -> list[Block]:
        blocks: list[Block] = []
        overrides: list[Block] = []
        failed = 0
        for path in paths:
            name = os.path.basename(path).split(".")[0]
            try:
                file_blocks = read_blocks(self._bytes(path), path, self.show(path))
            except FileError as error:
                failed += 1
                gap = Gap(self.show(path), "parse_error", str(error), "correct the file", error.line)
                self._unread.setdefault(directory, []).append(gap)
                continue
            (overrides if name == "override" or name.endswith("_override") else blocks).extend(file_blocks)
        self._counts[directory] = (len(paths), failed)
        for override in overrides:
            for block in blocks:
                if (block.type, block.labels) == (override.type, override.labels):
                    block.override(override)
        return [block for block in blocks if len(block.labels) == _LABELS.get(block.type, len(block.labels))]

    def _bytes(self, path: str) -> bytes:
        """The content of a file that is not outside of what is scanned. Raises FileError."""
        if not self.boundary.holds(path):
            raise FileError("a link out of the scanned directories, which is not followed")
        return read_bytes(path, self.overlay)

    def _given(self, directory: str) -> tuple[dict[str, Any], list[Gap]]:
        """Values of the root's variables, lowest precedence first (https://developer.hashicorp.com/terraform/language/values/variables)."""
        given: dict[str, Any] = {}
        gaps: list[Gap] = []
        names = sorted(self.overlay.names(directory))
        automatic: list[str] = [name for name in ("terraform.tfvars", "terraform.tfvars.json") if name in names]
        automatic += [name for name in names if name.endswith((".auto.tfvars", ".auto.tfvars.json"))]
        for path in [*(os.path.join(directory, name) for name in automatic), *self.var_files]:
            try:
                source = read_bytes(path, self.overlay) if path in self.var_files else self._bytes(path)  # those the user names
                given.update(read_arguments(source, path))
            except FileError as error:
                gaps.append(Gap(self.show(path), "parse_error", str(error), "correct the file", error.line))
        constraints = {
            block.labels[0]: types.constraint_of(block.expression("type"))
            for block in self._load(directory)
            if block.type == "variable" and block.labels
        }
        for name, text in self.variables.items():
            constraint = constraints.get(name)
            plain = constraint is None or (isinstance(constraint, tree.Name) and constraint.name in ("string", "number", "bool"))
            given[name] = tree.Literal(text) if plain else parsing.standalone(text)
        given.update({name: json_syntax.expression(value) for name, value in self.planned.items()})
        return given, gaps

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

    def _installed(self, directory: str) -> dict[str, str]:
        """Modules that `terraform init` fetched: dotted call path to directory."""
        manifest = os.path.join(directory, ".terraform", "modules", "modules.json")
        try:
            listed = json.loads(read_bytes(manifest, self.overlay)).get("Modules", [])
            return {entry["Key"]: os.path.normpath(os.path.join(directory, entry["Dir"])) for entry in listed if entry.get("Key")}
        except (FileError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return {}
