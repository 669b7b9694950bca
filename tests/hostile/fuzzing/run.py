"""Tries inputs, and says what they show."""

from __future__ import annotations

import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from assay.scanner.options import Limits
from assay.scanner.run import Options, Scan
from tests.hostile.fuzzing.cases import Case, Files, cases, write
from tests.hostile.fuzzing.damage import damage
from tests.hostile.fuzzing.disguises import REFUSED, disguise

LIMITS = Limits(memory=1_000_000_000, seconds=20)
_DEFECT = re.compile(r"to the end \(|ended the worker|more (?:time|memory) than it may")
"""Of a gap that costs a whole collection by a defect of ours. A resource that no reader can make sense of, a plan that is none and a template
that cannot be rendered are gaps as they should be."""


class Outcome(msgspec.Struct, frozen=True):
    """What a run says of an input."""

    failed: frozenset[str]
    """Addresses."""
    incomplete: bool
    defects: tuple[str, ...]
    """Gaps and verdicts that tell of a defect of ours."""


class Finding(msgspec.Struct, frozen=True):
    """An input for which Assay does what it must not."""

    seed: int
    case: str
    steps: list[str]
    problem: str
    files: Files

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.case}, {' then '.join(self.steps)}: {self.problem}"


def outcome(case: Case, files: Files) -> Outcome:
    """Judge files by the control of a case."""
    with tempfile.TemporaryDirectory() as folder:
        write(files, Path(folder))
        options = Options(paths=[folder], controls=[case.control], **case.options, limits=LIMITS)
        scan = Scan(options)
        results = list(scan)
        gaps = scan.coverage.gaps
        failed = _names(case, (result.resource.address for result in results if result.verdict == "fail"))
        defects = [
            f"gap {gap.code}: {gap.reason}"
            for gap in gaps
            if gap.code == "input_failed" and _DEFECT.search(f"{gap.reason}; {gap.settles_it}")
        ]
        defects += [f"verdict error: {result.message}" for result in results if result.verdict == "error"]
        return Outcome(failed, scan.incomplete, tuple(defects))


def expected(case: Case) -> Outcome:
    """What a run says of a case as it is, by what the tests of the controls hold it to."""
    incomplete = any(address.startswith("(") for address in case.verdicts)
    return Outcome(_names(case, (address for address, verdict in case.verdicts.items() if verdict == "fail")), incomplete, ())


def _names(case: Case, addresses: Iterable[str]) -> frozenset[str]:
    """Addresses without the folder; of what stands in a file of a repository, which is called by the file, without its suffix too: a
    disguise may rename that."""
    names = (address.rpartition("/")[2] for address in addresses)
    return frozenset(name.partition(".")[0] if case.input == "repository" else name for name in names)


def damaged(seed: int) -> Finding | None:
    """One damaged case; what it shows."""
    chance = random.Random(f"damage {seed}")
    case = chance.choice(cases())
    steps, files = _steps(case.files(), chance, damage)
    return _tried(seed, case, steps, files, lambda seen: "; ".join(seen.defects))


def disguised(seed: int) -> Finding | None:
    """One disguised case that fails; what it shows."""
    chance = random.Random(f"disguise {seed}")
    case = chance.choice([case for case in cases() if case.fails])
    # What is said of an estate hangs on the place of its files.
    plain = outcome(case, case.files()) if case.options["estate"] is not None else expected(case)
    steps, files = _steps(case.files(), chance, disguise)

    def problem(seen: Outcome) -> str:
        lost = plain.failed - seen.failed
        hidden = f"{', '.join(sorted(lost))} failed before, and nothing is incomplete now" if lost and not seen.incomplete else ""
        alarm = "incomplete, though nothing changed" if seen.incomplete and not plain.incomplete and REFUSED.isdisjoint(steps) else ""
        return "; ".join(filter(None, (hidden, alarm, *seen.defects)))

    return _tried(seed, case, steps, files, problem)


def _warm_up() -> None:
    """Load what reads each input, so that not every worker does."""
    for case in {case.input: case for case in cases()}.values():
        list(Scan(Options(paths=[str(case.path)], controls=[case.control], **case.options)))


def _steps(files: Files, chance: random.Random, step: Callable[[Files, random.Random], tuple[str, Files]]) -> tuple[list[str], Files]:
    names = []
    for _ in range(chance.choice((1, 1, 2, 3))):
        name, files = step(files, chance)
        names.append(name)
    return names, files


def _tried(seed: int, case: Case, steps: list[str], files: Files, problem: Callable[[Outcome], str]) -> Finding | None:
    try:
        said = problem(outcome(case, files))
    except Exception as error:  # the parent itself ended
        said = f"{type(error).__name__}: {error}"
    return Finding(seed, case.name, steps, said, files) if said else None


ATTEMPTS: dict[str, Callable[[int], Finding | None]] = {"damaged": damaged, "disguised": disguised}


def tried(kinds: Iterable[str], seeds: range, tell: Callable[[Finding], None]) -> Counter[str]:
    """Try one input of each kind for each seed. Returns how many there were, and how many showed something."""
    counts: Counter[str] = Counter()
    _warm_up()
    for seed in seeds:
        for kind in kinds:
            counts[kind] += 1
            if (finding := ATTEMPTS[kind](seed)) is not None:
                counts[f"{kind} with findings"] += 1
                tell(finding)
    return counts
