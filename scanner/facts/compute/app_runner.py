"""App Runner: who may call a service of it, how far it grows, and what leads to it.

https://docs.aws.amazon.com/apprunner/latest/dg/network-pl.html, https://docs.aws.amazon.com/apprunner/latest/dg/manage-autoscaling.html
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.compute.background.kinds import Listener, Worker
from assay.scanner.facts.compute.kinds import Caller, Invocable
from assay.scanner.facts.compute.scaling.kinds import ScaledService, Signal
from assay.scanner.facts.spelling import Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value

GONE = ("DELETED",)
"""States of a live service that is told of and is no more."""


class ServiceAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells who reaches a service."""

    public: Annotated[Place, "callers", "listeners"]
    """Whether it has an address on the internet."""
    state: Place = ""


def on_the_internet(view: View, public: Place) -> Value[bool]:
    """By default it is: https://docs.aws.amazon.com/apprunner/latest/dg/network-pl.html

    Otherwise it is asked from networks that a VPC ingress connection lets in.
    """
    return view[public].default(True).truth()


def service(view: View, at: ServiceAt) -> Invocable | None:
    """App Runner asks nobody who they are: whoever reaches its address calls it."""
    if view[at.state].equals(*GONE).data is True:
        return None
    public = on_the_internet(view, at.public)
    caller = Caller(
        name=Value("anyone", public.seen),
        way=Value("its address on the internet", public.seen),
        anyone=public,
        exposed=public,
        any_account=Value(False, public.seen),
    )
    return Invocable(identity=view.identity(view.called(at.name)), callers=Value([] if public.data is False else [caller], public.seen))


def worker(view: View, at: ServiceAt) -> Worker | None:
    """At least one instance is kept, and paid for: https://docs.aws.amazon.com/apprunner/latest/dg/manage-autoscaling.html"""
    if view[at.state].equals(*GONE).data is True:
        return None
    public = on_the_internet(view, at.public)
    listener = Listener(what=Value("an address on the internet", public.seen), there=public)
    return Worker(
        identity=view.identity(view.called(at.name)),
        sort=view.says("service"),
        per_run=view.says(False),
        thrifty=view.says(False),
        by=view.says("App Runner, which keeps an instance"),
        listeners=Value([] if public.data is False else [listener], public.seen),
        sharers=view.says([]),
    )


DEFAULT_LEAST, DEFAULT_MOST = 1, 25
"""https://docs.aws.amazon.com/apprunner/latest/api/API_CreateAutoScalingConfiguration.html"""


class ScaledAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells how far a service grows."""

    configuration: Annotated[Link | None, "roomy", "least", "most"] = None
    """What says its bounds, which the other two are places in; None where it says them itself."""
    least: Annotated[str, "roomy", "least"]
    most: Annotated[str, "roomy", "most"]
    state: Place = ""


def scaled(view: View, at: ScaledAt) -> ScaledService | None:
    """App Runner follows the requests that an instance answers at once, and nothing else."""
    if view[at.state].equals(*GONE).data is True:
        return None
    least, most = _bounds(view, at)
    return ScaledService(
        identity=view.identity(view.called(at.name)),
        sort=view.says("service"),
        scalable=view.says(True),
        automatic=view.says(True),
        roomy=most.then(lambda upper: least.then(lambda lower: upper > lower).raw),
        least=least,
        most=most,
        suspended=view.says(False),
        signals=view.says([_requests(view)]),
    )


def _bounds(view: View, at: ScaledAt) -> tuple[Value[Any], Value[Any]]:
    """The least and the most, which a configuration may say; the default one has the defaults."""
    if at.configuration is None:
        return _written(view, at)
    named, configuration = view.link(at.configuration), view.target(at.configuration)
    if named.absent:
        return view.says(DEFAULT_LEAST), view.says(DEFAULT_MOST)
    if configuration is None:
        reason = f"the scaling configuration {describe(named.data)} of {view.item.address} is not among what was read"
        why = named.unknown or Unknown(reason, "scan the code that declares it together with this", view.location)
        return Value(why, named.seen), Value(why, named.seen)
    return _written(configuration, at)


def _written(view: View, at: ScaledAt) -> tuple[Value[Any], Value[Any]]:
    return view[at.least].default(DEFAULT_LEAST).number(), view[at.most].default(DEFAULT_MOST).number()


def _requests(view: View) -> Signal:
    metrics: list[Any] = ["Concurrency"]
    return Signal(
        name=view.says("concurrent requests"),
        metrics=view.says(metrics),
        utilization=view.says(False),
        backlog=view.says(False),
        per_task=view.says(True),
    )
