"""Who may erase what Cloud Storage buckets and Firestore databases keep.

https://cloud.google.com/storage/docs/access-control/iam-roles, https://cloud.google.com/firestore/docs/security/iam
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.bindings import (
    BASIC,
    Binding,
    bindings,
    companion_bindings,
    google_policy_bindings,
    listed_permissions,
    open_permission,
)
from assay.scanner.facts.conditions import Test, ways
from assay.scanner.facts.denials import is_open, loose, overlaps
from assay.scanner.facts.google_assets import named
from assay.scanner.facts.iam.erasing import CREATING_OBJECTS, DELETING_DOCUMENTS, DELETING_OBJECTS, SHARING_BUCKETS
from assay.scanner.facts.iam.roles import is_service_agent
from assay.scanner.facts.iam.tables import roles
from assay.scanner.facts.messaging.parties import google_parties
from assay.scanner.facts.model import Identity
from assay.scanner.facts.patterns import ANY, ONE, OPEN
from assay.scanner.facts.spelling import Index, Place, Spelling
from assay.scanner.facts.storage.lifecycle import google as lifecycles
from assay.scanner.facts.storage.retention import google as retentions
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

from .denials_google import DeniesAt, denies
from .kinds import Eraser, RecordStore

_READING = frozenset({"roles/viewer", "roles/reader"})
_MARKS = str.maketrans({ANY: "*", ONE: "?", OPEN: chr(0xF0000)})
NAMELESS = chr(0xF0001)
"""A name that is not known."""
CONVENIENCE = ("projectOwner:", "projectEditor:", "projectViewer:")
"""Whoever has a basic role on the project, whose own binding is judged: https://cloud.google.com/storage/docs/access-control/iam#convenience-values"""


class BindingsAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the bindings on a resource and above it."""

    bindings: Place = ()
    """Its own bindings, where it has any."""
    inherited: Place = ""
    project: Index | None = None
    """The bindings of projects in code (`project_bindings`)."""
    roles: Index
    denies: DeniesAt | None = None


class StoreAt(BindingsAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may erase from a store."""

    bindings: Annotated[Place, "erasers"] = ()
    inherited: Annotated[Place, "erasers"] = ""
    project: Annotated[Index | None, "erasers"] = None
    roles: Annotated[Index, "erasers"]
    denies: Annotated[DeniesAt | None, "erasers"] = None
    deleted: Place = ""
    """Set where it is deleted, and still listed."""


