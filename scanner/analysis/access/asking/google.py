"""Who has a permission on a resource of Google: by bindings on it and above it, less what is denied, and as service accounts.

https://cloud.google.com/iam/docs/resource-hierarchy-access-control
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple

from assay.scanner.analysis.access.denials_google import DeniesAt
from assay.scanner.analysis.access.google import compared_name
from assay.scanner.analysis.access.members import AccountsAt, Member, Sought, members
from assay.scanner.analysis.access.questioned import is_called
from assay.scanner.analysis.access.secrets_google import not_in_table, of_custom_role
from assay.scanner.analysis.access.tables import google_roles
from assay.scanner.facts.bindings import Binding, bindings
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.google_assets import named
from assay.scanner.facts.model import Identity
from assay.scanner.facts.spelling import Index, Link, Place
from assay.scanner.facts.view import View
from assay.scanner.options import AccessQuestion
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

from .actions import is_google
from .kinds import Askable, Caller

_NEWER = {"roles/admin": "roles/owner", "roles/writer": "roles/editor", "roles/reader": "roles/viewer"}
"""https://cloud.google.com/iam/docs/roles-overview#basic"""


class Sort(NamedTuple):
    """What permissions are on resources of a type."""

    prefix: str
    """Of permissions: `pubsub`."""
    nouns: tuple[str, ...]
    """What follows it: `topics`; empty for all."""
    name: str
    """As conditions compare it: `projects/*/topics/{}`."""

    def takes(self, permission: str) -> bool:
        """Whether a permission is on such a resource."""
        service, _, rest = permission.partition(".")
        if "/" in permission:  # iam.googleapis.com/workloadIdentityPools.get
            service, rest = permission.partition(".")[0], permission.partition("/")[2]
        return service == self.prefix and (not self.nouns or rest.partition(".")[0] in self.nouns)


class AskableAt(AccountsAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells who has permissions on a resource."""

    sort: Sort
    bindings: Annotated[Place, "callers"] = ()
    inherited: Annotated[Place, "callers"] = ""
    project: Annotated[Index | None, "callers"] = None
    roles: Annotated[Index, "callers"]
    accounts: Annotated[Index, "callers"]
    denies: Annotated[DeniesAt | None, "callers"] = None
    within: Annotated[Link | None, "callers"] = None
    """What it is in, below its project: the ring of a key."""
    on_that: Annotated[Place, "callers"] = ()
    """The bindings on that."""
    is_project: bool = False


def askable(view: View, at: AskableAt) -> Askable:
    """A resource with everybody who has a permission on it; nobody is looked for where it is not what is asked about."""
    who = view.identity(view[at.name] if at.name else named(view.item))
    question = view.items.asked
    takes = question is not None and is_google(question.action) and at.sort.takes(question.action)
    asked = takes or (question is not None and is_google(question.action))
    asked = asked and question is not None and (question.resource != "*" and is_called(question.resource, who, view))
    callers = list(_callers(view, at, who, question)) if asked and takes and question is not None else []
    return Askable(identity=who, asked=view.says(asked), takes=view.says(takes), callers=view.says(callers))


def _callers(view: View, at: AskableAt, who: Identity, question: AccessQuestion) -> Iterator[Any]:
    service = question.action.partition("/")[0] if "/" in question.action else f"{at.sort.prefix}.googleapis.com"
    name = compared_name(view, at.sort.name, who)
    sought = Sought(frozenset({question.action}), frozenset(), service, name, held_permissions, who.name)
    own = ""
    if at.is_project:
        told = view[at.name].data
        own = told if isinstance(told, str) else view.item.address
    for one in members(view, at, sought, _above(view, at), own):
        yield Caller(name=one.name, steps=Value(one.steps), may=one.certain) if isinstance(one, Member) else one


def _above(view: View, at: AskableAt) -> Iterator[Binding | Unknown]:
    """Bindings on what it is in, below its project."""
    if at.within is None:
        return
    if view.item.address.startswith("//"):
        parent = view.items.at(view.item.address.rsplit("/", 2)[0])
        inside = View(parent, view.items, view.declared) if parent is not None else None
    else:
        inside = view.named(view.link(at.within).data, at.within)
    if inside is None:
        way = "scan it together with this"
        yield Unknown(f"the bindings on what {view.item.address} is in: it is not of this input", way, view.location)
        return
    yield from bindings(inside, at.on_that)


def held_permissions(view: View, role: Any, wanted: frozenset[str], custom: Index) -> frozenset[str] | Unknown:
    """Which a role holds of any permissions."""
    if not (isinstance(role, str) and role.startswith("roles/")):
        return of_custom_role(view, role, wanted, custom)
    table = google_roles()
    answers = {name: table.holds(_NEWER.get(role, role), name) for name in wanted}
    if None in answers.values():
        return not_in_table(view, role, table.as_of)
    return frozenset(name for name, answer in answers.items() if answer)


def readers(sorts: dict[str, tuple[Sort, dict[str, Any]]], common: dict[str, Any]) -> tuple[Reader, ...]:
    """The readers of some types. `common`: what all have in common."""
    return tuple(Reader(Askable, (type_,), askable, AskableAt(sort=sort, **{**common, **more})) for type_, (sort, more) in sorts.items())
