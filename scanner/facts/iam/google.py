"""What Google's bindings and roles amount to, whatever the input."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.bindings import (
    BASIC,
    ITSELF,
    PUBLIC_MEMBERS,
    ROLES,
    Binding,
    bindings,
    inherited,
    is_off,
    listed_permissions,
    open_permission,
    role_permissions,
)
from assay.scanner.facts.conditions import bounded
from assay.scanner.facts.google_assets import named
from assay.scanner.facts.iam.kinds import Permission, PermissionSet, TrustPolicy
from assay.scanner.facts.iam.roles import harmless, names_resources, role_permission, worst
from assay.scanner.facts.iam.trust import ACTING, google_trust
from assay.scanner.facts.spelling import Index, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Location, Reference, Unknown, describe
from assay.scanner.sources.values import Value, all_of


class BindingsAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the bindings at project level or above."""

    bindings: Place = ITSELF
    title: Place = ""
    """What to call it rather than by `name`, where it is there."""
    state: Place = ""
    """Of a live project or folder, whether it is being deleted."""
    roles: Index = ROLES
    """The custom roles that are in the input, by their full names."""
    looked_up: Index | None = None
    """The roles that code looks up (see `looked_up_roles`)."""


def bindings_above(view: View, at: BindingsAt) -> PermissionSet | None:
    """What the members of the bindings at one level may do; what is inherited is judged where it stands.

    None for a project that is being deleted: nobody can use it. https://cloud.google.com/resource-manager/docs/creating-managing-projects#shutting_down_projects
    """
    if is_going(view, at):
        return None
    written = bindings(view, at.bindings)
    permissions = [binding if isinstance(binding, Unknown) else permission(view, at, binding) for binding in written]
    agents = [isinstance(binding, Binding) and harmless(binding.member).data is True for binding in written]
    title = view[at.title]
    return _allowed(view, title if isinstance(title.data, str) else called(view, at), permissions, bool(agents) and all(agents))


def is_going(view: View, at: BindingsAt) -> bool:
    """Whether a project is being deleted."""
    return view[at.state].equals("DELETE_REQUESTED", "DELETE_IN_PROGRESS").data is True


def permission(view: View, at: BindingsAt, binding: Binding) -> Permission:
    """What a binding gives its member."""
    role = resolved(view, at.looked_up, Value.of(binding.role, binding.seen))
    # https://cloud.google.com/iam/docs/conditions-overview#limitations: basic roles take no condition
    takes = role.then(lambda name: not (isinstance(name, str) and name in BASIC))
    limited = all_of([takes, Value(bounded(binding.condition, names_resources), binding.seen)])
    return role_permission(role, binding.member, limited, lambda name: role_permissions(view, name, at.roles))


def looked_up_roles(type_: str) -> Index:
    """The roles that data sources of a type look up: address to name."""

    def records(source: Item) -> Iterator[tuple[Hashable, Value[Any]]]:
        yield source.address, source["name"]

    return Index((type_,), records)


def resolved(view: View, looked_up: Index | None, role: Value[Any]) -> Value[Any]:
    """A role by its name, where code looks it up by that."""
    if looked_up is None or not isinstance(role.data, Reference):
        return role
    names: list[Value[Any]] = view.index(looked_up).get(role.data.address, [])
    return Value.of(names[0].raw, (*role.seen, *names[0].seen)) if names and not names[0].absent else role


class RoleAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a custom role allows."""

    permissions: Place
    looked_up: Index | None = None


def custom_role(view: View, at: RoleAt) -> PermissionSet | None:
    """A role by the permissions that it lists; None of one that is deleted or disabled, and gives nothing."""
    off = is_off(view)
    if off.data is True:
        return None
    role = _allowed(view, called(view, at), _of_role(view, at), False)
    role.identity.perhaps = off.unknown
    return role


def _of_role(view: View, at: RoleAt) -> list[Any]:
    listed = view[at.permissions]
    if isinstance(listed.data, Reference):  # the permissions of another role
        return [role_permission(resolved(view, at.looked_up, listed), "whoever has it")]
    written = listed.data if isinstance(listed.data, list) else [] if listed.absent else [listed.unknown or listed.data]
    return [permission if isinstance(permission, Unknown) else _listed(permission, listed.seen) for permission in written]


def _listed(permission: Any, seen: tuple[Location, ...]) -> Permission:
    """A permission of a custom role: wide where it has a wildcard, or where whoever has it can give itself more."""
    wide = worst([permission])
    return Permission(name=Value(describe(permission), seen), wildcard=Value(wide if isinstance(wide, Unknown) else bool(wide), seen))


def _allowed(view: View, name: Value[Any], permissions: list[Any], service_linked: bool) -> PermissionSet:
    return PermissionSet(
        identity=view.identity(name),
        permissions=view.says(permissions),
        limited_by_boundary=Value(False),
        service_linked=view.says(service_linked),
    )


class AccountAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may act as a service account."""

    bindings: Place = ITSELF
    inherited: Place = ""
    """The bindings of its project and above."""
    roles: Index = ROLES


def service_account(view: View, at: AccountAt) -> TrustPolicy:
    """Who may act as a service account, by the bindings on it and by what broad members inherit from the project and above."""

    def acting(role: Any) -> bool | Unknown:
        listed = listed_permissions(view, role, at.roles)
        if isinstance(listed, Unknown):
            return listed
        return any(permission in ACTING for permission in listed if isinstance(permission, str)) or open_permission(listed) or False

    written = [*bindings(view, at.bindings), *(binding for binding in inherited(view, at.inherited) if _broad(binding.member))]
    return TrustPolicy(
        identity=view.identity(called(view, at)),
        trusts=view.says([trust for binding in written if (trust := google_trust(binding, acting)) is not None]),
        service_linked=Value(False),
        ci_only=Value(False),
    )


def _broad(member: Any) -> bool:
    """A member that is more than one identity or group; the others are judged by the role that they have there."""
    return isinstance(member, str) and (member in PUBLIC_MEMBERS or member.startswith(("domain:", "principal")))


def called(view: View, at: Spelling) -> Value[Any]:
    """What a resource is called: by its name, or by what its asset is called."""
    return view[at.name] if at.name else named(view.item)
