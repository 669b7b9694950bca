"""People who get roles on Google Cloud without a group. https://cloud.google.com/iam/docs/principal-identifiers"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.accounts.users.kinds import DirectMember, UserAccess
from assay.scanner.facts.bindings import ITSELF, Binding, bindings
from assay.scanner.facts.google_assets import named
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown, unknown_inside
from assay.scanner.sources.values import Value

_USER = "user:"
_WORKFORCE = "principal://iam.googleapis.com/locations/global/workforcePools/"
"""One person of an identity provider; a group of them is a `principalSet:`."""


class BindingsAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input has the bindings of a project, a folder or an organisation."""

    bindings: Annotated[Place, "members"] = ITSELF
    title: Place = ""
    state: Annotated[Place, "*"] = ""


def people(view: View, at: BindingsAt) -> UserAccess | None:
    """None where nothing is bound, and for a project that is being deleted."""
    if view[at.state].equals("DELETE_REQUESTED", "DELETE_IN_PROGRESS").data is True:
        return None
    written = bindings(view, at.bindings)
    if not written:
        return None
    members: dict[Any, DirectMember | Unknown] = {}
    for binding in written:
        member = binding if isinstance(binding, Unknown) else _person(binding)
        if member is not None:
            members.setdefault(member if isinstance(member, Unknown) else str(member.name.raw), member)
    title = view[at.title]
    return UserAccess(
        identity=view.identity(title if isinstance(title.data, str) else named(view.item) if at.title else Value(view.item.label)),
        user=view.says(""),
        console=view.says(False),
        second_factor=view.says(True),
        keys=view.says([]),
        members=view.says(list(members.values())),
    )


def _member(name: Value[str]) -> DirectMember:
    return DirectMember(name=name, direct=Value(True, name.seen))


def _person(binding: Binding) -> DirectMember | Unknown | None:
    """None of a group, a service account, or what a reference names: no resource of a person is declared."""
    member = binding.member
    if isinstance(member, str):
        return _member(Value(member, binding.seen)) if member.startswith((_USER, _WORKFORCE)) else None
    if isinstance(member, Text):
        if member.prefix.startswith((_USER, _WORKFORCE)):
            return _member(Value(member, binding.seen).text())
        return unknown_inside(member) if any(prefix.startswith(member.prefix[: len(prefix)]) for prefix in (_USER, _WORKFORCE)) else None
    return None if isinstance(member, Reference) else unknown_inside(member)
