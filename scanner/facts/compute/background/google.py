"""Services and jobs of Cloud Run, and Cloud Functions.

https://cloud.google.com/run/docs/configuring/min-instances, https://cloud.google.com/run/docs/securing/ingress
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.compute.background.kinds import Listener, Worker
from assay.scanner.facts.compute.google import KEPT_OUT
from assay.scanner.facts.google_assets import named, short
from assay.scanner.facts.spelling import Index, Place, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.values import Value, all_of, any_of, first_known

_MIN = ("autoscaling.knative.dev/minScale", "run.googleapis.com/minScale")
_COUNT, _MODE = "run.googleapis.com/manualInstanceCount", "run.googleapis.com/scalingMode"
"""Of a revision and of the service: https://cloud.google.com/run/docs/reference/rest/v1/namespaces.services"""

_MASKS = ("cloud_run.url_mask", "cloud_function.url_mask", "cloudRun.urlMask", "cloudFunction.urlMask")
"""https://cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts#url_masks"""


class RunAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells this of a service or a function."""

    sort: str = "service"
    least: Annotated[tuple[str, ...], "thrifty", "by"] = ()
    """How many instances are kept at least, at any level."""
    annotations: Annotated[tuple[str, ...], "thrifty", "by"] = ()
    """Where the v1 API has these."""
    manual: Annotated[str, "thrifty", "by"] = ""
    """A fixed number of instances."""
    mode: Annotated[str, "thrifty", "by"] = ""
    """`MANUAL` where that number alone counts."""
    address_disabled: Annotated[str, "listeners"] = ""
    """It has no address of its own."""
    event: Annotated[str, "listeners"] = ""
    """What calls a function of the first generation, which then has no address."""
    ingress: Annotated[str, "listeners"] = ""
    notes: Annotated[str, "listeners"] = ""
    """Annotations of the service, where the v1 API has its ingress."""
    groups: Annotated[Index | None, "listeners"] = None
    """Service to the endpoint groups of load balancers that lead to it (`serverless_groups`)."""


class JobAt(Spelling, frozen=True, eq=False, kw_only=True):
    """What is needed of a job: its name."""

    least: Annotated[Place, "thrifty", "by", "listeners", "sharers"] = ""


def job(view: View, at: JobAt) -> Worker:
    """A job runs to its end, and nothing calls it: https://cloud.google.com/run/docs/create-jobs"""
    return _worker(view, at, "job", Value(True), view.says(True), view.says("a run to its end"), [])


def service(view: View, at: RunAt) -> Worker:
    """Without a minimum, no instance is kept; the larger of those of the revision and of the service counts.

    Counted by hand, it has no minimum: https://cloud.google.com/run/docs/configuring/services/manual-scaling
    """
    kept = [view[path].default(0).number() for path in at.least]
    kept += [_noted(view, path, name).default(0).number() for path in at.annotations for name in _MIN]
    counts = [view[at.manual], *(_noted(view, path, _COUNT) for path in at.annotations)]
    modes = [view[at.mode], *(_noted(view, path, _MODE) for path in at.annotations)]
    manual = first_known(*counts).default(0).number()
    by_hand = any(mode.equals("MANUAL", "manual").data is True for mode in modes)
    if by_hand and all(count.absent for count in counts):
        manual = view.says(Unknown(f"how many instances {view.item.address} has", "write how many it is to have", view.location))
    idle = all_of([number.then(_none) for number in (manual, *([] if by_hand else kept))])
    words = "a fixed number of instances" if manual.data else "instances that are kept while nothing happens"
    return _worker(view, at, at.sort, Value(False), idle, view.says(words), _listeners(view, at))


def pool(view: View, at: RunAt) -> Worker:
    """A pool of workers has as many instances as are asked for: https://cloud.google.com/run/docs/configuring/workerpools/manual-scaling"""
    count = view[at.manual].default(1).number()
    return _worker(view, at, "pool of workers", Value(False), count.then(_none), view.says("a fixed number of instances"), [])


def _none(number: Any) -> bool:
    return not number


def _worker(view: View, at: Any, sort: str, per_run: Value[bool], thrifty: Value[bool], by: Value[str], listeners: list[Any]) -> Worker:
    return Worker(
        identity=view.identity(short(view.called(at.name)).otherwise(named(view.item)) if at.name else named(view.item)),
        sort=view.says(sort),
        per_run=Value(per_run.data, (view.location,)),
        thrifty=thrifty,
        by=by,
        listeners=view.says(listeners),
        sharers=view.says([]),
    )


def _noted(view: View, path: str, name: str) -> Value[Any]:
    return view[path].then(lambda data: data.get(name) if isinstance(data, dict) else None)


def _listeners(view: View, at: RunAt) -> list[Any]:
    """The internet, unless its ingress keeps that out; and load balancers, unless it keeps these out too."""
    if at.event and view[at.event].is_set().data is True:
        return []
    ingress = view[at.ingress] if at.ingress else view.says(None)
    if at.notes and ingress.absent:
        ingress = _noted(view, at.notes, "run.googleapis.com/ingress")
    ingress = ingress.default("all")
    outside: Value[bool] = Value(ingress.equals(*KEPT_OUT).negate().data, ingress.seen)
    outside = all_of([outside, view[at.address_disabled].default(False).truth().negate()])
    words = ingress.data if isinstance(ingress.data, str) else "what is not known"
    listeners: list[Any] = [Listener(what=Value(f"ingress {words}", ingress.seen), there=outside)] if outside.data is not False else []
    led = _led_to(view, at)
    if led.data is not False:
        listeners.append(Listener(what=Value("a load balancer", led.seen), there=led))
    return listeners


def _led_to(view: View, at: RunAt) -> Value[bool]:
    """Whether an endpoint group of a load balancer leads to it; those of another region lead to services of their own."""
    assert at.groups is not None  # only a worker pool has none, and nothing asks that
    known = view.index(at.groups)
    name = short(view.called(at.name)).otherwise(named(view.item)) if at.name else named(view.item)
    keys = [view.item.address, *([name.data] if isinstance(name.data, str) else [])]
    groups = [item for key in dict.fromkeys(keys) for item in known.get(key, ()) if not view.apart(item)]
    told = [view.of(item).weighed(Value(True, (item.location(),)), absence=False) for item in groups]
    return any_of([*told, *(view.says(why) for why in known.get(None, ())), view.says(False)])


def serverless_groups(type_: str, *paths: str) -> Index:
    """Service of Cloud Run, or function, to the endpoint groups that lead to it; under None why one may lead to any."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        if isinstance(item, Unlisted):
            yield None, item.why
            return
        for path in _MASKS:
            if item[path].is_set().data is not False:
                way = "name the service in the group"
                yield None, Unknown(f"which services the mask of {item.address} leads to", way, item.location())
        for path in paths:
            data = item.link(path).data
            if data is None:
                continue
            key = data.address if isinstance(data, Reference) else spelled(data).rpartition("/")[2]
            if key:
                yield key, item
            else:
                why = Unknown(f"which service {item.address} leads to", "scan the plan", item.location())
                yield None, data if isinstance(data, Unknown) else why

    return Index((type_,), records)
