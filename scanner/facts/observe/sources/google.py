"""Cloud Run and Cloud Functions log by themselves; sinks say what becomes of it.

https://cloud.google.com/run/docs/logging, https://cloud.google.com/logging/docs/routing/overview
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts.google_assets import is_live, named, short
from assay.scanner.facts.model import attestable
from assay.scanner.facts.observe.log_filters import NotRead, takes
from assay.scanner.facts.observe.sinks import DEFAULT, Exclusion, Sink, SinkAt, code_sinks, exclusion, owner, put, sinks_above
from assay.scanner.facts.observe.sources.kinds import LogSource, Stream, Target
from assay.scanner.facts.spelling import Contribution, Index, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

_PROJECT = lazy_re.pattern(r"(?:^|/)projects/([^/]+)")
_RUN = ("run.googleapis.com/stdout", "run.googleapis.com/stderr")
# The monitored resource of each sort, and the label that names it: https://cloud.google.com/logging/docs/api/v2/resource-list
RESOURCES = {
    "service": ("cloud_run_revision", "service_name", _RUN),
    "job": ("cloud_run_job", "job_name", _RUN),
    "worker pool": ("cloud_run_worker_pool", "worker_pool_name", _RUN),
    "function": ("cloud_run_revision", "service_name", _RUN),
    "first generation function": ("cloud_function", "function_name", ("cloudfunctions.googleapis.com/cloud-functions",)),
}


class RoutedAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what becomes of what something logs."""

    sort: str
    sinks: Annotated[Index, "streams"]
    sink: SinkAt = SinkAt()
    exclusions: Annotated[Index, "streams"]
    """What the project drops of what goes to its _Default sink."""
    above: Annotated[Contribution | None, "streams"] = None
    """Of what is live, the sinks of its project, and of the folders and the organisation that this is in."""
    project: Annotated[str, "streams"] = ""
    """Of code, the project."""


def routed(view: View, at: RoutedAt) -> LogSource:
    """What runs on Cloud Run is one stream, whatever containers it has."""
    name = short(view.called(at.name)) if at.name else named(view.item)
    name = named(view.item) if name.absent else name
    entry = _Entry(view, at.sort, name)
    sinks = list(_sinks(view, at))
    known = [sink for sink in sinks if isinstance(sink, Sink)]
    known.sort(key=lambda sink: sink.name.equals(DEFAULT).data is not True)  # what is there from the start is the first place to look at
    doubts = [view.says(sink) for sink in sinks if isinstance(sink, Unknown)]
    taken = [(sink, entry.reaches(sink)) for sink in known]
    return LogSource(
        identity=view.identity(name),
        sort=view.says(at.sort.removeprefix("first generation ")),
        streams=view.says(
            [
                Stream(
                    name=view.says("its containers"),
                    driver=view.says("Cloud Logging"),
                    kept=any_of([*(reaches for _, reaches in taken), *doubts, view.says(False)]),
                    targets=view.says([*_targets(view, taken), *(doubt.data for doubt in doubts)]),
                )
            ]
        ),
    )


def _targets(view: View, taken: list[tuple[Sink, Value[bool]]]) -> Iterator[Target | Unknown]:
    for sink, reaches in taken:
        if reaches.data is False:
            continue
        raw = sink.destination.raw
        text = raw.address if isinstance(raw, Reference) else describe(raw)
        match = _PROJECT.search(text)
        own = isinstance(raw, Reference) and not match and view.account
        where = attestable(f"in which project {put(sink)} is, where {sink.address} puts entries", view.location)
        project = match[1] if match else own or where
        yield reaches.unknown or sink.destination.unknown or Target(owner=Value(project, sink.destination.seen))


