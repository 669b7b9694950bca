"""What all modules of one root share, and the functions that read files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from assay.scanner.sources.interface import Gap
from assay.scanner.sources.terraform import parsing
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.evaluate import Scope, evaluate
from assay.scanner.sources.terraform.operators import EvaluationError, to_text, unsettled, why_unknown
from assay.scanner.sources.values import Unknown


class Workspace:
    """What all modules of one root share. `load` gives the blocks of a module directory; `read` a file that a function names."""

    def __init__(
        self,
        load: Callable[[str], list[Block]],
        read: Callable[[str], str | Unknown],
        resolve: Callable[[str, str, tuple[str, ...]], str | None],
        variables: dict[str, Any],
        name: str,
        show: Callable[[str], str],
    ) -> None:
        self.load, self.read, self.resolve, self.variables, self.name, self.show = load, read, resolve, variables, name, show
        self.budget = [0]
        self.instances = 0
        self.gaps: list[Gap] = []
        self.called: set[str] = set()


class FileFunction:
    """The function `file()`. Paths are relative to the directory of the root module, where Terraform runs."""

    def __init__(self, workspace: Workspace, directory: str) -> None:
        self.workspace, self.directory = workspace, directory

    def __call__(self, path: Any) -> Any:
        return why_unknown(path) if unsettled(path) else self.workspace.read(self._full(path))

    def opened(self, path: Any) -> tuple[str, str] | None:
        """The name in reports and the text of a file, None where it cannot be told or read. Raises EvaluationError."""
        text = self(path)
        return (self.workspace.show(self._full(path)), text) if isinstance(text, str) else None

    def _full(self, path: Any) -> str:
        return os.path.normpath(os.path.join(self.directory, to_text(path)))


def file_functions(read: FileFunction, functions: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """The functions that read files; `functions` are those that a template file may call."""

    def templatefile(path: Any, names: Any) -> Any:
        text = read(path)
        if unsettled(text) or unsettled(names):
            return why_unknown(text if unsettled(text) else names)
        scope = Scope(_no_names, functions, read.workspace.budget, dict(names))
        return evaluate(parsing.template(text), scope)

    def exists(path: Any) -> Any:
        try:
            text = read(path)
        except EvaluationError:
            return False
        return text if isinstance(text, Unknown) else True

    return {"file": read, "templatefile": templatefile, "fileexists": exists}


def _no_names(name: str, scope: Scope) -> Any:
    raise EvaluationError(f"the template names {name}, which it was not given")
