"""What all modules of one root share, and the functions that read files."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from assay.scanner.sources.budget import Budget
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.sensitive import Sensitive
from assay.scanner.sources.terraform import costs, parsing
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.evaluate import Scope, evaluate
from assay.scanner.sources.terraform.functions import FUNCTIONS
from assay.scanner.sources.terraform.functions.patterns import glob
from assay.scanner.sources.terraform.operators import EvaluationError, make_set, to_text, unsettled, why_unknown

if TYPE_CHECKING:
    from assay.scanner.sources.terraform.remote_state import RemoteStates


class Workspace:
    """What all modules of one root share.

    `load` gives the blocks of a module directory; `read` a file that a function names, `files` the files below a directory that one names.
    """

    def __init__(
        self,
        load: Callable[[str], list[Block]],
        read: Callable[[str], str | Unknown],
        files: Callable[[str], list[str] | Unknown],
        resolve: Callable[[str, str, tuple[str, ...]], str | None],
        variables: dict[str, Any],
        show: Callable[[str], str],
        budget: Budget,
    ) -> None:
        self.files = files
        self.load, self.read, self.variables, self.show = load, read, variables, show
        self.name: Any = None
        """What `terraform.workspace` gives."""
        self._resolve = resolve
        self._resolved: dict[tuple[str, str, tuple[str, ...]], str | None] = {}
        self.budget = budget
        self.sensitive = Sensitive()
        """What the code marks as sensitive, as far as it was evaluated."""
        self.instances = 0
        self.gaps: list[Gap] = []
        self.called: set[str] = set()
        self.states: RemoteStates | None = None
        """The root modules whose outputs it reads."""
        self.default_tags: dict[tuple[Block, str], dict[str, str]] = {}
        """What each provider block adds to tags, by the block and the address of the module that it stands in."""
        self._functions: dict[str, dict[str, Callable[..., Any]]] = {}
        self._templates: dict[str, Any] = {}

    def resolve(self, caller: str, source: str, path: tuple[str, ...]) -> str | None:
        """The directory of a called module, None where it is nowhere. Raises EvaluationError, OverBudget."""
        key = caller, source, path
        self.budget.step(50)
        if key not in self._resolved:
            self.budget.step(150)  # links are followed on disk
            self._resolved[key] = self._resolve(caller, source, path)
        return self._resolved[key]

    def functions(self, directory: str) -> dict[str, Callable[..., Any]]:
        """The functions of a root module."""
        if directory not in self._functions:
            own = self._functions[directory] = {**FUNCTIONS}
            own |= file_functions(FileFunction(self, directory), own)
            told = {*_HANDS_ON, "file"}  # whose object tells which file it opened
            own |= {name: _watched(function, self.sensitive) for name, function in own.items() if name not in told}
            own["sensitive"] = self.sensitive.add
        return self._functions[directory]

    def template(self, text: str) -> Any:
        """The expression that a template file stands for. Raises OverBudget."""
        if text not in self._templates:
            self.budget.step(len(text) // 8)
            self.budget.made(8 * len(text))
            self._templates[text] = parsing.template(text)
        return self._templates[text]


_HANDS_ON = frozenset(
    ("nonsensitive", "ephemeralasnull", "merge", "concat", "flatten", "lookup", "element", "one", "coalesce", "coalescelist", "keys",
     "values", "tolist", "toset", "tomap", "slice", "reverse", "compact", "distinct", "zipmap", "length", "contains", "index", "range",
     "tonumber", "tobool", "fileexists", "fileset")
)  # fmt: skip
"""Functions whose results are parts of their arguments, or tell nothing of their text."""


def _watched(function: Callable[..., Any], sensitive: Sensitive) -> Callable[..., Any]:
    """A function whose result is sensitive where an argument is: the digest of a password, its encoding, a document with it."""

    def call(*arguments: Any) -> Any:
        result = function(*arguments)
        if sensitive and (isinstance(result, str) or _took_apart(result, arguments)) and any(map(sensitive.holds, arguments)):
            sensitive.derived(result)
        return result

    return call


def _took_apart(result: Any, arguments: tuple[Any, ...]) -> bool:
    """Whether a function made parts of texts: `split()`, `regex()`, `jsondecode()`."""
    return isinstance(result, (list, dict)) and all(isinstance(argument, str) for argument in arguments)


class FileFunction:
    """The function `file()`. Paths are relative to the directory of the root module, where Terraform runs."""

    def __init__(self, workspace: Workspace, directory: str) -> None:
        self.workspace, self.directory = workspace, directory

    def __call__(self, path: Any) -> Any:
        """The text of a file; Unknown where the path is not known. Raises EvaluationError where it cannot be read."""
        if unsettled(path):
            return why_unknown(path)
        self.workspace.budget.step(20)  # a file is opened
        text = self.workspace.read(self.full(path))
        costs.copy(text, self.workspace.budget)
        return text

    def opened(self, path: Any) -> tuple[str, str] | None:
        """The name in reports and the text of a file, None where it cannot be told or read. Raises EvaluationError."""
        text = self(path)
        return (self.workspace.show(self.full(path)), text) if isinstance(text, str) else None

    def full(self, path: Any) -> str:
        """Where a path of the code leads."""
        return os.path.normpath(os.path.join(self.directory, to_text(path)))


def file_functions(read: FileFunction, functions: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """The functions that read files; `functions` are those that a template file may call."""

    def templatefile(path: Any, names: Any) -> Any:
        text = read(path)
        if unsettled(text) or unsettled(names):
            return why_unknown(text if unsettled(text) else names)
        return evaluate(read.workspace.template(text), Scope(_no_names, functions, read.workspace.budget, dict(names)))

    def exists(path: Any) -> Any:
        try:
            text = read(path)
        except EvaluationError:
            return False
        return text if isinstance(text, Unknown) else True

    def templatestring(template: Any, names: Any) -> Any:
        if unsettled(template) or unsettled(names):
            return why_unknown(template if unsettled(template) else names)
        return evaluate(read.workspace.template(to_text(template)), Scope(_no_names, functions, read.workspace.budget, dict(names)))

    def hashed(name: str, encode: Callable[[Any], str]) -> Callable[[Any], Any]:
        def digest(path: Any) -> Any:
            text = read(path)
            costs.walk(text, read.workspace.budget)
            return text if unsettled(text) else encode(hashlib.new(name, text.encode(), usedforsecurity=False))

        return digest

    def encoded(path: Any) -> Any:
        text = read(path)
        return text if unsettled(text) else base64.b64encode(text.encode()).decode()

    made: dict[str, Callable[..., Any]] = {"filebase64": encoded, "fileset": FileSet(read), "templatestring": templatestring}
    for name in ("md5", "sha1", "sha256", "sha512"):
        made[f"file{name}"] = hashed(name, lambda digest: digest.hexdigest())
    for name in ("sha256", "sha512"):
        made[f"filebase64{name}"] = hashed(name, lambda digest: base64.b64encode(digest.digest()).decode())
    return made | {"file": read, "templatefile": templatefile, "fileexists": exists}


class FileSet:
    """The function `fileset()`: the regular files below a directory whose path in it has a pattern."""

    def __init__(self, read: FileFunction) -> None:
        self.read = read

    def __call__(self, path: Any, pattern: Any) -> Any:
        """The paths that match, as a set; Unknown where the directory or the pattern is not known."""
        if unsettled(path) or unsettled(pattern):
            return why_unknown(path if unsettled(path) else pattern)
        wanted, top = glob(os.path.normpath(to_text(pattern))), self.read.full(path)
        names = self.read.workspace.files(top)
        self.read.workspace.budget.step(20 * len(names) if isinstance(names, list) else 1000)  # each is looked at on disk
        return names if isinstance(names, Unknown) else make_set([name for name in names if wanted.fullmatch(name)])


def _no_names(name: str, scope: Scope) -> Any:
    raise EvaluationError(f"the template names {name}, which it was not given")
