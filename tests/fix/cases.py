"""What the fixes of controls do to the cases of controls that fail.

    python -m tests.fix.cases [CONTROL…]

writes `fixes.jsonl` beside the cases of these controls, or of all that have fixes: each finding with what mends it, or why nothing does.
`python -m tests.fix.cases --show CONTROL…` shows the edits instead.
"""

from __future__ import annotations

import difflib
import functools
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from assay.scanner.fix.converge import Fixing, FixOutcome
from assay.scanner.fix.files import Files
from assay.scanner.fix.judging import Judging
from assay.scanner.fixtures import configured
from assay.scanner.rules import load
from assay.scanner.rules.model import Control
from assay.scanner.run import Options
from tests import linted
from tests.scans import ROOT
from tests.test_fixtures import expected

FIXTURES = ROOT / "fixtures" / "controls"
SUFFIXES = (".tf", ".tofu", ".yaml", ".yml", ".json")


class Told(msgspec.Struct, array_like=True, order=True, frozen=True):
    """What is done about one finding of a case."""

    case: str
    address: str
    element: str
    message: str
    fix: str
    """What mends it; empty where nothing does."""
    why: str
    """Why nothing does, or why somebody decides on what does."""


@functools.cache
def controls() -> dict[str, Control]:
    """The controls that have fixes."""
    known = load.load([load.builtin_folder()]).by_id()
    return {id_: control for id_, control in known.items() if any(not isinstance(fix, str) for fix in control.fix.values())}


def folder(control: str) -> Path:
    return FIXTURES / control.replace(".", "/")


def failing(control: str, inputs: tuple[str, ...] = ()) -> Iterator[str]:
    """The cases in which a control fails that has edits for their input."""
    fixed = [name for name, fix in controls()[control].fix.items() if not isinstance(fix, str)]
    for name, verdicts in expected(control).items():
        input_ = name.split("/")[0]
        if input_ in fixed and (not inputs or input_ in inputs) and "fail" in verdicts.values():
            yield name


class Fixed:
    """A case, copied to a folder and fixed there."""

    def __init__(self, control: str, name: str, where: Path, every_control: bool = False) -> None:
        self.control, self.name, self.path = control, name, where / name
        original = folder(control) / name
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if original.is_dir():
            shutil.copytree(original, self.path, ignore=shutil.ignore_patterns("assay.yaml"))
        else:
            shutil.copy(original, self.path)
        self.before = self._contents()
        self.options = Options(
            paths=[str(self.path)], controls=[] if every_control else [control], allow_empty=True, **configured(folder(control), name)
        )
        fixing = self.fixing()
        wanted = fixing.findings(lambda result: result.control == control)
        self.findings = {result.fingerprint: result for result in wanted}
        self.outcome: FixOutcome = fixing.run(lambda result: result.fingerprint in self.findings, unsafe=True)
        for file, content in self.outcome.files.items():
            Path(file).write_bytes(content)
        self.after = self._contents()

    def fixing(self) -> Fixing:
        return Fixing(Judging(self.options), Files(self.options.paths))

    def _contents(self) -> dict[str, str]:
        paths = sorted(self.path.rglob("*")) if self.path.is_dir() else [self.path]
        return {str(path.relative_to(self.path.parent)): path.read_text("utf-8") for path in paths if path.suffix in SUFFIXES}

    def digest(self) -> str:
        """Of what it is now."""
        return linted.digest(*(part for item in sorted(self.after.items()) for part in item))

    def told(self) -> list[Told]:
        """What was done about each finding, without the folder that the case was copied to."""
        fixes = {proposal.fingerprint: (proposal.title, proposal.because) for proposal in self.outcome.fixed}
        left = {finding.fingerprint: ("", finding.why) for finding in self.outcome.unfixed}

        def plain(text: str) -> str:
            return text.replace(f"{self.path.parent}/", "")

        return sorted(
            Told(self.name, plain(finding.resource.address), plain(finding.element), plain(finding.message), *map(plain, told))
            for key, finding in self.findings.items()
            for told in [fixes.get(key) or left.get(key) or ("", "it is gone with another")]
        )

    def write(self, where: Path, contents: dict[str, str]) -> None:
        """Write what a case held before, or holds now, to another folder."""
        for file, text in contents.items():
            path = where / Path(self.name).parent / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

    def diff(self) -> str:
        lines: list[str] = []
        for file, text in self.before.items():
            lines += difflib.unified_diff(text.splitlines(), self.after[file].splitlines(), file, file, lineterm="", n=2)
        return "\n".join(lines)


def accepted(control: str) -> list[Told]:
    path = folder(control) / "fixes.jsonl"
    return msgspec.json.Decoder(Told).decode_lines(path.read_bytes()) if path.is_file() else []


def main(arguments: list[str]) -> None:
    shows = "--show" in arguments
    chosen = [argument for argument in arguments if argument != "--show"] or list(controls())
    for control in chosen:
        with tempfile.TemporaryDirectory() as where:
            cases = [Fixed(control, name, Path(where)) for name in failing(control)]
            told = [line for case in cases for line in case.told()]
            for case in cases if shows else ():
                print(f"=== {control} {case.name}\n{case.diff()}")
                print(*(f"    left: {line.address}: {line.message}: {line.why}" for line in case.told() if not line.fix), sep="\n")
            if not shows:
                lines = b"".join(msgspec.json.encode(line) + b"\n" for line in sorted(told))
                (folder(control) / "fixes.jsonl").write_bytes(lines)
            print(f"{control}: {sum(bool(line.fix) for line in told)} of {len(told)} findings are mended", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
