"""Which findings of a baseline a run can meet again: those in what it reads. A part of the code says nothing of the rest."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterable

from assay.scanner.gate.baseline import BaselineFinding
from assay.scanner.globs import PathRule, excluded_by


class Reach:
    """What a run reads."""

    def __init__(
        self, paths: Iterable[str], scope_of: Callable[[str], str], left_out: Iterable[PathRule] = (), libraries: Iterable[PathRule] = ()
    ) -> None:
        """`paths`: what it is over, without what is `left_out` and, as roots, the `libraries`."""
        targets = {scope_of(path): os.path.realpath(path) for path in paths}
        self._directories = {name: path for name, path in targets.items() if os.path.isdir(path)}
        self._files = targets.keys() - self._directories.keys()
        self._left_out, self._libraries = list(left_out), list(libraries)
        self.covers_root = functools.cache(self._covers_root)

    def looks_for(self, known: BaselineFinding) -> bool:
        """Whether a finding would be met, were it still there."""
        own = (
            known.file in self._files and (os.path.dirname(known.file) or ".") == known.root
        )  # code of a module is judged where it is called
        return own or known.root in self._files or self.covers_root(known.root)

    def _covers_root(self, root: str) -> bool:
        """Whether a root module, a plan or a template is below a directory that the run is over."""
        for name, directory in self._directories.items():
            relative = root if name == "." else root[len(name) + 1 :] if root.startswith(f"{name}/") else "." if root == name else None
            if relative is not None:
                path = os.path.normpath(os.path.join(directory, relative))
                return excluded_by(self._left_out, path) is None and not any(rule.names(path) for rule in self._libraries)
        return False


def may_name(glob: str, directory: str) -> bool:
    """Whether a glob over paths may be for something in a directory, by what stands before its first wildcard."""
    fixed = re.split(r"[*?]", glob, maxsplit=1)[0]
    return (
        directory.startswith(".")
        or fixed.rstrip("/") == directory
        or fixed.startswith(f"{directory}/")
        or f"{directory}/".startswith(fixed)
    )