class BucketAt(StoreAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells this of a bucket."""

    retention: Annotated[retentions.RetentionAt, "retention_days", "locked", "weakness"]
    lifecycle: Annotated[lifecycles.LifecycleAt, "deleted_after"]


def bucket(view: View, at: BucketAt) -> RecordStore:
    """A bucket. Replacing an object takes the permission to delete it."""
    kept = retentions.retention(view, at.retention)
    name = kept.identity.name if kept.identity.unnamed is None else NAMELESS
    return RecordStore(
        identity=kept.identity,
        lockable=view.says(True),
        retention_days=kept.retention_days,
        locked=kept.locked,
        weakness=kept.weakness,
        deleted_after=lifecycles.bucket(view, at.lifecycle).deleted_after,
        erasers=_erasers(view, at, DELETING_OBJECTS, "storage.googleapis.com", f"projects/_/buckets/{name}"),
    )


def writers(view: View, at: StoreAt) -> Value[Any]:
    """Everybody who may put an object into a bucket, or delete one; and who may say by its policy who does."""
    called = view.identity(view[at.name] if at.name else named(view.item))
    name = called.name if called.unnamed is None else NAMELESS
    writing = DELETING_OBJECTS | CREATING_OBJECTS | SHARING_BUCKETS
    erasers = _erasers(view, at, writing, "storage.googleapis.com", f"projects/_/buckets/{name}")
    # Google's own agents do what their services are asked to, by whoever may ask.
    return Value([one for one in erasers.data if isinstance(one, Unknown) or not is_service_agent(one.name.data)], erasers.seen)


def database(view: View, at: StoreAt) -> RecordStore | None:
    """A database. Bindings reach all of it, and stand on its project; None for one that is deleted and still listed."""
    if view[at.deleted].is_set().data is True:
        return None
    called = view.identity(view[at.name] if at.name else named(view.item))
    name = called.name if called.unnamed is None else NAMELESS
    erasers = _erasers(view, at, DELETING_DOCUMENTS, "firestore.googleapis.com", f"projects/*/databases/{name}")
    return RecordStore(identity=called, lockable=view.says(False), erasers=erasers)


def project_bindings(prefix: str) -> Index:
    """The bindings that code sets on projects, with the resource that does."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        yield None, (item, companion_bindings(item.type, item))

    return Index(tuple(f"{prefix}_{part}" for part in ("member", "binding", "policy")), records)


def _erasers(view: View, at: StoreAt, wanted: frozenset[str], service: str, name: str) -> Value[Any]:
    given = [*(bindings(view, at.bindings) if at.bindings else []), *above(view, at), *of_project(view, at)]
    erasers = [_eraser(view, at, binding, wanted, service, name) for binding in given]
    return view.says([eraser for eraser in erasers if eraser is not None])


def above(view: View, at: BindingsAt) -> Iterable[Binding | Unknown]:
    """What is inherited, with why there may be more of it."""
    value = view[at.inherited]
    elements = value.data if isinstance(value.data, list) else [value.unknown] if value.unknown else []
    known = google_policy_bindings(Value({"bindings": [element for element in elements if isinstance(element, dict)]}, value.seen))
    return [*known, *(element for element in elements if isinstance(element, Unknown))]


def of_project(view: View, at: BindingsAt, own: str | None = None) -> Iterator[Binding | Unknown]:
    """The bindings of its own project, and why there may be more. `own`: that project, where it is not told by its attribute.

    Where code leaves the project of one of them to whoever applies it, that is the project of the other.
    """
    own = own or spelled(view.item.link("project").data) or spelled(view.item.account.data)
    for item, written in view.index(at.project).get(None, ()) if at.project else ():
        project = item.link("project")
        other = spelled(project.data)
        if project.absent or not own or own == other:
            yield from (binding if view.item.coexists(item) else item.template or binding for binding in written)
        elif not _both_written(own, other) and written:
            way = "give both the project by one name, or scan the plan"
            yield Unknown(f"whether {item.address} is for the project that {view.item.address} is in", way, item.location())


def _both_written(own: str, other: str) -> bool:
    """Whether two names of projects are text that is known in full."""
    return all(text and "\0" not in text and "." not in text and "$" not in text for text in (own, other))


def _eraser(
    view: View, at: StoreAt, binding: Binding | Unknown, wanted: frozenset[str], service: str, name: str
) -> Eraser | Unknown | None:
    if isinstance(binding, Unknown):
        return binding
    holds = _holds(view, at, binding, wanted)
    if holds.data is False or (isinstance(binding.member, str) and binding.member.startswith(CONVENIENCE)):
        return None
    meets = reached(binding.condition, service, name)
    if meets is False:
        return None
    deletes = all_of([Value(meets), holds])
    return Eraser(
        identity=google_parties(view, binding.member),
        name=Value(describe(binding.member), binding.seen),
        by=Value(describe(binding.role), binding.seen),
        workload=Value(_runs(binding.member), binding.seen),
        deletes=Value(deletes.data, binding.seen),
        replaces=Value(False, binding.seen),
    )


def _holds(view: View, at: StoreAt, binding: Binding, wanted: frozenset[str]) -> Value[bool]:
    """Whether a role holds one of some permissions, and no denial takes it."""
    permissions = _held_permissions(view, at, binding.role, wanted)
    known = denies(view, at.denies)
    left = any_of(
        [
            *(known.left(view, binding.member, name) for name in sorted(wanted if isinstance(permissions, Unknown) else permissions)),
            Value(False),
        ]
    )
    return all_of([left, Value(permissions if isinstance(permissions, Unknown) else True)])


def _held_permissions(view: View, at: StoreAt, role: Any, wanted: frozenset[str]) -> frozenset[str] | Unknown:
    """Which of some permissions a role holds."""
    if isinstance(role, str) and role.startswith("roles/"):
        table = roles()
        if role in BASIC:
            return wanted if role not in _READING else frozenset()
        if role in table.telling:
            return wanted & set(table.telling[role])
        if role in table.narrow or role in table.escalating:
            return frozenset()
        reason = f"whether {role} deletes: it is not among Google's predefined roles of {table.as_of} that are known here"
        return Unknown(reason, "grant a role that is in the table, or a custom role that lists its permissions", view.location)
    listed = listed_permissions(view, role, at.roles)
    if isinstance(listed, Unknown):
        return listed
    return wanted & {permission for permission in listed if isinstance(permission, str)} or open_permission(listed) or frozenset()


def _runs(member: Any) -> bool | Unknown:
    """Whether code acts as a member: a service account that is not one of Google's own, or anyone."""
    if isinstance(member, Unknown):
        return member
    text = str(member.prefix if isinstance(member, Text) else member)
    if text.startswith(("user:", "group:", "domain:")):
        return False
    if is_service_agent(member):
        return False
    return (unknown_inside(member) if not text else None) or True


def compared_name(view: View, form: str, called: Identity) -> str:
    """A resource as conditions compare it; its project has a number besides its id. `form`: `projects/*/locations/*/services/{}`.

    https://cloud.google.com/iam/docs/conditions-resource-attributes#resource-name
    """
    written = view.item.address.partition(".googleapis.com/")[2] if view.item.address.startswith("//") else ""
    if written.startswith("projects/") and written.count("/") > 2:
        return f"projects/*/{written.split('/', 2)[2]}"
    place = called.region
    located = form.replace("locations/*", f"locations/{place}") if isinstance(place, str) and place else form
    return located.format(called.name if called.unnamed is None else NAMELESS)


def reached(condition: Any, service: str, name: str) -> bool | Unknown:
    """Whether a condition leaves something of a store, by what it says of names and services."""
    answers = [_way_reaches(way, service, name) for way in ways(condition)]
    return True if True in answers else next((answer for answer in answers if isinstance(answer, Unknown)), False)


def _way_reaches(way: list[Test | Unknown], service: str, name: str) -> bool | Unknown:
    doubt: Unknown | None = None
    for test in way:
        if isinstance(test, Unknown):
            doubt = doubt or test
            continue
        targets = [name, f"{name}/*"] if test.path == ("resource", "name") else [service] if test.path == ("resource", "service") else []
        pattern = test.pattern.translate(_MARKS)
        if targets and not any(overlaps(*_within_project(loose(pattern), loose(target))) for target in targets):
            return False
        if targets and is_open(pattern + name):
            why = Unknown(
                "whether a condition of a binding is met by this store, of which names are not known", "scan the plan or the live project"
            )
            doubt = doubt or why
    return doubt or True


def _within_project(pattern: str, target: str) -> tuple[str, str]:
    """A pattern and a name without their projects, where both have one: it has an id and a number."""
    ours, theirs = pattern.split("/", 2), target.split("/", 2)
    named = len(ours) > 2 and len(theirs) > 2 and ours[0] == theirs[0] == "projects" and not {"*", "?"} & set(ours[1])
    return (ours[2], theirs[2]) if named and theirs[1] == "*" else (pattern, target)
