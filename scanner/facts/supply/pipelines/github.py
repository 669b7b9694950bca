"""Workflows of GitHub as pipelines. https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.facts.supply.pipelines import actions
from assay.scanner.facts.supply.pipelines.commands import MAY_SCAN, doings, program_of_image
from assay.scanner.facts.supply.pipelines.flow import Shell
from assay.scanner.facts.supply.pipelines.model import Act, BuildArgument, JobModel, LoginModel, Path, PipelineModel, StepModel, Told
from assay.scanner.facts.supply.pipelines.steps import MAX_STEPS, Script, listed, mapping
from assay.scanner.sources.budget import Budget
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.repository.workflows import events

_ALWAYS = lazy_re.pattern(r"\b(?:always|failure|cancelled)\s*\(\s*\)")
_TRUE = lazy_re.pattern(r"(?:\$\{\{)?\s*(?:true|success\(\)|always\(\)|!\s*cancelled\(\)|success\(\)\s*\|\|\s*failure\(\))?\s*(?:\}\})?")
"""What hangs on nothing that differs from run to run."""
_FALSE = lazy_re.pattern(r"(?:\$\{\{)?\s*false\s*(?:\}\})?", re.IGNORECASE)
_SECRET = lazy_re.pattern(r"\$\{\{[^}]*\b(?:secrets|inputs)\.(\w+)")
_SECRETS = lazy_re.pattern(r"\$\{\{[^}]*\bsecrets\.\w+")
MAX_DEPTH = 4
"""Of reusable workflows and composite actions in each other; GitHub allows ten, no file needs them."""
MOST_JOBS = 2_000
_STATIC = lazy_re.pattern(r"AWS_SECRET_ACCESS_KEY|GOOGLE_APPLICATION_CREDENTIALS_JSON|GOOGLE_CREDENTIALS|GCP_SA_KEY|GCLOUD_SERVICE_KEY")


def pipeline(document: dict[str, Any], files: dict[str, Any]) -> PipelineModel:
    """A workflow with the reusable workflows and actions of its repository. Raises OverBudget."""
    return _Workflow(files).read(document)


class _Workflow:
    def __init__(self, files: dict[str, Any]) -> None:
        self.files, self.made = files, PipelineModel("github")
        self.budget = Budget(steps=MAX_STEPS)

    def read(self, document: dict[str, Any]) -> PipelineModel:
        names = events(document)
        if names and names <= {"workflow_call", "workflow_run"}:
            reason = f"what runs before it: it is started by {' or '.join(sorted(names))}"
            self.made.before = Unknown(reason, "scan the workflow that starts it, or let this one scan by itself")
        if "permissions" in document:
            self.made.permissions = _permissions(document["permissions"])
        self._jobs(document, ("document",), "", [], 0)
        return self.made

    def _jobs(self, document: dict[str, Any], at: Path, prefix: str, after: list[str], depth: int) -> list[str]:
        """Enter the jobs of a workflow; gives their names. `after`: what comes before all of them."""
        entered: list[str] = []
        jobs = mapping(document.get("jobs"))
        for name, job in jobs.items():
            self.budget.step()
            if not isinstance(job, dict) or len(self.made.jobs) > MOST_JOBS or _FALSE.fullmatch(_condition(job)):
                continue
            own = f"{prefix}{name}"
            needs = [f"{prefix}{need}" for need in listed(job.get("needs")) if isinstance(need, str)]
            model = JobModel(
                own, [], [*(needs or after)], _flag(job.get("continue-on-error")), always=_is_always(job), asks=_condition(job)
            )
            self.made.jobs[own] = model
            entered.append(own)
            self._permitted(own, job)
            if isinstance(uses := job.get("uses"), str):
                self._called(uses, model, depth)
                continue
            for number, step in enumerate(listed(job.get("steps"))):
                if isinstance(step, dict) and not _FALSE.fullmatch(_condition(step)):
                    model.steps += self._step(step, (*at, "jobs", name, "steps", number), document, job, own, depth)
            self._keys(mapping(job.get("env")), own, (*at, "jobs", name, "env"))
        self._keys(mapping(document.get("env")), prefix or "env", (*at, "env"))
        return entered

    def _permitted(self, own: str, job: dict[str, Any]) -> None:
        if "permissions" in job:
            self.made.permissions = [
                *(self.made.permissions or []),
                *(f"{own}: {permission}" for permission in _permissions(job["permissions"])),
            ]

    def _called(self, uses: str, model: JobModel, depth: int) -> None:
        """A job that is a reusable workflow."""
        document = self.files.get(uses)
        if not isinstance(document, dict) or depth >= MAX_DEPTH:
            model.opaque = uses
            reason = f"what the reusable workflow {uses} does, which is not in this repository"
            self.made.missing.append(Unknown(reason, "scan its repository, or keep the gate in this workflow"))
            return
        inner = self._jobs(document, ("files", uses), f"{model.name}/", model.after, depth + 1)
        model.after = [*model.after, *inner]

    def _step(
        self, step: dict[str, Any], at: Path, document: dict[str, Any], job: dict[str, Any], own: str, depth: int
    ) -> Iterator[StepModel]:
        condition = _condition(step)
        tolerated = self._tolerated(step, job)
        label = str(step.get("name") or step.get("id") or "")[:80]
        environment = {**mapping(document.get("env")), **mapping(job.get("env")), **mapping(step.get("env"))}
        made = StepModel(label, at, [], tolerated, "" if _TRUE.fullmatch(condition) else condition, _is_always(step))
        self._keys(mapping(step.get("env")), own, (*at, "env"))
        if isinstance(run := step.get("run"), str):
            script = Script(run, (*at, "run"), _shell(step, job, document), environment, self.budget)
            made.acts, made.opaque = list(script.acts()), script.opaque()
            self._arguments(script, mapping(step.get("env")))
        elif isinstance(uses := step.get("uses"), str):
            if uses.startswith("./"):
                yield from self._local(uses, made, document, job, own, depth)
                return
            self._action(uses, made, step, at, own, environment)
        made.name = made.name or next((act.words for act in made.acts), "")
        yield made

    def _tolerated(self, step: dict[str, Any], job: dict[str, Any]) -> Told:
        """Whether the job goes on where a step fails; not known where another step asks how that one ended."""
        tolerated, own = _flag(step.get("continue-on-error")), step.get("id")
        if tolerated is not True or not isinstance(own, str):
            return tolerated
        steps = [other for other in listed(job.get("steps")) if isinstance(other, dict)]
        self.budget.step(len(steps))
        if any(f"steps.{own}.outcome" in str(other.get(key, "")) for other in steps for key in ("if", "run", "env")):
            return Unknown(f"what the job makes of the outcome of the step {own}", "let the step itself fail: without continue-on-error")
        return tolerated

    def _local(
        self, uses: str, made: StepModel, document: dict[str, Any], job: dict[str, Any], own: str, depth: int
    ) -> Iterator[StepModel]:
        """The steps of a composite action of the same repository."""
        runs = mapping(mapping(self.files.get(uses)).get("runs"))
        if runs.get("using") != "composite" or depth >= MAX_DEPTH:
            made.opaque = uses if MAY_SCAN.search(uses) else ""
            yield made
            return
        for number, step in enumerate(listed(runs.get("steps"))):
            if isinstance(step, dict) and not _FALSE.fullmatch(_condition(step)):
                for inner in self._step(step, ("files", uses, "runs", "steps", number), document, job, own, depth + 1):
                    inner.tolerated = made.tolerated if inner.tolerated is False else inner.tolerated
                    inner.condition = " && ".join(filter(None, (made.condition, inner.condition)))
                    inner.always = inner.always and made.always
                    yield inner

    def _action(self, uses: str, made: StepModel, step: dict[str, Any], at: Path, own: str, environment: dict[str, Any]) -> None:
        given = mapping(step.get("with"))
        if uses.startswith("docker://"):
            words = [program_of_image(uses.removeprefix("docker://")), *str(given.get("args") or "").split()]
            made.acts = [Act(one.does, one.subject, words[0], at, one.fails, one.why) for one in doings(words, environment)]
            return
        action = uses.partition("@")[0].lower()
        for doing in actions.doings(action, given, environment):
            made.acts.append(Act(doing.does, doing.subject, action, at, doing.fails, doing.why))
        if not made.acts and action not in actions.KNOWN and actions.may_scan(action):
            made.opaque = action
        self._login(action, given, own, made.name or action, at)
        if any(act.does == "build" for act in made.acts):
            self.made.builds = True
            for line in str(given.get("build-args") or "").splitlines():
                name, sign, value = line.strip().partition("=")
                if sign:
                    secret = _SECRETS.search(value) is not None
                    self.made.arguments.append(BuildArgument(name, value, secret, (*at, "with", "build-args")))

    def _arguments(self, script: Script, environment: dict[str, Any]) -> None:
        for name, value, place in script.arguments():
            variable = re.fullmatch(r"\$\{?(\w+)\}?", value)
            told = environment.get(variable[1], value) if variable else value
            secret = isinstance(told, str) and _SECRETS.search(told) is not None
            self.made.arguments.append(BuildArgument(name, value, secret, place))
        self.made.builds |= any(True for act in script.acts() if act.does == "build")

    def _login(self, action: str, given: dict[str, Any], own: str, name: str, at: Path) -> None:
        """How an action signs in at a cloud.

        https://github.com/aws-actions/configure-aws-credentials#oidc, https://github.com/google-github-actions/auth#authenticating-to-google-cloud
        """
        if action == "aws-actions/configure-aws-credentials":
            # With a session token, or from a step before, a key is one of a role that was taken on, which ends by itself.
            key = given.get("aws-access-key-id") or ""
            static = key != "" and not given.get("aws-session-token") and "steps." not in str(key)
            self.made.logins.append(LoginModel(own, name, "aws", static, at))
        elif action == "google-github-actions/auth":
            static = given.get("credentials_json") not in (None, "")
            self.made.logins.append(LoginModel(own, name, "google", static, at))
        elif action == "docker/login-action" and str(given.get("username")) in ("_json_key", "_json_key_base64"):
            self.made.logins.append(LoginModel(own, name, "google", True, at))

    def _keys(self, environment: dict[str, Any], own: str, at: Path) -> None:
        """Keys that stand in the environment."""
        for name, value in environment.items():
            if _STATIC.fullmatch(str(name)) and isinstance(value, str) and (_SECRET.search(value) or "${{" not in value):
                self.made.logins.append(LoginModel(own, str(name), "aws" if str(name).startswith("AWS") else "google", True, (*at, name)))


def _permissions(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data]
    return [f"{name}: {level}" for name, level in mapping(data).items()]


def _condition(entry: dict[str, Any]) -> str:
    condition = entry.get("if")
    if isinstance(condition, bool):
        return "true" if condition else "false"
    return " ".join(condition.split()) if isinstance(condition, str) else ""


def _is_always(entry: dict[str, Any]) -> bool:
    """Whether something runs though what came before it failed.

    https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#status-check-functions
    """
    return _ALWAYS.search(_condition(entry)) is not None


def _flag(value: Any) -> Told:
    """`continue-on-error`."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        if _FALSE.fullmatch(value):
            return False
        if re.fullmatch(r"(?:\$\{\{)?\s*true\s*(?:\}\})?", value):
            return True
        return Unknown("whether the run goes on where the step fails: an expression decides it", "write continue-on-error: false")
    return False


def _shell(step: dict[str, Any], job: dict[str, Any], document: dict[str, Any]) -> Shell:
    """How a script is started.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
    """
    given = step.get("shell")
    for level in (job, document):
        given = given or mapping(mapping(level.get("defaults")).get("run")).get("shell")
    if given is None:
        windows = "windows" in str(job.get("runs-on", "")).lower()
        return Shell(errexit=True, known=not windows)
    words = str(given).split()
    program = words[0].rpartition("/")[2] if words else ""
    if program not in ("bash", "sh"):
        return Shell(known=False)
    if len(words) == 1:
        return Shell(errexit=True, pipefail=program == "bash")
    flags = [word for word in words[1:] if word.startswith("-") and not word.startswith("--")]
    return Shell(errexit=any("e" in word for word in flags), pipefail="pipefail" in words)