class _Entry:
    """The entries that something writes, as far as their fields are known."""

    def __init__(self, view: View, sort: str, name: Value[Any]) -> None:
        self.view = view
        type_, label, self.logs = RESOURCES[sort]
        self.fields = {"resource.type": type_}
        self.open: dict[str, Unknown] = {}
        region = "resource.labels.region" if sort.startswith("first") else "resource.labels.location"
        labels = {f"resource.labels.{label}": name.text(), region: view.item.region, "resource.labels.project_id": view.item.account}
        for field, value in labels.items():
            if isinstance(value.data, str):
                self.fields[field] = value.data
            else:
                why = f"{field} of what {view.item.address} logs is not known"
                self.open[field] = value.unknown or Unknown(why, "scan the plan or the live project", view.location)

    def reaches(self, sink: Sink) -> Value[bool]:
        """Whether a sink gets what is written: its filter takes all of it, and no exclusion drops all of it, from any of the logs."""
        tests = [sink.on]
        for log in self.logs:
            part = attestable(f"whether what {sink.address} leaves out may be lost", self.view.location)
            tests.append(self._all(sink.filter, log, part))
            tests += [all_of([one.on, self._all(one.filter, log, False)]).negate() for one in sink.exclusions]
        if sink.more is not None:
            tests.append(self.view.says(sink.more))
        reached = all_of(tests)
        return reached if sink.perhaps is None or reached.data is False else Value(sink.perhaps, reached.seen)

    def _all(self, filter_: Value[Any], log: str, part: bool | Unknown) -> Value[bool]:
        """Whether a filter takes all that is written to a log; `part` where it takes some of it."""

        def of(text: str) -> bool | Unknown:
            try:
                taken = takes(text, {**self.fields, "log_id": log})
            except NotRead:
                return Unknown(f"the filter {text[:80]} is not understood", "write it as the Logging query language has it")
            if taken != "some":
                return taken == "all"
            return next((why for field, why in self.open.items() if field in text), part)

        return filter_.default("").text().then(of)


def _sinks(view: View, at: RoutedAt) -> Iterator[Sink | Unknown]:
    """The sinks of the project and those above it. Code has the sink _Default of its project, even where it does not declare it."""
    if at.above is not None and is_live(view.item):
        yield from sinks_above(view, view.index(at.above), _project(view.item))
        return
    sinks = list(code_sinks(view, at.sinks, at.sink))
    excluded = list(_exclusions(view, at))
    for sink in sinks:
        if sink.name.equals(DEFAULT).data is not False:
            yield _with(sink, excluded)
        else:
            yield sink
    if not any(sink.name.equals(DEFAULT).data is True and sink.perhaps is None for sink in sinks):
        yield _default(view, at, excluded, sinks)


def _default(view: View, at: RoutedAt, excluded: list[Exclusion], sinks: list[Sink]) -> Sink:
    """The sink that is there from the start: https://cloud.google.com/logging/docs/routing/overview#sinks"""
    project = view.account or view[at.project].data
    bucket = f"projects/{project}/locations/global/buckets/{DEFAULT}" if isinstance(project, str) else "a log bucket of the project"
    unnamed = next((sink for sink in sinks if sink.name.unknown), None)
    why = None if unnamed is None else Unknown(f"whether {unnamed.address} is the sink {DEFAULT}", "name it", view.location)
    on, off = view.says(True), view.says(False)
    return Sink(f"the sink {DEFAULT}", view.says(DEFAULT), view.says(bucket), view.says(""), on, excluded, None, off, why)


def _with(sink: Sink, exclusions: list[Exclusion]) -> Sink:
    return msgspec.structs.replace(sink, exclusions=[*sink.exclusions, *exclusions])


def _exclusions(view: View, at: RoutedAt) -> Iterator[Exclusion]:
    for item in view.index(at.exclusions).get(None, ()):
        same = view.item.same_account(item)
        if same is not False:
            declared = exclusion(item)
            doubt = None if view.item.coexists(item) else item.template
            if same is None:
                doubt = doubt or Unknown(f"whether {item.address} is of the same project", "name the project", item.location())
            yield declared if doubt is None or declared.on.data is False else Exclusion(declared.filter, Value(doubt, declared.on.seen))


def _project(item: Item) -> str:
    """`projects/trade-prod` of a live resource."""
    account = item.account.data
    return f"projects/{account}" if isinstance(account, str) else owner(item.address)
