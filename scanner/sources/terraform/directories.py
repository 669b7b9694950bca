"""The code of directories, as each program reads it, with what of it could not be read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

from assay.scanner.sources.budget import Budget
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.encodings import is_utf16, utf8
from assay.scanner.sources.listing import Became
from assay.scanner.sources.overlay import Boundary, Overlay
from assay.scanner.sources.terraform import installed, module_files, roots, selected, stacks
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.deployments import Deployment, Deployments
from assay.scanner.sources.terraform.files import FileError, is_code, not_utf8, read_blocks, read_bytes
from assay.scanner.sources.terraform.function_files import FunctionFiles
from assay.scanner.sources.terraform.kept import KEPT
from assay.scanner.sources.terraform.operators import EvaluationError
from assay.scanner.sources.terraform.terragrunt import Unit, Units
from assay.scanner.sources.terraform.workspace import Workspace

_KEPT_BLOCKS = 2_000
"""Blocks of root modules that were judged, kept for those that read their outputs."""


class Directories:
    """Directories by their paths. Each file is read once for all root modules."""

    def __init__(self, boundary: Sequence[str], overlay: Overlay, show: Callable[[str], str]) -> None:
        """`boundary`: what functions may read; `show` gives a path as reports name it."""
        self.overlay, self.show = overlay, show
        self.boundary = Boundary(boundary, overlay)
        self._in_repository = any(overlay.is_repository(top) for top in boundary)
        self.files = FunctionFiles(self.boundary, overlay)
        self._units = Units(self.names, self._is_at_hand, self.content, self._bare_workspace, overlay)
        self._deployments = Deployments(self.content, self._bare_workspace, show)
        self._followed: dict[str, Boundary] = {}
        """Modules beside what is scanned."""
        self._code: dict[str, list[str]] = {}
        self._blocks: dict[tuple[str, str], list[Block]] = {}
        """Of a directory, as one program reads it."""
        self._released: dict[str, int] = {}
        """Directories that nothing needs for sure, in the order in which they were judged, with the number of their blocks."""
        self._kept = 0
        """Blocks of these."""
        self._calls: dict[str, set[str]] = {}
        self._named: dict[str, set[str] | None] = {}
        self._alone: dict[str, bool] = {}
        self._asking: dict[str, bool] = {}
        self._differs: dict[str, bool] = {}
        self._gaps: dict[str, list[Gap]] = {}
        self._read_paths: dict[str, set[str]] = {}
        self._failed: dict[str, set[str]] = {}
        self._counted: set[str] = set()

    def names(self, directory: str) -> list[str]:
        """The names in a directory, none where it cannot be listed."""
        try:
            return self.overlay.names(directory)
        except OSError:
            return []

    def code(self, directory: str) -> list[str]:
        """The names of files of code. A directory that is called like one is none."""
        if directory not in self._code:
            listed = self.names(directory)
            names = filter(is_code if any(map(is_code, listed)) else stacks.is_component, listed)
            self._code[directory] = [name for name in names if not self.overlay.is_directory(os.path.join(directory, name))]
        return self._code[directory]

    def has_code(self, directory: str) -> bool:
        """Whether it is a directory that holds code."""
        return self.overlay.is_directory(directory) and any(map(is_code, self.names(directory)))

    def unit(self, directory: str) -> Unit | None:
        """What Terragrunt says of a directory, None where it says nothing."""
        return self._units.of(directory)

    def deployed(self, directory: str) -> str | None:
        """Where the code is that is applied in a directory: in it, or where Terragrunt takes it from; None where it is not at hand."""
        unit = self.unit(directory)
        return directory if unit is None else unit.module

    def deployments(self, directory: str) -> list[Deployment]:
        """How a stack is deployed; none where a directory is no stack, or nothing says how."""
        paths = [os.path.join(directory, name) for name in self._deployment_files(directory)]
        told, gaps = self._deployments.of(directory, paths) if paths else ([], [])
        self._gaps[directory] = list(dict.fromkeys([*self._gaps.get(directory, ()), *gaps]))
        return told

    def _deployment_files(self, directory: str) -> list[str]:
        is_stack = any(map(stacks.is_component, self.code(directory)))
        return sorted(filter(stacks.is_deployment, self.names(directory))) if is_stack else []

    def _is_at_hand(self, directory: str) -> bool:
        return self.boundary.holds(directory) and self.has_code(directory)

    def _bare_workspace(self, budget: Budget) -> Workspace:
        """What expressions outside of any module are evaluated with."""
        return Workspace(lambda _: [], self.files.read, self.files.below, lambda *_: None, {}, self.show, budget)

    def differs(self, directory: str) -> bool:
        """Whether programs read different files of a directory."""
        if directory not in self._differs:
            names = self.code(directory)
            self._differs[directory] = len({tuple(read(names)) for read in module_files.READ_BY.values()}) > 1
        return self._differs[directory]

    def load(self, directory: str, program: str = module_files.OPENTOFU) -> list[Block]:
        """The blocks of a directory as a program reads it, overrides merged."""
        if not self.differs(directory):
            program = module_files.OPENTOFU
        if (directory, program) not in self._blocks:
            names = module_files.READ_BY[program](self.code(directory))
            self._blocks[directory, program] = self._together([os.path.join(directory, name) for name in names], directory)
        return self._blocks[directory, program]

    def release(self, directory: str) -> None:
        """Let go of the blocks of a directory that nothing else needs, unless few are kept: it is read again where somebody asks."""
        self._kept -= self._released.pop(directory, 0)
        self._released[directory] = sum(len(self._blocks.get((directory, program), ())) for program in module_files.READ_BY)
        self._kept += self._released[directory]
        while self._kept > _KEPT_BLOCKS:
            oldest = next(iter(self._released))
            self._kept -= self._released.pop(oldest)
            for program in module_files.READ_BY:
                self._blocks.pop((oldest, program), None)

    def all_blocks(self, directory: str) -> Iterable[Block]:
        """The blocks of a directory in every reading."""
        programs = list(module_files.READ_BY) if self.differs(directory) else [module_files.OPENTOFU]
        return [block for program in programs for block in self.load(directory, program)]

    def _together(self, paths: list[str], directory: str) -> list[Block]:
        blocks: list[Block] = []
        overrides: list[Block] = []
        gaps = self._gaps.setdefault(directory, [])
        # Overrides change the blocks of other files, and two programs would change the same ones.
        as_parsed = not self.differs(directory) and not any(module_files.is_override(os.path.basename(path)) for path in paths)
        for path in paths:
            try:
                source = self.content(path)
                written, faults = (KEPT.read_blocks if as_parsed else read_blocks)(source, path, self.show(path))
            except FileError as error:
                self._failed.setdefault(directory, set()).add(path)
                gaps.append(Gap(self.show(path), "parse_error", str(error), "correct the file", error.line))
                continue
            gaps += [not_utf8(self.show(path))] if is_utf16(source) else []
            if stacks.is_component(os.path.basename(path)):
                gaps += stacks.left(written)
                written = stacks.as_module(written)
            formed, refused = module_files.well_formed(written)
            gaps += [*faults, *refused]
            (overrides if module_files.is_override(os.path.basename(path)) else blocks).extend(formed)
        self._read_paths.setdefault(directory, set()).update(paths)
        blocks, refused = module_files.together(blocks, overrides)
        for path in paths if refused else ():
            KEPT.forget(path, self.show(path))  # what is declared twice knows of the other
        self._gaps[directory] = list(dict.fromkeys([*gaps, *refused]))
        return blocks

    def content(self, path: str) -> bytes:
        """The content of a file that is not outside of what is scanned. Raises FileError."""
        if not any(boundary.holds(path) for boundary in (self.boundary, *self._followed.values())):
            raise FileError("a link out of the scanned directories, which is not followed")
        return read_bytes(path, self.overlay)

    def text(self, path: str) -> bytes:
        """The content of a file, empty where it cannot be read."""
        try:
            return self.content(path)
        except FileError:
            return b""

    def count(self, coverage: Coverage, directories: set[str]) -> None:
        """Enter the files of some directories in the ledger, unless they stand in that of another root module."""
        for directory in sorted(directories - self._counted):
            coverage.files.found += len(self._read_paths.get(directory, ()))
            coverage.files.failed += len(self._failed.get(directory, ()))
            coverage.gaps += self._gaps.get(directory, [])
            self._say(coverage, directory)
            if (unit := self.unit(directory)) is not None:
                coverage.enter(self.show(unit.file), "terraform", "judged", "")
            for name in self._deployment_files(directory):
                coverage.enter(self.show(os.path.join(directory, name)), "terraform", "judged", "")
        coverage.files.parsed = coverage.files.found - coverage.files.failed
        self._counted |= directories

    def left_out(self, directory: str, why: str, became: Became = "excluded") -> Coverage:
        """The ledger of a directory whose code is not judged; what is judged as part of another root module stays that, unless it is
        `unread`."""
        coverage = Coverage()
        for name in self.code(directory):
            coverage.enter(self.show(os.path.join(directory, name)), "terraform", became, why)
        return coverage

    def _say(self, coverage: Coverage, directory: str) -> None:
        """Say what became of each file of code in a directory."""
        read, failed = self._read_paths.get(directory, set()), self._failed.get(directory, ())
        for path in read:
            coverage.enter(self.show(path), "terraform", *(("unread", "code that cannot be read") if path in failed else ("judged", "")))
        for path in {os.path.join(directory, name) for name in self.code(directory)} - read:
            coverage.enter(self.show(path), "terraform", "other", "code that the program of its root module does not read")

    def local_calls(self, directory: str) -> set[str]:
        """The directories that a directory calls as local modules, by normal paths: what a link leads to, where it is."""
        if directory not in self._calls:
            parsed = self._may_call(directory) != set()
            called = self._called(directory, map(roots.local_source, self.all_blocks(directory))) if parsed else set[str]()
            self._calls[directory] = called | self._above(directory)
        return self._calls[directory]

    def speaks_of_modules(self, directory: str) -> bool:
        """Whether the code of a directory may call a module, local or not: JSON may write the word in escapes."""
        try:
            texts = [utf8(self.content(os.path.join(directory, name))) for name in self.code(directory)]
        except (FileError, UnicodeError):
            return True
        return self.deployed(directory) != directory or any(b"module" in text or b"component" in text or b"\\u" in text for text in texts)

    def asks_for_workspace(self, directory: str) -> bool:
        """Whether the code of a directory may ask for the name of the workspace."""
        if directory not in self._asking:
            self._asking[directory] = any(selected.asks(self.text(os.path.join(directory, name))) for name in self.code(directory))
        return self._asking[directory]

    def below(self, directory: str) -> set[str]:
        """The directories that one calls as local modules at any depth."""
        return _reached(directory, self.local_calls)

    def may_be_below(self, directory: str) -> set[str]:
        """All directories that one calls as local modules at any depth, and maybe more: such as comments name. Code whose text says what it
        may call is not parsed."""
        return _reached(directory, self._text_calls)

    def _text_calls(self, directory: str) -> set[str]:
        may_call = self._may_call(directory)
        return self.local_calls(directory) if may_call is None else may_call

    def _may_call(self, directory: str) -> set[str] | None:
        """The directories among which those are that a directory calls, by its text; None where that does not tell."""
        if directory not in self._named:
            sources: set[str] | None = set()
            for name in self.code(directory):
                try:
                    named = roots.may_be_sources(utf8(self.content(os.path.join(directory, name))), name)
                except (FileError, UnicodeError):
                    continue  # what cannot be read calls nothing; reading it says so
                sources = None if sources is None or named is None else sources | named
            self._named[directory] = None if sources is None else self._called(directory, sources) | self._above(directory)
        return self._named[directory]

    def _above(self, directory: str) -> set[str]:
        """The directory whose code Terragrunt deploys for another, by its normal path."""
        own = self.deployed(directory)
        return set() if own is None or own == directory else {self._linked(directory, os.path.normpath(own))}

    def _called(self, directory: str, sources: Iterable[str | None]) -> set[str]:
        paths = {os.path.normpath(os.path.join(directory, source)) for source in sources if source is not None}
        return {self._linked(directory, path) for path in paths}

    def stands_alone(self, directory: str) -> bool:
        """Whether a directory can be deployed by itself."""
        if directory not in self._alone:
            marked = roots.stands_alone(self.names(directory), self.all_blocks(directory))
            self._alone[directory] = marked or roots.has_values_below(directory, self.overlay)
        return self._alone[directory]

    def resolver(self, root: str, program: str, gaps: list[Gap]) -> Callable[[str, str, tuple[str, ...]], str | None]:
        """What tells where the code of a module call in a root module is: by the directory of the caller, the source and the path of names.

        It gives None where that is nowhere, and adds to `gaps` why a record of `terraform init` is not taken.
        """
        records = installed.records(root, self.overlay)

        def refuse(path: tuple[str, ...], reason: str) -> None:
            way = f"run terraform init in {self.show(root)}, or scan the plan"
            gap = Gap(self.show(installed.manifest(root)), "module_missing", f'module "{".".join(path)}" {reason}', way)
            gaps.extend([gap] if gap not in gaps else [])

        def resolve(caller: str, source: str, path: tuple[str, ...]) -> str | None:
            record = records.get(".".join(path))
            local = roots.local(source)
            if local is not None:
                directory = self._linked(caller, os.path.normpath(os.path.join(caller, local)))
                if record is not None and self.overlay.real(record.directory) != self.overlay.real(directory):
                    refuse(path, f"is recorded in {self.show(record.directory)}, where its source does not lead")
                if self.overlay.is_directory(directory) and not self.boundary.holds(directory):
                    self._follow(directory)
                return directory if self.has_code(directory) else None
            if record is None:
                return None
            if fault := installed.fault(record, root, source, self._version(caller, path[-1], program)):
                refuse(path, fault)
                return None
            return record.directory if self.boundary.holds(record.directory) and self.has_code(record.directory) else None

        return resolve

    def _version(self, caller: str, name: str, program: str) -> str | None:
        """The version that a module call asks for."""
        for block in self.load(caller, program):
            if block.type == "module" and block.labels == (name,) and (version := block.expression("version")) is not None:
                return str(getattr(version, "value", ""))
        return None

    def _linked(self, caller: str, directory: str) -> str:
        """A directory where a link leads, if it is one: what it calls itself begins there (`installLocalModule` of Terraform)."""
        real = self.overlay.real(directory)
        below = os.path.normpath(os.path.join(self.overlay.real(caller), os.path.relpath(directory, caller)))
        if real == below:
            return directory
        return real if os.path.isabs(directory) else os.path.relpath(real)

    def _follow(self, directory: str) -> None:
        """Read the code of a module beside what is scanned, unless a repository says where the tree ends. Raises EvaluationError."""
        if self._in_repository or not self.has_code(directory):
            raise EvaluationError("is outside of the scanned directories")
        self._followed.setdefault(directory, Boundary([directory], self.overlay))


def _reached(directory: str, calls: Callable[[str], set[str]]) -> set[str]:
    """What a directory calls at any depth, without itself."""
    waiting, reached = [directory], set[str]()
    while waiting:
        inner = calls(waiting.pop()) - reached
        reached |= inner
        waiting += inner
    return reached - {os.path.normpath(directory)}
