"""`-` as a path: one file of any kind from standard input, which reports call `<stdin>`.

It is read as if it were the only file of a directory: nothing of the working directory is its neighbour.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from assay.scanner import lazy_re
from assay.scanner.errors import AssayError
from assay.scanner.sources.encodings import read_up_to

if TYPE_CHECKING:
    from assay.scanner.gate.apply import Gate
    from assay.scanner.results.model import Report, Result
    from assay.scanner.sources.coverage import Gap

T = TypeVar("T")
NAME = "<stdin>"
MAX_BYTES = 500_000_000
"""What a plan may have."""
_LARGEST_CODE = 20_000_000
"""Bytes of a file of Terraform code."""
_COMMENTS = lazy_re.pattern(r"(?:\s+|#[^\n]*|//[^\n]*)*")
_YAML_KEY = lazy_re.pattern(r"[A-Za-z_][\w-]*\s*:")
_BLOCKS = "terraform|provider|variable|locals|output|module|resource|data|moved|import|removed|check|ephemeral"
_SECTIONS = frozenset({*_BLOCKS.split("|"), "//"})
"""Keys of Terraform's JSON syntax, which refuses others: https://developer.hashicorp.com/terraform/language/syntax/json"""


class NoInput(AssayError):
    """Standard input that cannot be read."""


def renaming(value: T, names: Mapping[str, str]) -> T:
    """A value of the results in which files have other names: their paths to those, which are looked for in this order."""
    return _renaming(value, names)  # type: ignore[no-any-return]


def _renaming(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for path, name in names.items():
            value = value.replace(path, name)
        return value
    if isinstance(value, (list, tuple)):
        return type(value)(_renaming(item, names) for item in value)
    if isinstance(value, dict):
        return {_renaming(key, names): _renaming(item, names) for key, item in value.items()}
    if isinstance(value, msgspec.Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        changed = {name: new for name, old in fields.items() if (new := _renaming(old, names)) is not old and new != old}
        return msgspec.structs.replace(value, **changed) if changed else value
    return value


class StandardInput:
    """The file that standard input was written to, and the names that reports have for it."""

    def __init__(self, directory: str, paths: list[str]) -> None:
        """`paths`: of several, each is the same content, called by a name of another kind that it may be of."""
        self.directory, self.paths = directory, paths

    def named(self, value: T) -> T:
        """A value of the results in which the file, and the directory that is its own, are called NAME."""
        return renaming(value, dict.fromkeys((*sorted(self.paths, key=len, reverse=True), self.directory), NAME))

    def of(self, scan: Any) -> None:
        """Have a scan call the file so in everything that it gives."""
        begun = scan.begun
        scan.begun = lambda: self.named(begun())  # which reports that are written while it goes on have before any result
        scan.gate = _Naming(scan.gate, self)
        scan.names[NAME] = self.paths[0]


class _Naming:
    """A gate behind which the file has its name."""

    def __init__(self, gate: Gate, given: StandardInput) -> None:
        self._gate, self._given, self.changes = gate, given, gate.changes

    def result(self, result: Result) -> Result:
        return self._given.named(self._gate.result(result))

    def is_known(self, gap: Gap) -> bool:
        return self._gate.is_known(gap)

    def report(self, *arguments: Any) -> Any:
        return self._given.named(self._gate.report(*arguments))


@contextlib.contextmanager
def read(paths: Iterable[str]) -> Iterator[StandardInput | None]:
    """Standard input where the one path is `-`; else None. Raises NoInput."""
    paths = list(paths)
    if "-" not in paths:
        yield None
        return
    if len(paths) > 1:
        raise NoInput("assay: - (standard input) is one file that is scanned alone; name no other path beside it")
    if sys.stdin is None or getattr(sys.stdin, "buffer", None) is None:
        raise NoInput("assay: standard input is closed")
    try:
        content = read_up_to(sys.stdin.buffer, MAX_BYTES + 1)
    except OSError as error:
        raise NoInput(f"assay: standard input cannot be read: {error.strerror or error}") from None
    if len(content) > MAX_BYTES:
        raise NoInput(f"assay: standard input has more than {MAX_BYTES:,} bytes; write it to a file, and name that")
    import tempfile  # slow to import, and rarely used

    with tempfile.TemporaryDirectory(prefix="assay-stdin-") as made:
        directory = os.path.realpath(made)
        # A repository of its own, wherever temporary files are, so that fingerprints are the same each time.
        os.mkdir(os.path.join(directory, ".git"))
        yield StandardInput(directory, list(_written(os.path.join(directory, NAME), content)))


def _written(path: str, content: bytes) -> Iterator[str]:
    """The files that the content is written to. What is recognised by its content has no suffix; Terraform code has no mark but its name,
    and what may be both is judged as both."""
    from assay.scanner.sources import formats

    suffix = _suffix(content)
    _write(path, content)
    if not suffix or formats.recognise(path).formats:
        yield path
    if suffix:
        _write(path + suffix, content)
        yield path + suffix


def _write(path: str, content: bytes) -> None:
    with open(path, "wb") as opened:
        opened.write(content)


def _suffix(content: bytes) -> str:
    """How a file is called that Terraform would read with this content; empty where it would read none."""
    from assay.scanner.sources.encodings import utf8

    if len(content) > _LARGEST_CODE:
        return ""
    try:
        text = utf8(content).decode("utf-8", "replace").lstrip("\ufeff")
    except ValueError:
        return ""
    comments = _COMMENTS.match(text)
    begin = text[comments.end() if comments else 0 :]
    if begin[:1] in ("{", "["):
        return ".tf.json" if _is_json_code(text) else ""
    # YAML begins with a key, a dash or a mark of its own; a block of Terraform with a word that no colon follows, or a comment.
    word = begin[:1].isalpha() or begin[:1] == "_"
    return ".tf" if begin.startswith("/*") or (word and not _YAML_KEY.match(begin)) else ""


def _is_json_code(text: str) -> bool:
    """Whether JSON has the sections of Terraform code, and nothing else."""
    try:
        document = msgspec.json.decode(text.encode("utf-8", "replace"), type=dict[str, msgspec.Raw] | list[dict[str, msgspec.Raw]])
    except (msgspec.DecodeError, RecursionError):
        return False
    bodies = document if isinstance(document, list) else [document]
    return any(bodies) and all(body.keys() <= _SECTIONS for body in bodies)


def renamed(given: StandardInput | None, run: Callable[[Any, bool], Report]) -> Callable[[Any, bool], Report]:
    """A way to run a scan, in whose report the file has its name."""
    return run if given is None else lambda scan, quiet: given.named(run(scan, quiet))
