"""Pipelines of GitLab. https://docs.gitlab.com/ci/yaml/"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.supply.pipelines.commands import program_of_image
from assay.scanner.facts.supply.pipelines.flow import Shell
from assay.scanner.facts.supply.pipelines.model import BuildArgument, JobModel, LoginModel, PipelineModel, StepModel, Told
from assay.scanner.facts.supply.pipelines.steps import MAX_STEPS, Script, listed, mapping
from assay.scanner.sources.budget import Budget
from assay.scanner.sources.raw import Unknown

_GLOBAL = frozenset(
    {"stages", "variables", "default", "include", "workflow", "image", "services", "before_script", "after_script", "cache", "spec"}
)  # fmt: skip
_STAGES = [".pre", "build", "test", "deploy", ".post"]
"""https://docs.gitlab.com/ci/yaml/#stages"""
_ELSEWHERE = frozenset({"project", "pipeline"})
"""In a need: it takes artifacts of another pipeline, and waits for nothing. https://docs.gitlab.com/ci/yaml/#needsproject"""
_WHEN = ("rules", "only", "except")
MAX_DEPTH = 11
"""Of `extends`: https://docs.gitlab.com/ci/yaml/#extends"""
_WAY = "keep the jobs in this repository, or scan the pipeline that GitLab shows as a whole"


def pipeline(document: dict[str, Any], files: dict[str, Any]) -> PipelineModel:
    """A pipeline with the files of its repository that it includes. Raises OverBudget."""
    return _Pipeline(document, files).read()


