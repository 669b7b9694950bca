"""Builds of CodeBuild. https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html"""

from __future__ import annotations

import re
from typing import Any

from assay.scanner.facts.supply.pipelines.flow import Shell
from assay.scanner.facts.supply.pipelines.model import BuildArgument, JobModel, LoginModel, PipelineModel, StepModel
from assay.scanner.facts.supply.pipelines.steps import MAX_STEPS, Script, listed, mapping
from assay.scanner.sources.budget import Budget

_PHASES = ("install", "pre_build", "build", "post_build")
_SUCCEEDING = "CODEBUILD_BUILD_SUCCEEDING"


def pipeline(document: dict[str, Any], files: dict[str, Any]) -> PipelineModel:
    """A build: its phases are jobs. Raises OverBudget.

    A command that fails ends its phase. Where the phase `build` fails, `post_build` runs all the same, unless on-failure is ABORT:
    https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
    """
    made, budget = PipelineModel("codebuild"), Budget(steps=MAX_STEPS)
    env = mapping(document.get("env"))
    variables = mapping(env.get("variables"))
    secrets = {*mapping(env.get("secrets-manager")), *mapping(env.get("parameter-store"))}
    if "AWS_SECRET_ACCESS_KEY" in variables:
        made.logins.append(
            LoginModel("env", "AWS_SECRET_ACCESS_KEY", "aws", True, ("document", "env", "variables", "AWS_SECRET_ACCESS_KEY"))
        )
    before: list[str] = []
    for name in _PHASES:
        phase = mapping(mapping(document.get("phases")).get(name))
        job = JobModel(name, [], list(before), str(phase.get("on-failure", "")).upper().startswith("CONTINUE"))
        aborts = str(mapping(mapping(document.get("phases")).get("build")).get("on-failure", "")).upper() == "ABORT"
        if name == "post_build" and not aborts:
            job.despite = "build"
            job.condition = _SUCCEEDING if _SUCCEEDING in str(phase.get("commands")) else ""
        made.jobs[name] = job
        before.append(name)
        _commands(phase, "commands", name, job, made, variables, secrets, budget)
        if phase.get("finally"):  # runs whether or not the phase failed
            last = JobModel(f"{name} finally", [], list(before), always=True)
            made.jobs[last.name] = last
            _commands(phase, "finally", name, last, made, variables, secrets, budget)
    return made


def _commands(
    phase: dict[str, Any],
    key: str,
    name: str,
    job: JobModel,
    made: PipelineModel,
    variables: dict[str, Any],
    secrets: set[str],
    budget: Budget,
) -> None:
    for number, command in enumerate(listed(phase.get(key))):
        if not isinstance(command, str):
            continue
        # Each is a command of its own: the phase ends where it fails
        script = Script(command, ("document", "phases", name, key, number), Shell(errexit=False), variables, budget)
        acts = list(script.acts())
        step = StepModel(next((act.words for act in acts), f"command {number + 1}"), script.place, acts, opaque=script.opaque())
        for act in acts:
            act.place = script.place
        job.steps.append(step)
        made.builds |= any(act.does == "build" for act in acts)
        for argument, value, _ in script.arguments():
            variable = re.fullmatch(r"\$\{?(\w+)\}?", value)
            made.arguments.append(BuildArgument(argument, value, variable is not None and variable[1] in secrets, script.place))
