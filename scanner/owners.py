"""Who owns what was found: by a tag of the resource, by CODEOWNERS for what code declares, by its account."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import msgspec

from assay.scanner.errors import AssayError
from assay.scanner.globs import matches
from assay.scanner.results.model import Result
from assay.scanner.sources.encodings import utf8
from assay.scanner.sources.overlay import DISK, repository

PLACES = ("CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS")
"""Where a repository has the file: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners,
https://docs.gitlab.com/user/project/codeowners/"""
_MOST_BYTES = 3_000_000
_MOST_STARS = 8
"""Of one pattern: an expression with many takes a time that grows with the power of their number."""
Lookup = Callable[[str], str]


class OwnersConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`owners` of a configuration. What says something first decides, in this order."""

    tags: list[str] = []
    """Tags or labels whose value is the owner."""
    codeowners: bool = False
    """The CODEOWNERS of the repository says it, of what its files declare."""
    accounts: dict[str, str] = {}
    """Glob over ids of accounts or projects to their owner."""
    default: str = ""


class Owners:
    """Tells the owner of results."""

    def __init__(self, settings: OwnersConfig, targets: Iterable[str] = ()) -> None:
        """`targets`: what is scanned; the repository that it is in has the CODEOWNERS. Raises AssayError."""
        self._settings = settings
        self._top, self._lookup = _codeowners(targets) if settings.codeowners else ("", _nobody)

    def of(self, result: Result) -> str:
        """The owner; empty text where nothing says one."""
        ref, settings = result.resource, self._settings
        tagged = next((ref.tags[name] for name in settings.tags if ref.tags.get(name)), "")
        if tagged:
            return tagged
        for block in ref.blocks:
            if block.file and (owner := self._lookup(os.path.relpath(os.path.abspath(block.file), self._top).replace(os.sep, "/"))):
                return owner
        named = (owner for glob, owner in settings.accounts.items() if ref.account and matches(glob, ref.account))
        return next(named, settings.default)

    def told(self, result: Result) -> Result:
        """A result with its owner."""
        return msgspec.structs.replace(result, owner=self.of(result))


def _nobody(_: str) -> str:
    return ""


def _codeowners(targets: Iterable[str]) -> tuple[str, Lookup]:
    """The top of the repository, and a path below it to its owners. Raises AssayError where there is no file, or none that can be read."""
    top = next((checkout for target in targets if os.path.exists(target) and (checkout := repository(target))), None)
    if top is None:
        return os.getcwd(), _nobody  # a live audit has no files
    path = next((candidate for name in PLACES if os.path.isfile(candidate := os.path.join(top, name))), None)
    if path is None:
        raise AssayError(f"assay: owners.codeowners: {top} has no CODEOWNERS ({', '.join(PLACES)}); add one, or leave that out")
    return top, _lookup(path, utf8(DISK.read(path, _MOST_BYTES)).decode("utf-8", "replace"))


def _lookup(path: str, text: str) -> Lookup:
    try:
        from codeowners import CodeOwners
    except ModuleNotFoundError:
        raise AssayError("assay: owners.codeowners needs the library codeowners: pip install 'assay[history]'") from None
    for number, line in enumerate(text.splitlines(), 1):
        if (line.split() or [""])[0].count("*") > _MOST_STARS:
            raise AssayError(f"{path}:{number}: a pattern with more than {_MOST_STARS} stars is not read; write it in several lines")
    try:
        read = CodeOwners(text)
    except ValueError as error:
        raise AssayError(f"{path}: {error}") from None
    return lambda file: ", ".join(name for _, name in read.of(file))