class _Pipeline:
    def __init__(self, document: dict[str, Any], files: dict[str, Any]) -> None:
        self.files, self.made = files, PipelineModel("gitlab")
        self.budget = Budget(steps=MAX_STEPS)
        self.whole: dict[str, Any] = {}
        self.origin: dict[str, tuple[str | int, ...]] = {}
        """Where each job is written."""
        self._include(document, ("document",), 0)

    def _include(self, document: dict[str, Any], at: tuple[str | int, ...], depth: int) -> None:
        """Take in a file after what it includes, whose keys it overrides: https://docs.gitlab.com/ci/yaml/#include"""
        for entry in listed(document.get("include")):
            self.budget.step()
            local = entry.get("local") if isinstance(entry, dict) else entry
            if isinstance(entry, dict) and "template" in entry and not entry.get("local"):
                continue  # those of GitLab: their scanners report, and let everything pass
            inner = self.files.get(local) if isinstance(local, str) else None
            if isinstance(inner, dict) and isinstance(local, str) and depth < MAX_DEPTH:
                self._include(inner, ("files", local), depth + 1)
                continue
            named = ", ".join(f"{name}: {value}" for name, value in entry.items())[:200] if isinstance(entry, dict) else str(entry)[:200]
            self.made.missing.append(Unknown(f"what the pipeline includes from {named}", _WAY))
        for name, value in document.items():
            self.whole[name] = _merged(self.whole.get(name), value)
            self.origin[name] = at

    def read(self) -> PipelineModel:
        stages = [str(stage) for stage in listed(self.whole.get("stages"))] or _STAGES
        stages = [".pre", *(stage for stage in stages if stage not in (".pre", ".post")), ".post"]
        by_stage: dict[str, list[str]] = {}
        jobs: dict[str, dict[str, Any]] = {}
        for name in self.whole:
            entry = self.whole[name]
            if name in _GLOBAL or str(name).startswith(".") or not isinstance(entry, dict):
                continue
            job = self._extended(name, 0)
            if job.get("when") == "never" or not any(key in job for key in ("script", "run", "trigger")):
                continue
            jobs[name] = job
            by_stage.setdefault(str(job.get("stage", "test")), []).append(name)
        for name, job in jobs.items():
            at = stages.index(stage) if (stage := str(job.get("stage", "test"))) in stages else len(stages)
            earlier = [job_name for before in stages[:at] for job_name in by_stage.get(before, ())]
            self._job(name, job, earlier, jobs)
        self._variables(mapping(self.whole.get("variables")), "variables", (*self.origin.get("variables", ("document",)), "variables"))
        return self.made

    def _extended(self, name: str, depth: int) -> dict[str, Any]:
        job = mapping(self.whole.get(name))
        base: dict[str, Any] = {}
        for parent in listed(job.get("extends")) if depth < MAX_DEPTH else ():
            self.budget.step()
            base = _merged(base, self._extended(str(parent), depth + 1))
        return mapping(_merged(base, {key: value for key, value in job.items() if key != "extends"}))

    def _job(self, name: str, job: dict[str, Any], earlier: list[str], jobs: dict[str, dict[str, Any]]) -> None:
        needs = job.get("needs")
        after = earlier
        if isinstance(needs, list):
            own = [need for need in needs if not isinstance(need, dict) or ("job" in need and not _ELSEWHERE & need.keys())]
            after = [str(mapping(need).get("job", need)) for need in own]
        when = str(job.get("when", "on_success"))
        model = JobModel(
            name, [], [before for before in after if before in jobs], self._tolerated(job, when), always=when in ("always", "on_failure")
        )
        model.condition = _when(job)
        self.made.jobs[name] = model
        at = (*self.origin.get(name, ("document",)), name)
        if "trigger" in job:
            model.opaque = "the pipeline that it triggers"
            return
        default = mapping(self.whole.get("default"))
        variables = {**mapping(self.whole.get("variables")), **mapping(job.get("variables"))}
        environment = {key: mapping(value).get("value") if isinstance(value, dict) else value for key, value in variables.items()}
        lines: list[str] = []
        for key in ("before_script", "script"):
            written = job.get(key, default.get(key, self.whole.get(key)) if key == "before_script" else None)
            lines += list(self._lines(written, 0))
        script = Script("\n".join(lines), (*at, "script"), Shell(errexit=True, pipefail=True), environment, self.budget)
        step = StepModel(name, at, list(script.acts()), opaque=script.opaque())
        for act in step.acts:
            act.place = (*at, "script")
        model.steps.append(step)
        written = job.get("after_script", default.get("after_script", self.whole.get("after_script")))
        if lines := list(self._lines(written, 0)):  # which runs in a shell of its own, whether or not the script failed
            last = Script("\n".join(lines), (*at, "after_script"), Shell(errexit=True, pipefail=True), environment, self.budget)
            model.steps.append(StepModel("after_script", at, list(last.acts()), tolerated=True, always=True, opaque=last.opaque()))
            for act in model.steps[-1].acts:
                act.place = (*at, "after_script")
        self._more(job, name, script, step, at)

    def _more(self, job: dict[str, Any], name: str, script: Script, step: StepModel, at: tuple[str | int, ...]) -> None:
        if any(act.does == "build" for act in step.acts):
            self.made.builds = True
            self.made.arguments += [BuildArgument(argument, value, False, (*at, "script")) for argument, value, _ in script.arguments()]
        self._variables(mapping(job.get("variables")), name, (*at, "variables"))
        image = mapping(job.get("image")).get("name", job.get("image"))
        if isinstance(image, str) and not step.acts and program_of_image(image) in ("container-scanning",):
            step.opaque = image

    def _variables(self, variables: dict[str, Any], job: str, at: tuple[str | int, ...]) -> None:
        for name in variables:
            if name == "AWS_SECRET_ACCESS_KEY":
                self.made.logins.append(LoginModel(job, name, "aws", True, (*at, name)))

    def _tolerated(self, job: dict[str, Any], when: str) -> Told:
        """Whether what comes after a job runs though it fails. https://docs.gitlab.com/ci/yaml/#allow_failure"""
        given = job.get("allow_failure")
        if isinstance(given, bool):
            return given
        if isinstance(given, dict):
            return Unknown("with which exit codes the job may fail", "write allow_failure: false")
        if any(mapping(rule).get("allow_failure") is True for rule in listed(job.get("rules"))):
            return True
        return when == "manual"

    def _lines(self, written: Any, depth: int) -> list[str]:
        """The lines of a script, with those that `!reference` names: https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags"""
        lines: list[str] = []
        for entry in listed(written):
            self.budget.step()
            if isinstance(entry, str):
                lines.append(entry)
            elif isinstance(entry, list) and depth < MAX_DEPTH:
                lines += self._lines(entry, depth + 1)
            elif isinstance(entry, dict) and depth < MAX_DEPTH and isinstance(path := entry.get("Fn::reference"), list):
                target: Any = self.whole
                for name in path:
                    target = mapping(target).get(name)
                lines += self._lines(target, depth + 1)
        return lines


def _when(job: dict[str, Any]) -> str:
    """What decides whether a job is in a pipeline, as text; empty where nothing does."""
    return "; ".join(f"{key}: {job[key]}" for key in _WHEN if job.get(key))


def _merged(base: Any, over: Any) -> Any:
    """Maps key by key, at any depth; anything else is replaced."""
    if isinstance(base, dict) and isinstance(over, dict):
        return {**base, **{key: _merged(base.get(key), value) for key, value in over.items()}}
    return base if over is None else over
