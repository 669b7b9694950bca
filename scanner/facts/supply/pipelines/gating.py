"""Whether a scanner stands before what a pipeline releases, and what it finds keeps that from happening."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from assay.scanner.facts.supply.pipelines.commands import ANY
from assay.scanner.facts.supply.pipelines.model import IMAGE, Act, JobModel, PipelineModel, StepModel, Told
from assay.scanner.sources.raw import Unknown

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


def releases(made: PipelineModel) -> Iterator[tuple[JobModel, StepModel, Act]]:
    """What hands something on, in the order of the file."""
    for job in made.jobs.values():
        for step in job.steps:
            for act in step.acts:
                if act.does in ("push", "deploy"):
                    yield job, step, act


def gated(made: PipelineModel, job: JobModel, step: StepModel, act: Act) -> Gated:
    """Whether a scanner keeps an image, a deployment or a change of infrastructure from being released."""
    reasons: list[str] = []
    doubts: list[Unknown] = []
    for before in _before(made, job, step, act):
        told = _decided(before, job, step, act)
        if told.told is True:
            return told
        if isinstance(told.told, Unknown):
            doubts.append(told.told)
        else:
            reasons.append(told.lacks)
    doubts += _unseen(made, job, step)
    if doubts:
        return Gated(doubts[0], "")
    wanted = "images" if act.subject == IMAGE else "infrastructure code"
    return Gated(False, reasons[-1] if reasons else f"no scanner of {wanted} runs before it")


def _before(made: PipelineModel, job: JobModel, step: StepModel, act: Act) -> Iterator[_Before]:
    """The scanners of such things in the steps and jobs before one, the nearest last."""
    for name in _ancestors(made, job):
        for other in made.jobs[name].steps:
            yield from (_Before(found, other, made.jobs[name], False) for found in _scanners(other, act))
    for other in job.steps:
        if other is step:
            yield from (_Before(found, other, job, True) for found in _scanners(other, act) if found.list_ < act.list_)
            return
        yield from (_Before(found, other, job, True) for found in _scanners(other, act))


def _scanners(step: StepModel, act: Act) -> Iterator[Act]:
    yield from (found for found in step.acts if found.does == "scan" and found.subject in (act.subject, ANY))


def _ancestors(made: PipelineModel, job: JobModel) -> list[str]:
    """The jobs that have to end before one starts, farthest first."""
    found: dict[str, None] = {}
    waiting = list(job.after)
    while waiting:
        name = waiting.pop()
        if name in made.jobs and name not in found and name != job.name:
            found[name] = None
            waiting += made.jobs[name].after
    return [name for name in made.jobs if name in found]


def _decided(before: _Before, job: JobModel, step: StepModel, act: Act) -> Gated:
    """Whether a scan before a release keeps it from running."""
    found, where = before.act, before.step
    named = f"{found.words} in {before.job.name}" if not before.in_job else found.words
    same = where is step and found.and_after and found.list_[0] == act.list_[0]
    if found.stops is False and not same:
        return Gated(False, f"{named} does not stop it: {found.why}")
    if isinstance(found.stops, Unknown) and not same:
        return Gated(found.stops)
    if where is step:
        return Gated(True)
    if where.tolerated is True or (not before.in_job and before.job.tolerated is True):
        return Gated(False, f"{named} does not stop it: its failure is allowed")
    for tolerated in (where.tolerated, before.job.tolerated if not before.in_job else False):
        if isinstance(tolerated, Unknown):
            return Gated(tolerated)
    if not before.in_job and job.despite == before.job.name and job.condition:
        return Gated(Unknown(f"what {job.name} makes of {job.condition}", "give the phase build on-failure: ABORT"))
    if step.always or (not before.in_job and (job.always or job.despite == before.job.name)):
        return Gated(False, f"it runs though {named} failed")
    return _conditioned(before, job, step, named)


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


def _unseen(made: PipelineModel, job: JobModel, step: StepModel) -> list[Unknown]:
    """What runs before a release and is not seen."""
    doubts: list[Unknown] = []
    for name in [*_ancestors(made, job), job.name]:
        other = made.jobs[name]
        if other.opaque:
            doubts.append(Unknown(f"what {other.opaque[:200]} does before it", _WAY))
        for each in other.steps:
            if each is step and not each.opaque:
                break
            if each.opaque:
                doubts.append(Unknown(f"whether {each.opaque[:200]} scans, which is not seen", _WAY))
    if made.before is not None:
        doubts.append(made.before)
    if made.system == "gitlab":
        doubts += made.missing
    return doubts
