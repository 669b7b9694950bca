"""X-Ray, and collectors of traces that run beside a container.

https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon-ecs.html, https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.model import attestable
from assay.scanner.facts.observe.tracing.kinds import TraceSource
from assay.scanner.facts.spelling import Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.documents import decode
from assay.scanner.sources.raw import Reference, Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, any_of

COLLECTOR = lazy_re.pattern(r"xray-daemon|otel-col|opentelemetry-col|adot-col|cloudwatch-agent")
"""Names of images that take traces: the daemon of X-Ray, collectors of OpenTelemetry, AWS's own among them, the agent of CloudWatch.

https://gallery.ecr.aws/xray/aws-xray-daemon, https://gallery.ecr.aws/aws-observability/aws-otel-collector,
https://gallery.ecr.aws/cloudwatch-agent/cloudwatch-agent, https://hub.docker.com/r/otel/opentelemetry-collector
"""
_BY_ITSELF = lazy_re.pattern(r"OTEL_|AWS_XRAY_|AWS_LAMBDA_EXEC_WRAPPER$")
"""Variables by which a process sends traces itself: https://opentelemetry.io/docs/languages/sdk-configuration/otlp-exporter/"""
_LAYER = lazy_re.pattern(r"otel|opentelemetry", re.IGNORECASE)


class FunctionAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells whether a function is traced."""

    mode: Annotated[str, "traced"]
    variables: Annotated[str, "traced"]
    layers: Annotated[str, "traced"]
    layer: str = ""
    """The ARN in a layer, where that is an object."""


def function(view: View, at: FunctionAt) -> TraceSource:
    """`PassThrough`, which is there by default, traces what is sampled by whoever calls.

    https://docs.aws.amazon.com/lambda/latest/api/API_TracingConfig.html
    """
    active: Value[Any] = view[at.mode].default("PassThrough").equals("Active")
    return _source(view, at, "function", any_of([active, _by_itself(view, at)]), "its tracing mode is PassThrough")


def _by_itself(view: View, at: FunctionAt) -> Value[bool]:
    """Whether a layer or a variable says that its code is instrumented; what that sends where is the code's."""
    names = view[at.variables]
    listed = names.data if isinstance(names.data, dict) else {}
    layers = _layers(view, at)
    if any(_BY_ITSELF.match(name) for name in listed) or any(_LAYER.search(describe(layer.raw)) for layer in layers):
        return view.says(_own(view))
    return view.says(next((told.unknown for told in (names, *layers) if told.unknown), False))


def _layers(view: View, at: FunctionAt) -> list[Value[Any]]:
    if not at.layer:
        return view[at.layers].elements()
    return [layer[at.layer] for layer in view.inner(at.layers)[0]]


def _own(view: View) -> Unknown:
    return attestable(f"whether {view.item.address} sends traces by itself, and to where", view.location)


class StageAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells whether a stage of a REST API is traced."""

    enabled: Annotated[Place, "traced"]


def stage(view: View, at: StageAt) -> TraceSource:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-xray.html"""
    return _source(view, at, "stage", view[at.enabled].default(False).truth(), "X-Ray is not enabled")


class TaskAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells which containers a task has."""

    containers: Annotated[Place, "traced"]
    repositories: Annotated[Link | None, "traced"] = None
    """What an image may refer to, with the path of what it is called."""
    called: str = ""


def task(view: View, at: TaskAt) -> TraceSource:
    """A task whose containers hand their traces to one of them."""
    written = view.link(at.containers) if isinstance(at.containers, str) else view[at.containers]
    takes = list(_containers(view, at, written))
    return _source(view, at, "task definition", any_of([*takes, view.says(False)]), "no container of it takes traces")


def _containers(view: View, at: TaskAt, written: Value[Any]) -> Iterator[Value[bool]]:
    content = decode(written.data)
    for one in content if isinstance(content, list) else [content]:
        if isinstance(one, dict):
            told = {key.lower(): raw for key, raw in one.items()}
            yield Value(_collects(view, at, told.get("image")), written.seen)
            if any(_BY_ITSELF.match(name) for name in _names(told.get("environment"))):
                yield view.says(_own(view))
        elif one is not None:
            reason = f"which containers {view.item.address} has is not known"
            yield view.says(unknown_inside(one) or Unknown(reason, "scan the plan or the live account", view.location))


def _names(environment: Any) -> Iterator[str]:
    for pair in environment if isinstance(environment, list) else ():
        told = {key.lower(): raw for key, raw in pair.items()} if isinstance(pair, dict) else {}
        if isinstance(told.get("name"), str):
            yield told["name"]


def _collects(view: View, at: TaskAt, image: Any) -> bool | Unknown:
    """Whether an image is one that takes traces, by the name of it."""
    parts = image.parts if isinstance(image, Text) else (image,)
    text = "".join(_text(view, at, part) for part in parts).rpartition("@")
    name = text[0] or text[2]
    if COLLECTOR.search(name):
        return True
    why = unknown_inside(image)
    return why if why is not None and "\0" in name else False


def _text(view: View, at: TaskAt, part: Any) -> str:
    if isinstance(part, str):
        return part
    repository = view.named(part, at.repositories) if isinstance(part, Reference) and at.repositories else None
    name = repository[at.called].data if repository else None
    return name if isinstance(name, str) else part.address if isinstance(part, Reference) else "\0"


def _source(view: View, at: Spelling, sort: str, traced: Value[bool], lacking: str) -> TraceSource:
    return TraceSource(identity=view.identity(view.called(at.name)), sort=view.says(sort), traced=traced, lacking=view.says(lacking))
