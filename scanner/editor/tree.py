"""The files of a project, looked for once, and which of them a change touches."""

from __future__ import annotations

import os
from collections.abc import Iterator

from msgspec import structs

from assay.scanner.editor.messages import JudgeRequest
from assay.scanner.globs import PathRule, excluded_by
from assay.scanner.options import Options
from assay.scanner.sources.discover import Discovered, discover
from assay.scanner.sources.formats import recognise
from assay.scanner.sources.overlay import DISK, Overlay
from assay.scanner.sources.paths import show
from assay.scanner.sources.terraform.files import is_code

TERRAFORM = "terraform"
TEMPLATES = ("cloudformation", "config_connector", "deployment_manager")
"""Inputs whose files are judged together: they nest, use or name each other."""
ALONE = "repository"
"""An input each of whose files is judged by itself."""


class ProjectTree:
    """What there is below the path of a project."""

    def __init__(self) -> None:
        self._discovery: Discovered | None = None
        self._exclude: tuple[PathRule, ...] = ()
        self._known: dict[str, tuple[str, ...]] = {}
        """Files that were looked at to the formats that they were of: text that is half written is of the format that it was."""
        self.inputs: tuple[str, ...] = ()
        """What the last request was about, of which all roots are known."""

    def touched(self, options: Options, request: JudgeRequest) -> Discovered:
        """What is judged for a request: of Terraform code all directories, of which the options say what changed; of templates all of the
        formats of the changed files; of others these files alone."""
        discovered = self._discovered(options, request)
        overlay = options.overlay or DISK
        changed = list(map(show, request.changed))
        formats = {path: self._formats(path, discovered, overlay, options.exclude) for path in changed}
        of_code = [path for path in changed if is_code(os.path.basename(path)) or not formats[path]]
        about = [name for name in TEMPLATES if any(name in known for known in formats.values())]
        inputs = {name: discovered.inputs[name] for name in about if name in discovered.inputs}
        if alone := [path for path, known in formats.items() if ALONE in known and overlay.is_file(path)]:
            inputs[ALONE] = alone
        self.inputs = (*((TERRAFORM,) if of_code else ()), *about)
        directories, files = (discovered.directories, discovered.files) if of_code else ([], [])
        return structs.replace(discovered, directories=directories, files=files, inputs=inputs)

    def _discovered(self, options: Options, request: JudgeRequest) -> Discovered:
        overlay = options.overlay or DISK
        if self._discovery is None or request.anew or options.exclude != self._exclude:
            self._discovery, self._exclude = discover(options.paths, overlay, options.exclude), options.exclude
        return self._discovery

    def _formats(self, path: str, discovered: Discovered, overlay: Overlay, exclude: tuple[PathRule, ...]) -> tuple[str, ...]:
        """The formats that a changed file may be of, by what is in it now; it is entered among the files of these."""
        before = self._known.get(path) or tuple(name for name, paths in discovered.inputs.items() if path in map(os.path.normpath, paths))
        if not overlay.is_file(path) or is_code(os.path.basename(path)) or excluded_by(exclude, path) is not None:
            return before
        try:
            now = tuple(format_.name for format_ in recognise(path, overlay).formats)
        except OSError:
            now = ()
        names = self._known[path] = tuple(name for name in dict.fromkeys((*now, *before)) if name in (*TEMPLATES, ALONE))
        for name in _missing(path, names, discovered):
            discovered.inputs.setdefault(name, []).append(path)
        return names


def _missing(path: str, names: tuple[str, ...], discovered: Discovered) -> Iterator[str]:
    return (name for name in names if path not in map(os.path.normpath, discovered.inputs.get(name, ())))
