"""Builds of Cloud Build. https://cloud.google.com/build/docs/build-config-file-schema"""

from __future__ import annotations

import re
from typing import Any

from assay.scanner.facts.supply.pipelines.commands import program_of_image
from assay.scanner.facts.supply.pipelines.flow import Shell
from assay.scanner.facts.supply.pipelines.model import IMAGE, Act, JobModel, Path, PipelineModel, StepModel, Told
from assay.scanner.facts.supply.pipelines.steps import MAX_STEPS, Script, listed, mapping, of_program
from assay.scanner.sources.budget import Budget
from assay.scanner.sources.raw import Reference, Text, Unknown

IMAGES = "images"
"""What stands for the images that Cloud Build pushes itself, when all steps are done."""


def pipeline(document: dict[str, Any], files: dict[str, Any]) -> PipelineModel:
    """A build. Raises OverBudget."""
    made, budget = PipelineModel("cloudbuild"), Budget(steps=MAX_STEPS)
    options = mapping(document.get("options"))
    common = [*listed(options.get("env")), *listed(document.get("env"))]
    secrets = {str(name) for name in listed(options.get("secretEnv"))}
    names: list[str] = []
    for number, step in enumerate(listed(document.get("steps"))):
        budget.step()
        if not isinstance(step, dict):
            continue
        name = str(step.get("id") or f"step {number + 1}")[:80]
        name = name if name not in made.jobs else f"{name} ({number + 1})"
        waits = step.get("waitFor")
        after = list(names) if not isinstance(waits, list) or not waits else [str(wait) for wait in waits if wait != "-"]
        job = JobModel(name, [], after, _tolerated(step))
        made.jobs[name] = job
        names.append(name)
        _enter(step, number, name, job, made, [*common, *listed(step.get("env"))], secrets, budget)
    if listed(document.get("images")):
        act = Act("push", IMAGE, "images of the build", ("document", IMAGES))
        made.jobs[IMAGES] = JobModel(IMAGES, [StepModel(IMAGES, ("document", IMAGES), [act])], list(names))
    return made


class _Variables(dict[str, Any]):
    """Environment variables of a step. Where entries are not known, one that is not written may be among these."""

    def __init__(self, entries: list[Any]) -> None:
        texts = [str(entry) for entry in entries if not isinstance(entry, (Unknown, Reference))]
        super().__init__(text.split("=", 1) for text in texts if "=" in text)
        unknown = any(isinstance(entry, (Unknown, Reference)) or entry is None for entry in entries)
        self.more = Unknown("which environment variables a step has", "write them where the step is") if unknown else None

    def get(self, key: str, default: Any = None) -> Any:
        """Of a variable that may be there, why that is not known."""
        return super().get(key, self.more or default)


def _tolerated(step: dict[str, Any]) -> Told:
    """https://cloud.google.com/build/docs/build-config-file-schema#allowfailure"""
    if listed(step.get("allowExitCodes")):
        return True
    given = step.get("allowFailure")
    if isinstance(given, (Unknown, Text, Reference)):
        return Unknown("whether the build goes on where the step fails", "write allow_failure = false")
    return str(given).lower() == "true"


def _enter(
    step: dict[str, Any], number: int, name: str, job: JobModel, made: PipelineModel, env: list[Any], secrets: set[str], budget: Budget
) -> None:
    at: Path = ("document", "steps", number)
    environment = _Variables(env)
    model = StepModel(name, at)
    job.steps.append(model)
    if isinstance(text := step.get("script"), str):
        script = Script(text, (*at, "script"), _shell(text), environment, budget)
        model.acts, model.opaque = list(script.acts()), script.opaque()
        arguments = [(argument, value, place) for argument, value, place in script.arguments()]
    else:
        words = [str(word) for word in listed(step.get("args"))]
        entrypoint = step.get("entrypoint")
        program = str(entrypoint).rpartition("/")[2] if entrypoint else program_of_image(str(step.get("name", "")))
        model.acts, model.opaque, given = of_program([program, *words], (*at, "args"), environment, budget)
        arguments = [(build_argument.name, build_argument.value, build_argument.place) for build_argument in given]
    own = secrets | {str(secret) for secret in listed(step.get("secretEnv"))}
    from assay.scanner.facts.supply.pipelines.model import BuildArgument

    for argument, value, place in arguments:
        variable = re.fullmatch(r"\$\$?\{?(\w+)\}?", value)
        made.arguments.append(BuildArgument(argument, value, variable is not None and variable[1] in own, place))
    made.builds |= any(act.does == "build" for act in model.acts)


def _shell(script: str) -> Shell:
    """How a script is started: by the program of its first line, else by `/bin/sh`.

    https://cloud.google.com/build/docs/configuring-builds/run-bash-scripts
    """
    first = script.lstrip().split("\n", 1)[0]
    if not first.startswith("#!"):
        return Shell(errexit=False)
    words = first[2:].split()
    known = any(word.rpartition("/")[2] in ("sh", "bash", "ash", "dash") for word in words)
    return Shell(errexit=any(word.startswith("-") and "e" in word for word in words), pipefail="pipefail" in words, known=known)
