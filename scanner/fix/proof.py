"""Whether edits mend what they are for: the edited tree is judged again, and held against what was said before.

Only what may be another than before is judged: of Terraform code the root modules that an edited file may be part of, of templates those of
the formats of the edited files. Where the configuration describes the deployment as a whole, everything is.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import msgspec
from msgspec import structs

from assay.scanner import targets
from assay.scanner.judge import Judged, Rules, Watch, judge_all
from assay.scanner.options import Options
from assay.scanner.results.model import WORST, Result
from assay.scanner.run import Scan
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.discover import Found, discover, show
from assay.scanner.sources.interface import Source
from assay.scanner.sources.overlay import DISK, Overlay, Unsaved
from assay.scanner.sources.terraform.changes import Changes
from assay.scanner.sources.terraform.directories import Directories
from assay.scanner.sources.terraform.files import is_code
from assay.scanner.worker import parent

Key: TypeAlias = tuple[str, str]
"""Input and name of a collection."""
_TEMPLATES = ("cloudformation", "config_connector", "deployment_manager")
_BAD = ("error", "fail", "unknown")


class Part(msgspec.Struct):
    """What was said of the collections of one name."""

    results: list[Result] = []
    gaps: list[Gap] = []


State: TypeAlias = dict[Key, Part]


def results_of(state: State) -> Iterator[Result]:
    """All results of a state."""
    return (result for part in state.values() for result in part.results)


class Judging:
    """Judges a tree with files in it that are not saved."""

    def __init__(self, options: Options) -> None:
        """Raises RuleErrors and SelectionError. The options say by which controls, and where files are read from, as they do for a scan."""
        self.options = structs.replace(options, changed=None)
        self.rules = Rules(self.options)
        self.below: Overlay = options.overlay or DISK
        self._found: Found | None = None
        self._code: Directories | None = None
        self.judgements = 0
        """How often something was judged."""

    def state(self, files: Mapping[str, bytes]) -> State:
        """What is said of everything, with some files as they would be."""
        if self.rules.estate is not None:
            return self._whole(files)
        return self._judged(self._discovered(), files)

    def again(self, state: State, files: Mapping[str, bytes], edited: Iterable[str]) -> State:
        """The same state as it is with the files that were edited since."""
        if self.rules.estate is not None:
            return self._whole(files)
        narrowed = self._narrowed(set(edited))
        names = {show(directory) for directory in narrowed.directories} | {show(os.path.dirname(path) or ".") for path in narrowed.files}
        kept = {
            key: part
            for key, part in state.items()
            if (key[0] == "terraform" and key[1] not in names) or (key[0] != "terraform" and key[0] not in narrowed.inputs)
        }
        return {**kept, **self._judged(narrowed, files)}

    def _discovered(self) -> Found:
        if self._found is None:
            self._found = discover(self.options.paths, self.below, self.options.exclude)
            self._code = Directories(self._found.boundary, self.below, show)
        return self._found

    def _narrowed(self, edited: set[str]) -> Found:
        """What there is to judge again."""
        found = self._discovered()
        assert self._code is not None
        changes = Changes({self.below.real(path) for path in edited}, self._code)
        directories = [directory for directory in found.directories if changes.touch(directory)]
        files = [path for path in found.files if changes.touch(os.path.dirname(path) or ".")]
        templates = any(not is_code(os.path.basename(path)) for path in edited)
        inputs = {name: paths for name, paths in found.inputs.items() if templates and name in _TEMPLATES}
        return structs.replace(found, directories=directories, files=files, inputs=inputs)

    def _judged(self, found: Found, files: Mapping[str, bytes]) -> State:
        self.judgements += 1
        options = structs.replace(self.options, overlay=Unsaved(files, self.below), must_declare=())

        def made() -> Iterator[Source]:
            return targets.of(found, options)

        state: State = {}
        judged: Iterable[Judged]
        if options.limits is not None and parent.available():
            judged = parent.supervised(made, self.rules, options)
        else:
            judged = judge_all(made(), self.rules, lambda name: targets.scope_of(name, options.paths), Watch())
        for one in judged:
            part = state.setdefault((one.input, one.name), Part([], []))
            part.results += one.results
            part.gaps += one.coverage.gaps
        return state

    def _whole(self, files: Mapping[str, bytes]) -> State:
        self.judgements += 1
        scan = Scan(structs.replace(self.options, overlay=Unsaved(files, self.below), must_declare=()))
        results = list(scan)
        return {("", ""): Part(results, list(scan.coverage.gaps))}


def worse(before: State, after: State, removed: Iterable[str] = (), silent: Iterable[tuple[str, str]] = ()) -> str:
    """What is worse in one state than in another, in words; empty where nothing is.

    `removed`: addresses of what was taken out. `silent`: controls with the addresses of which they may say nothing any more.
    """
    lost = Counter(_gap_key(gap) for part in after.values() for gap in part.gaps)
    lost.subtract(_gap_key(gap) for part in before.values() for gap in part.gaps)
    for (scope, _, reason), count in lost.items():
        if count > 0:
            return f"{scope} could not be judged any more: {reason}"
    old, new = _by_fingerprint(before), _by_fingerprint(after)
    fresh = [result for key, result in new.items() if result.verdict in _BAD and _rank(result) < _rank(old.get(key))]
    gone = Counter((_alike(result), result.verdict) for key, result in old.items() if result.verdict in _BAD and key not in new)
    for result in fresh:
        if result.fingerprint not in old and gone[_alike(result), result.verdict] > 0:
            gone[_alike(result), result.verdict] -= 1  # the same of an element whose content changed
            continue
        return f"{result.control} would {_WORDS[result.verdict]} on {result.resource.address}: {result.message}"
    return _vanished(old.values(), new.values(), set(removed), set(silent))


_WORDS = {"error": "end with an error", "fail": "fail", "unknown": "be unknown"}


def _vanished(old: Iterable[Result], new: Iterable[Result], removed: set[str], silent: set[tuple[str, str]]) -> str:
    """What nothing is said of any more."""
    still = {(result.control, result.resource.root, result.resource.id) for result in new}
    for result in old:
        told = (result.control, result.resource.root, result.resource.id)
        address = result.resource.address
        if told in still or result.verdict == "not_applicable" or address in removed or (result.control, address) in silent:
            continue
        return f"{result.control} would say nothing of {address} any more"
    return ""


def _by_fingerprint(state: State) -> dict[str, Result]:
    found: dict[str, Result] = {}
    for result in results_of(state):
        if _rank(result) < _rank(found.get(result.fingerprint)):
            found[result.fingerprint] = result
    return found


def _rank(result: Result | None) -> int:
    return WORST.index(result.verdict) if result is not None else len(WORST)


def _alike(result: Result) -> tuple[str, str, str, str, str]:
    return result.control, result.resource.root, result.resource.id, result.element, result.message


def _gap_key(gap: Gap) -> tuple[str, str, str]:
    return gap.scope, gap.code, gap.reason


class Failing:
    """What is wrong in a state, held against an earlier one."""

    def __init__(self, before: State, after: State) -> None:
        known = {result.fingerprint for result in results_of(before)}
        bad = [result for result in results_of(after) if result.verdict in _BAD]
        self._fingerprints = {result.fingerprint for result in bad}
        self._alike = {_alike(result) for result in bad if result.fingerprint not in known}

    def has(self, finding: Result) -> bool:
        """Whether a finding is still there: under its fingerprint, or under that of its element with another content."""
        return finding.fingerprint in self._fingerprints or _alike(finding) in self._alike
