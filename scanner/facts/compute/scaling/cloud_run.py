"""Cloud Run and Cloud Functions: how far a service grows by itself.

Services grow with requests and CPU unless they are told not to: https://cloud.google.com/run/docs/about-instance-autoscaling,
https://cloud.google.com/run/docs/configuring/services/manual-scaling
"""

from __future__ import annotations

import functools
from typing import Annotated, Any

from assay.scanner.facts.compute.scaling.kinds import ScaledService, Signal
from assay.scanner.facts.google_assets import named, short
from assay.scanner.facts.model import attestable
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of

DEFAULT_MOST = 100
"""https://cloud.google.com/run/docs/configuring/max-instances, https://cloud.google.com/functions/docs/configuring/max-instances"""
_NOT_NATIVE = attestable("Cloud Run follows requests and CPU alone: whether something else makes it follow another metric shows nowhere")
_BY_HAND = attestable("the number of a worker pool is set by calls alone: whether a program makes these when load changes shows nowhere")


class InstancesAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of the instances of a service or a function. Of several places of a bound, each is one of its own."""

    sort: str = "service"
    least: Annotated[tuple[str, ...], "roomy", "least"] = ()
    most: Annotated[tuple[str, ...], "roomy", "most"] = ()
    mode: Annotated[Place, "automatic"] = ""
    by_use: Annotated[Place, "signals"] = ""
    """The use of its CPU from which on there are more; 0 for none, so that requests alone count."""
    annotations: Annotated[str, "automatic", "least", "most"] = ""
    """Of the v1 API, where a service has the same: https://cloud.google.com/run/docs/reference/rest/v1/ObjectMeta"""
    of_revision: Annotated[str, "roomy", "least", "most"] = ""
    """And where a revision has."""


def instances(view: View, at: InstancesAt) -> ScaledService:
    """Without bounds it grows to a hundred instances."""
    of_service, of_revision = _annotations(view, at.annotations), _annotations(view, at.of_revision)
    most = [*(view[path] for path in at.most), of_service("run.googleapis.com/maxScale"), of_revision("autoscaling.knative.dev/maxScale")]
    least = [*(view[path] for path in at.least), of_service("run.googleapis.com/minScale"), of_revision("autoscaling.knative.dev/minScale")]
    mode = view[at.mode].otherwise(of_service("run.googleapis.com/scalingMode"))
    return ScaledService(
        identity=view.identity(short(view.called(at.name)).otherwise(named(view.item))),
        sort=view.says(at.sort),
        scalable=view.says(True),
        automatic=mode.equals("MANUAL").negate(),
        roomy=all_of([_has_room(upper, lower) for upper in most for lower in least]),
        least=_first(least).then(lambda count: count or 0),
        most=_first(most).then(lambda count: count or DEFAULT_MOST),
        suspended=view.says(False),
        signals=view.says([_native(view, view[at.by_use].number().then(lambda use: use != 0))]),
    )


def _first(bounds: list[Value[Any]]) -> Value[Any]:
    """The first of some bounds that is set, as a number."""
    return functools.reduce(lambda set_, other: set_.otherwise(other), bounds).number()


def _has_room(most: Value[Any], least: Value[Any]) -> Value[bool]:
    """Whether there may be more than one, and more than there always are. A most of 0 stands for none that is set."""
    upper = most.number().then(lambda count: count or DEFAULT_MOST)
    lower = least.number().then(lambda count: count or 0)
    return upper.then(lambda count: lower.then(lambda at_least: count > max(1, at_least)).raw)


def _annotations(view: View, path: str) -> Any:
    """What looks up an annotation there, whose name has dots."""
    written = view[path]
    return lambda name: written.then(lambda data: data.get(name) if isinstance(data, dict) else None)


def _native(view: View, by_use: Value[bool]) -> Signal:
    return Signal(
        name=view.says("requests and CPU"),
        metrics=view.says(_NOT_NATIVE),
        utilization=by_use,
        backlog=view.says(_NOT_NATIVE),
        per_task=view.says(_NOT_NATIVE),
    )


class PoolAt(Spelling, frozen=True, eq=False, kw_only=True):
    """What an input tells of a worker pool, whose number is a setting."""


def pool(view: View, at: PoolAt) -> ScaledService:
    """The provider does not scale it. A program may, such as CREMA, which Google gives for that:
    https://cloud.google.com/run/docs/configuring/workerpools/crema-autoscaling
    """
    why: Unknown = _BY_HAND
    unknown = view.says(why)
    return ScaledService(
        identity=view.identity(short(view.called(at.name)).otherwise(named(view.item))),
        sort=view.says("worker pool"),
        scalable=view.says(True),
        automatic=unknown,
        roomy=view.says(True),
        least=view.says(None),
        most=view.says(None),
        suspended=view.says(False),
        signals=unknown,
    )
