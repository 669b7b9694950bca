"""Which file of rules defines which id."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from assay.scanner.rules import yaml_lines
from assay.scanner.rules.load import builtin_folder
from assay.scanner.rules.model import RuleError


class Names:
    """Who defines which id. Only a built-in definition can be replaced, and only where the configuration says so: a rule that took the
    place of another by its name alone would be a control switched off that nobody sees."""

    def __init__(self, overrides: Iterable[str]) -> None:
        self.overrides = frozenset(overrides)
        self.files: dict[str, str] = {}
        self.replaced: dict[str, str] = {}
        self.replaced_files: set[str] = set()

    def enter(self, path: Path, lines: dict[yaml_lines.Path, int], *names: str) -> None:
        """Enter the id of a file and its other names. Raises RuleError where one of them is another's."""
        for name in dict.fromkeys(names):
            other = self.files.get(name)
            if other is None or other in self.replaced_files:
                self.files[name] = str(path)
                continue
            own, builtin = (str(path), other) if _is_builtin(other) else (other, str(path))
            replaceable = _is_builtin(builtin) and not _is_builtin(own)
            if not replaceable or name not in self.overrides:
                way = f"choose another id, or list {name} under `overrides:` of the configuration" if replaceable else "choose another id"
                raise RuleError(str(path), lines.get(("id",), 1), f"the id {name} is already that of {other}", way)
            self.replaced[name] = own
            self.replaced_files.add(builtin)
            self.files[name] = own


def _is_builtin(file: str) -> bool:
    return Path(file).is_relative_to(builtin_folder())
