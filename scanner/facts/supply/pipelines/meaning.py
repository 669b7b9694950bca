"""What a pipeline's definition means, whatever system runs it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from assay.scanner.facts.supply.pipelines import gating
from assay.scanner.facts.supply.pipelines.kinds import Login, Pipeline, Release, Step
from assay.scanner.facts.supply.pipelines.model import IMAGE, JobModel, Path, PipelineModel
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Location, Unknown
from assay.scanner.sources.values import Value

Place = Callable[[Path], Location]
MOST = 1_000
"""Steps of one pipeline that are told."""
_DOUBT = "what stands before it is not certain"
_WORDS = {("push", IMAGE): "pushes an image", ("deploy", IMAGE): "deploys"}


def resource(view: View, made: PipelineModel, place: Place) -> Pipeline | None:
    """A pipeline; None where it neither pushes images nor deploys, as far as that is seen."""
    releases: list[Any] = list(itertools.islice(_releases(made, place), MOST))
    if len(releases) == MOST:
        releases.append(Unknown(f"what more than {MOST} releases of {view.item.label} are", "split the pipeline", view.location))
    if not releases and not made.missing:
        return None
    return Pipeline(
        identity=view.identity(view.says(view.item.label)),
        system=view.says(made.system),
        steps=view.says(list(itertools.islice(_steps(made, place), MOST))),
        releases=view.says([*releases, *made.missing[:MOST]]),
        logins=view.says([_login(login, place) for login in made.logins[:MOST]]),
        permissions=view.says(made.permissions),
    )


def _steps(made: PipelineModel, place: Place) -> Iterator[Step]:
    order = 0
    for job in made.jobs.values():
        for step in job.steps:
            for act in step.acts:
                order += 1
                seen = (place(act.place),)
                stops = act.stops if act.stops is not True or step.tolerated is False else _negated(step.tolerated)
                yield Step(
                    job=Value(job.name, seen),
                    name=Value(step.name or act.words, seen),
                    does=Value(act.does, seen),
                    subject=Value(act.subject, seen),
                    stops=Value(stops, seen),
                    order=Value(order, seen),
                )


def _negated(tolerated: Any) -> Any:
    return not tolerated if isinstance(tolerated, bool) else tolerated


def _releases(made: PipelineModel, place: Place) -> Iterator[Release]:
    signed = any(act.does == "sign" for job in made.jobs.values() for step in job.steps for act in step.acts)
    for job, step, act, gated in gating.Gate(made).releases():
        seen = (place(act.place),)
        yield Release(
            job=Value(job.name, seen),
            name=Value(_named(job, step.name or act.words), seen),
            does=Value(_WORDS.get((act.does, act.subject), "changes infrastructure"), seen),
            gated=Value(gated.told, seen),
            lacks=Value(gated.lacks or _DOUBT, seen),
            signed=Value(signed, seen),
        )


def _named(job: JobModel, name: str) -> str:
    return name if name == job.name else f"{name} in {job.name}"


def _login(login: Any, place: Place) -> Login:
    seen = (place(login.place),)
    return Login(job=Value(login.job, seen), name=Value(login.name, seen), cloud=Value(login.cloud, seen), static=Value(login.static, seen))
