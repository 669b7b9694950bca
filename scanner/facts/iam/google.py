"""What Google's bindings and roles amount to, whatever the input."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.bindings import ITSELF, PUBLIC_MEMBERS, Binding, bindings, inherited, role_holds
from assay.scanner.facts.google_assets import named
from assay.scanner.facts.iam.kinds import Permission, PermissionSet, TrustPolicy
from assay.scanner.facts.iam.permissions import is_service_agent, role_permission
from assay.scanner.facts.iam.trust import ACTING, google_trust, unread_role
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Unknown, Value


class BindingsAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the bindings at project level or above."""

    bindings: Place = ITSELF
    role: Place = ""
    """The one role of the bindings, of an input that writes a resource for each role."""
    title: Place = ""
    """What to call it rather than by `name`, where it is there."""


def bindings_above(view: View, at: BindingsAt) -> PermissionSet:
    """What the members of the bindings at one level may do; what is inherited is judged where it stands."""
    written = bindings(view, at.bindings)
    permissions = [
        binding if isinstance(binding, Unknown) else role_permission(Value.of(binding.role, binding.seen), binding.member)
        for binding in written
    ]
    if not written and not view[at.role].absent:
        permissions = [role_permission(view[at.role], "nobody")]  # the members are not known to be any
    agents = [isinstance(binding, Binding) and is_service_agent(binding.member) for binding in written]
    title = view[at.title]
    return _allowed(view, title if isinstance(title.data, str) else _name(view, at), permissions, bool(agents) and all(agents))


class RoleAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a custom role allows."""

    permissions: Place
    deleted: Place = ""


def custom_role(view: View, at: RoleAt) -> PermissionSet | None:
    """A role by the permissions that it lists.

    A deleted role grants nothing and is kept for seven days: https://cloud.google.com/iam/docs/creating-custom-roles#deleting-custom-role
    """
    if view[at.deleted].truth().data is True:
        return None
    listed = view[at.permissions]
    permissions = [
        permission
        if isinstance(permission, Unknown)
        else Permission(name=Value(permission, listed.seen), wildcard=Value("*" in str(permission), listed.seen))
        for permission in (listed.data if isinstance(listed.data, list) else [] if listed.absent else [listed.data])
    ]
    return _allowed(view, _name(view, at), permissions, False)


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
    """The bindings of its project and above; an input that has them has custom roles too (`ROLES`)."""


def service_account(view: View, at: AccountAt) -> TrustPolicy:
    """Who may act as a service account, by the bindings on it and by what broad members inherit from the project and above."""

    def acting(role: str) -> bool | Unknown:
        return role_holds(view, role, ACTING.__contains__) if at.inherited else unread_role(role)

    written = [*bindings(view, at.bindings), *(binding for binding in inherited(view, at.inherited) if _broad(binding.member))]
    return TrustPolicy(
        identity=view.identity(_name(view, at)),
        trusts=view.says([trust for binding in written if (trust := google_trust(binding, acting)) is not None]),
        service_linked=Value(False),
        federated_only=Value(False),
    )


def _broad(member: Any) -> bool:
    """A member that is more than one identity or group; the others are judged by the role that they have there."""
    return isinstance(member, str) and (member in PUBLIC_MEMBERS or member.startswith(("domain:", "principal")))


def _name(view: View, at: Spelling) -> Value[Any]:
    return view[at.name] if at.name else named(view.item)
