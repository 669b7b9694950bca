"""Whether a scanner stands before what a pipeline releases, and what it finds keeps that from happening."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts.supply.pipelines.commands import ANY
from assay.scanner.facts.supply.pipelines.model import IMAGE, Act, JobModel, PipelineModel, StepModel, Told
from assay.scanner.sources.raw import Unknown

_NO_FAILURE = lazy_re.pattern(r"!\s*failure\s*\(\s*\)")
_WAY = "keep the scanner in this pipeline, in a step that fails"


class Gated(msgspec.Struct, frozen=True):
    """Whether a release is gated, and why not."""

    told: Told
    lacks: str = ""


class _Before(msgspec.Struct):
    """A scan that comes before a release, and what is between them that lets the run go on."""

    act: Act
    step: StepModel
    job: JobModel
    in_job: bool
    """It is in the job of the release."""


class Gate:
    """The scanners of a pipeline, and what they stand before."""

    def __init__(self, made: PipelineModel) -> None:
        self.made = made
        self.scans: dict[str, list[tuple[int, StepModel, Act]]] = {}
        """Job to the scanners in it, each with the number of its step."""
        self.opaque: dict[str, list[tuple[int, StepModel]]] = {}
        """Job to its steps that are not seen and may be scanners."""
        for job in made.jobs.values():
            for number, step in enumerate(job.steps):
                self.scans.setdefault(job.name, []).extend((number, step, act) for act in step.acts if act.does == "scan")
                if step.opaque:
                    self.opaque.setdefault(job.name, []).append((number, step))
        self._ancestors: dict[str, list[str]] = {}

    def releases(self) -> Iterator[tuple[JobModel, StepModel, Act, Gated]]:
        """What hands something on, in the order of the file, and whether it is gated."""
        for job in self.made.jobs.values():
            for number, step in enumerate(job.steps):
                for act in step.acts:
                    if act.does in ("push", "deploy"):
                        yield job, step, act, self._gated(job, number, step, act)

    def _gated(self, job: JobModel, number: int, step: StepModel, act: Act) -> Gated:
        reasons: list[str] = []
        doubts: list[Unknown] = []
        for before in self._before(job, number, act):
            told = _decided(before, job, step, act)
            if told.told is True:
                return told
            if isinstance(told.told, Unknown):
                doubts.append(told.told)
            else:
                reasons.append(told.lacks)
        doubts += self._unseen(job, number)
        if doubts:
            return Gated(doubts[0], "")
        wanted = "images" if act.subject == IMAGE else "infrastructure code"
        return Gated(False, reasons[-1] if reasons else f"no scanner of {wanted} runs before it")

    def _before(self, job: JobModel, number: int, act: Act) -> Iterator[_Before]:
        """The scanners of such things in the steps and jobs before one, the nearest last."""
        for name in self._jobs_before(job):
            for _, step, scan in self.scans.get(name, ()):
                if scan.subject in (act.subject, ANY):
                    yield _Before(scan, step, self.made.jobs[name], False)
        for at, step, scan in self.scans.get(job.name, ()):
            if scan.subject in (act.subject, ANY) and (at < number or (at == number and scan.list_ < act.list_)):
                yield _Before(scan, step, job, True)

    def _jobs_before(self, job: JobModel) -> list[str]:
        """The jobs with something to tell that have to end before one starts, in the order of the file."""
        if job.name not in self._ancestors:
            ancestors: set[str] = set()
            waiting = list(job.after)
            while waiting:
                name = waiting.pop()
                if name in self.made.jobs and name not in ancestors and name != job.name:
                    ancestors.add(name)
                    waiting += self.made.jobs[name].after
            self._ancestors[job.name] = [
                name
                for name in self.made.jobs
                if name in ancestors and (self.scans.get(name) or name in self.opaque or self.made.jobs[name].opaque)
            ]
        return self._ancestors[job.name]

    def _unseen(self, job: JobModel, number: int) -> list[Unknown]:
        """What runs before a release and is not seen."""
        doubts: list[Unknown] = []
        for name in [*self._jobs_before(job), job.name]:
            other = self.made.jobs[name]
            if other.opaque:
                doubts.append(Unknown(f"what {other.opaque[:200]} does before it", _WAY))
            for at, step in self.opaque.get(name, ()):
                if name != job.name or at <= number:
                    doubts.append(Unknown(f"whether {step.opaque[:200]} scans, which is not seen", _WAY))
        if self.made.before is not None:
            doubts.append(self.made.before)
        return [*doubts, *(self.made.missing if self.made.system in ("gitlab", "cloudbuild") else ())]


def _decided(before: _Before, job: JobModel, step: StepModel, act: Act) -> Gated:
    """Whether a scan before a release keeps it from running."""
    scan, where = before.act, before.step
    named = f"{scan.words} in {before.job.name}" if not before.in_job else scan.words
    same = where is step and scan.and_after and scan.list_[0] == act.list_[0]
    if scan.stops is False and not same:
        return Gated(False, f"{named} does not stop it: {scan.why}")
    if isinstance(scan.stops, Unknown) and not same:
        return Gated(scan.stops)
    if where is step:
        return Gated(True)
    if where.tolerated is True or (not before.in_job and before.job.tolerated is True):
        return Gated(False, f"{named} does not stop it: its failure is allowed")
    for tolerated in (where.tolerated, before.job.tolerated if not before.in_job else False):
        if isinstance(tolerated, Unknown):
            return Gated(tolerated)
    if not before.in_job and job.despite == before.job.name and job.condition:
        return Gated(Unknown(f"what {job.name} makes of {job.condition}", "give the phase build on-failure: ABORT"))
    # A step that always runs does so where its job has begun, which needs the jobs before it.
    if step.always if before.in_job else job.always or job.despite == before.job.name:
        condition = step.condition if before.in_job else job.asks
        if _asks(condition, before):
            reason = f"whether it runs where {named} failed, which its condition may ask for ({condition[:100]})"
            return Gated(Unknown(reason, "let it run only where all before it succeeded, without a condition of its own"))
        return Gated(False, f"it runs though {named} failed")
    return _conditioned(before, job, step, named)


def _asks(condition: str, before: _Before) -> bool:
    """Whether a condition may ask how the scan ended: by a function of GitHub, or by the result of its step or job."""
    names = ("*", *before.job.name.split("/"))
    return _NO_FAILURE.search(condition) is not None or any(text in condition for text in ("steps.", *(f"needs.{name}." for name in names)))


def _conditioned(before: _Before, job: JobModel, step: StepModel, named: str) -> Gated:
    """Whether the scan runs in every run in which the release does."""
    narrower = before.step.condition
    if narrower and not (before.in_job and (step.condition == narrower or f"{step.condition} &&".startswith(f"{narrower} &&"))):
        reason = f"whether {named} runs where this does: it has a condition of its own ({narrower[:100]})"
        return Gated(Unknown(reason, "let the scanner run in every run"))
    if not before.in_job and before.job.condition and before.job.condition != job.condition:
        reason = f"whether {before.job.name} is in every pipeline that this is in: it has rules of its own"
        return Gated(Unknown(reason, "give both the same rules, or the scanner none"))
    return Gated(True)
