"""The cases of the controls, as files in memory."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec
import yaml

from assay.scanner.fixtures import configured
from tests.scans import ROOT

CONTROLS = ROOT / "fixtures" / "controls"
Files = dict[str, bytes]
"""Path, relative to what is scanned, to content; `LINK` before a content makes it a link to what follows."""
LINK = b"\0link:"


class Case(msgspec.Struct, frozen=True):
    """A case of a control."""

    control: str
    input: str
    """The folder that it stands in: `terraform`, `assets`."""
    path: Path
    verdicts: dict[str, str]
    """Those that are expected of it: address to verdict, and `(code)` to what a gap says."""

    @property
    def name(self) -> str:
        return str(self.path.relative_to(CONTROLS))

    @property
    def fails(self) -> bool:
        return "fail" in self.verdicts.values()

    @property
    def options(self) -> dict[str, object]:
        return dict(configured(self.path.parents[1], f"{self.input}/{self.path.name}"))

    def files(self) -> Files:
        if self.path.is_file():
            return {self.path.name: self.path.read_bytes()}
        paths = (path for path in sorted(self.path.rglob("*")) if path.is_file())
        return {str(path.relative_to(self.path)): path.read_bytes() for path in paths}


@functools.cache
def cases() -> tuple[Case, ...]:
    """All cases, in the order of their names."""
    every = []
    for listed in sorted(CONTROLS.glob("*/*/expected.yaml")):
        control = f"{listed.parent.parent.name}.{listed.parent.name}"
        for name, expected in yaml.load(listed.read_text(encoding="utf-8"), yaml.CSafeLoader).items():
            path = listed.parent / name
            every.append(Case(control, name.partition("/")[0], path, expected))
    return tuple(every)


def write(files: Files, folder: Path) -> None:
    """Write files below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content.startswith(LINK):
            path.symlink_to(content.removeprefix(LINK).decode())
        else:
            path.write_bytes(content)
