"""Containers of ECS and AWS Batch: what their definitions let them do on the machine and in their own files.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.compute.kinds import Container, TaskDefinition
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.statements import marked
from assay.scanner.facts.view import View
from assay.scanner.sources.documents import decode
from assay.scanner.sources.raw import Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, any_of


class TaskAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of an ECS task definition."""

    containers: Place
    """A list of containers, or its JSON text."""
    system: Annotated[Place, "windows"]
    processes: Annotated[Place, "shares_processes"]
    memory: Annotated[Place, "shares_processes"]


def task(view: View, at: TaskAt) -> TaskDefinition:
    """Linux unless it says otherwise: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RuntimePlatform.html"""
    return TaskDefinition(
        identity=view.identity(view.called(at.name)),
        windows=view[at.system].default("LINUX").text().then(lambda name: name.upper().startswith("WINDOWS")),
        shares_processes=any_of([view[at.processes].equals("host"), view[at.memory].equals("host")]),
        containers=view.says(_listed(view, view[at.containers])),
    )


class JobAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a job definition of AWS Batch."""

    container: Annotated[Place, "containers"]
    """The one container of a job, or its JSON text."""
    others: Annotated[tuple[str, ...], "containers"]
    """What has more than one, which is not read."""
    pods: Annotated[str, "containers"]
    """Of a job that runs on EKS, which is no container of ECS."""


def job(view: View, at: JobAt) -> TaskDefinition | None:
    """A job of one container; None where it runs in pods of EKS."""
    if view.inner(at.pods)[0]:
        return None
    written = view[at.container]
    containers: list[Any] = []
    if written.data not in (None, [], ""):
        containers = [_container(view, decode(written.data), written)]
    elif view.exists(*at.others).data is not False:
        reason = f"{view.item.address} has its containers in tasks or in nodes, which are not read"
        containers = [Unknown(reason, "look at them there", view.location)]
    return TaskDefinition(
        identity=view.identity(view.called(at.name)),
        windows=view.says(False),
        shares_processes=view.says(False),
        containers=view.says(containers),
    )


def _listed(view: View, written: Value[Any]) -> list[Container | Unknown]:
    content = decode(written.data)
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        return [_untold(content, view)]
    return [_container(view, one, written, content, at) for at, one in enumerate(content) if one is not None]


def _container(view: View, one: Any, written: Value[Any], content: Any = None, at: int | None = None) -> Container | Unknown:
    """One definition. Its keys compare without case: Terraform reads them so, and each API has a case of its own."""
    if not isinstance(one, dict):
        return _untold(one, view)
    seen = written.seen if at is None else written.seen_inside(content, (at,))
    told = {key.lower(): raw for key, raw in one.items()}

    def value(name: str) -> Value[Any]:
        return Value.of(told.get(name), seen)

    name: Value[Any] = value("name") if "name" in told else Value("its container", seen)
    unset = Unknown(f"which user {describe(name.raw)} of {view.item.address} runs as: it names none, and its image decides", _NAME_ONE)
    return Container(
        name=Value(describe(name.raw), seen),
        read_only_root=value("readonlyrootfilesystem").default(False).truth(),
        runs_as_root=value("user").then(lambda user: _is_root(user) if user not in (None, "") else unset),
        privileged=value("privileged").default(False).truth(),
    )


_NAME_ONE = "name a user in the definition"


def _is_root(user: Any) -> bool | Unknown:
    """`root`, `0`, with or without a group: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"""
    text = marked(user) if isinstance(user, Text) else str(user) if isinstance(user, (str, int)) else None
    name = text.partition(":")[0] if text is not None else "\0"
    if "\0" in name:
        return unknown_inside(user) or Unknown(f"which user {describe(user)} is", "scan the plan or the live account")
    return name == "root" or (name.isdecimal() and int(name) == 0)


def _untold(data: Any, view: View) -> Unknown:
    return unknown_inside(data) or Unknown(
        f"which containers {view.item.address} has is not known", "scan the plan or the live account", view.location
    )
