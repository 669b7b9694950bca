"""Cloud Trace: whether it is enabled, and whether anybody may write traces.

Cloud Run traces a share of requests by itself, once Cloud Trace is enabled; spans of the code need a role.
https://cloud.google.com/run/docs/trace, https://cloud.google.com/trace/docs/iam
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.audit.recorders.google import ServiceAt, enabled
from assay.scanner.facts.bindings import OWN, Binding, companion_bindings, google_policy_bindings, inherited
from assay.scanner.facts.google_assets import is_live, named
from assay.scanner.facts.observe.tracing.kinds import TraceSource
from assay.scanner.facts.spelling import Index, Place
from assay.scanner.facts.spelling import Spelling as Base
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

TRACE = "cloudtrace.googleapis.com"
_WRITERS = tuple(
    f"roles/{name}" for name in ("cloudtrace.agent", "cloudtrace.admin", "telemetry.tracesWriter", "telemetry.writer", "editor", "owner")
)
"""Predefined roles with cloudtrace.traces.patch or telemetry.traces.write: https://cloud.google.com/iam/docs/roles-permissions/cloudtrace"""


class ProjectAt(Base, frozen=True, eq=False, kw_only=True):
    """Where a live inventory tells which services a project uses, and who may do what in it."""

    name: Place = "projectId"
    number: Annotated[Place, "traced"] = "projectNumber"
    services: Annotated[Index, "traced"]
    bindings: Annotated[Place, "traced"] = OWN


def project(view: View, at: ProjectAt) -> TraceSource | None:
    """A live project."""
    if not is_live(view.item):
        return None
    policy = view[at.bindings]
    entries: list[Any] = [*google_policy_bindings(policy), *inherited(view)]
    writes = any_of([*(_writes(entry) for entry in entries), view.says(policy.unknown or False)])
    on = enabled(view, at.services, at.number, TRACE)
    return _source(view, view[at.name], "project", all_of([on, writes]))


class TraceServiceAt(ServiceAt, frozen=True, eq=False, kw_only=True):
    """Where code tells that it enables Cloud Trace, and who may write to it."""

    bindings: Annotated[Index, "traced"]
    """Bindings of the project under no key."""


def service(view: View, at: TraceServiceAt) -> TraceSource | None:
    """Where code enables Cloud Trace. That it gives nobody the role says nothing: other code may."""
    text = view[at.service].data
    if is_live(view.item) or not isinstance(text, str) or text.rpartition("/")[2] != TRACE:
        return None
    nobody = "whether anybody may write traces: no binding here says so"
    why = Unknown(nobody, "scan the code that binds them, or the live project", view.location)
    writes = [_writes(entry) for entry in view.index(at.bindings).get(None, ())]
    return _source(view, view.says(TRACE), "service", any_of([*(one for one in writes if one.data is True), view.says(why)]))


def _writes(entry: Any) -> Value[bool]:
    if not isinstance(entry, Binding):
        return Value(entry if isinstance(entry, Unknown) else False)
    role = Value.of(entry.role, entry.seen)
    if isinstance(role.data, str) and not role.data.startswith("roles/"):
        return Value(Unknown(f"whether {describe(role.data)} lets anybody write traces", "grant roles/cloudtrace.agent"), entry.seen)
    return role.equals(*_WRITERS)


def of_block(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """The bindings that a resource of Terraform sets, where it certainly exists."""
    if item.template is None:
        yield from ((None, entry) for entry in companion_bindings(item.type, item))


def of_project(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """The bindings that a template or manifests set on projects."""
    yield from ((None, entry) for entry in google_policy_bindings(item[OWN]))


def _source(view: View, name: Value[Any], sort: str, traced: Value[bool]) -> TraceSource:
    return TraceSource(
        identity=view.identity(name if isinstance(name.data, str) else named(view.item)),
        sort=view.says(sort),
        traced=traced,
        lacking=view.says("Cloud Trace is not enabled, or nobody may write to it"),
    )
