"""What the addresses of a report are relative to, whatever directory the run started in.

A report names roots and files relative to where the run started, and fingerprints by the scope, which is the same wherever that was. The
scope of a root is found again by them: it is what gives a result of the root the fingerprint that it has.
"""

from __future__ import annotations

import functools
import posixpath
from collections.abc import Iterable, Iterator

from assay.scanner.analysis.estate.kinds import ESTATE
from assay.scanner.compare.resources import LIVE_ROOTS
from assay.scanner.results.model import Report, Result, fingerprint

_ASSERTIONS = ("", "when", *map(str, range(10)))
"""What a result on a resource as a whole may have been judged by: nothing of a rule, its condition, one of its assertions."""
_TRIED = 5
"""Results of a root that are tried: of one whose id is not shown, no fingerprint can be made."""


class Scopes:
    """The scopes of the roots and files of a report."""

    def __init__(self, report: Report, others: Iterable[str] = ()) -> None:
        """`others`: roots of the other report, which may have been made in a directory above."""
        by_root: dict[str, list[Result]] = {}
        for result in report.results:
            by_root.setdefault(result.resource.root, []).append(result)
        beyond = {suffix for other in others for suffix in _suffixes(other)}
        scopes = {root: _scope_of_root(root, results, beyond) for root, results in by_root.items() if not is_apart(root)}
        self._of_root = {root: scope for root, scope in scopes.items() if scope is not None}
        self._moves = sorted({_move(root, scope) for root, scope in self._of_root.items()}, key=lambda move: (-len(move[0]), move))
        self.of = functools.cache(self._of)

    def alias(self, root: str, scope: str) -> None:
        """Say what a root is relative to, where a fingerprint that both reports have tells it."""
        if not is_apart(root) and root not in self._of_root:
            self._of_root[root] = scope
            self.of.cache_clear()

    def knows(self, root: str) -> bool:
        """Whether something tells the scope of a root."""
        return root in self._of_root

    def of_target(self, target: str) -> str | None:
        """The scope of what a run was over; None where nothing that is known of the run lies in it."""
        target = posixpath.normpath(target)
        outside = target.removeprefix("../") if target.startswith("../") else ""
        while outside.startswith("../"):
            outside = outside.removeprefix("../")
        for root in self._of_root:
            if outside:  # what is not below the working directory is named from the top of the disk
                before, separator, _ = f"{root}/".rpartition(f"/{outside}/")
                if separator and root.startswith("/"):
                    return self.of(f"{before}/{outside}")
            elif root == target or root.startswith(f"{target}/") or (target == "." and not root.startswith(("/", "../"))):
                return self.of(target)
        return None

    def _of(self, path: str) -> str:
        """A root or a file as fingerprints name it; as it stands where that is not known."""
        if is_apart(path):
            return path
        if path in self._of_root:
            return self._of_root[path]
        for before, above in self._moves:
            if before in ("", path) or path.startswith(f"{before}/"):
                rest = path[len(before) :].lstrip("/") if before else path
                return posixpath.normpath(posixpath.join(above, rest or "."))
        return posixpath.normpath(path)


def is_apart(root: str) -> bool:
    """Whether a root is no path: of a live account, or of the deployment as a whole."""
    return root == ESTATE or root.startswith(LIVE_ROOTS)


def _suffixes(path: str) -> Iterator[str]:
    """The path, and what is left of it below each directory that it leads through."""
    yield path
    for at, char in enumerate(path):
        if char == "/" and path[at + 1 :]:
            yield path[at + 1 :]


def _scope_of_root(root: str, results: list[Result], beyond: set[str]) -> str | None:
    """The scope that gives results of a root their fingerprints; None where none does that can be thought of."""
    whole = sorted(
        (result for result in results if not result.element), key=lambda result: result.verdict not in ("pass", "not_applicable")
    )
    above = (other for other in sorted(beyond) if root == "." or other.endswith(f"/{root}"))
    candidates = list(dict.fromkeys([*_suffixes(root), ".", *above]))
    for result in whole[:_TRIED]:
        for scope in candidates:
            if _is_of(result, scope):
                return scope
    return None


def _is_of(result: Result, scope: str) -> bool:
    resource = result.resource
    made = (fingerprint(result.control, assertion, resource.cloud, scope, resource.id, "") for assertion in _ASSERTIONS)
    return result.fingerprint in made


def _move(root: str, scope: str) -> tuple[str, str]:
    """What is taken off paths of the report, and what is set before them, to have them as fingerprints do."""
    if scope == root:
        return "", ""
    if scope == ".":
        return root, ""
    if root.endswith(f"/{scope}"):
        return root[: -len(scope) - 1], ""
    return "", scope if root == "." else scope[: -len(root) - 1]
