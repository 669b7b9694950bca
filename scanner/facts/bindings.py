"""Google's IAM bindings, where any input has them: blocks of Terraform, policies of assets, bindings that a template declares.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_iam,
https://cloud.google.com/asset-inventory/docs/reference/rest/v1/assets
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.condition_times import is_over
from assay.scanner.facts.google_assets import RESOURCE_MANAGER, is_live
from assay.scanner.facts.moments import moment
from assay.scanner.facts.spelling import Contribution, Index, Many, Place
from assay.scanner.facts.view import View
from assay.scanner.sources.documents import decode
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.raw import Location, Reference, Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, any_of

SCOPES = tuple(f"{RESOURCE_MANAGER}/{level}" for level in ("Project", "Folder", "Organization"))
"""What bindings and organisation policies are inherited from."""
ITSELF = ""
"""As the place of bindings: the resource is one of Terraform that sets them."""
OWN = "#iam_policy"
INHERITED = "#inherited_bindings"
PARTS = ("member", "binding", "policy")
PUBLIC_MEMBERS = ("allUsers", "allAuthenticatedUsers")


class Binding(msgspec.Struct, frozen=True):
    """One member of a binding: https://cloud.google.com/iam/docs/reference/rest/v1/Policy"""

    role: Any
    member: Any
    condition: Any
    """The CEL text of its condition, None where it has none."""
    seen: tuple[Location, ...]


def google_bindings(role: Value[Any], members: Value[Any], condition: Value[Any]) -> list[Binding | Unknown]:
    """Bindings of one role to a member or a list of members.

    None where the list is empty, all of them have been deleted, or the time is over for which the condition lets them in.
    """
    seen = (*role.seen, *members.seen)
    if is_over(condition.raw, moment(seen)):
        return []
    if members.options and not any(isinstance(option, list) for option in members.options):
        return [Binding(role.raw, members.raw, condition.raw, seen)]  # one member, which is one of a few
    if members.unknown:
        return [members.unknown]
    listed = members.data if isinstance(members.data, list) else [] if members.absent else [members.data]
    return [Binding(role.raw, member, condition.raw, seen) for member in listed if not is_deleted(member)]


def is_deleted(member: Any) -> bool:
    """A binding keeps a member that is gone, and gives it nothing: `deleted:user:alice@example.com?uid=…`.

    https://cloud.google.com/iam/docs/principal-identifiers#allow
    """
    text = member.prefix if isinstance(member, Text) else member
    return isinstance(text, str) and text.startswith("deleted:")


BindingsMaker = Callable[[Value[Any], Value[Any], Value[Any]], "list[Binding | Unknown]"]
"""Makes bindings of a role, its members and the condition, as `google_bindings` does."""


def google_policy_bindings(policy: Value[Any], make: BindingsMaker = google_bindings) -> list[Binding | Unknown]:
    """The bindings of a whole policy given as JSON text, object or Document."""
    content = decode(policy.data)
    if content is None:
        return []
    if not isinstance(content, dict):
        return [_not_known(content, "the policy")]
    written = content.get("bindings") or []
    policy_bindings: list[Binding | Unknown] = []
    for at, binding in enumerate(written if isinstance(written, list) else [written]):
        if not isinstance(binding, dict):
            policy_bindings.append(_not_known(binding, "a binding"))
            continue
        condition = binding.get("condition")
        expression = condition.get("expression") if isinstance(condition, dict) else condition
        seen = policy.seen_inside(content, ("bindings", at) if isinstance(written, list) else ("bindings",))
        policy_bindings += make(Value.of(binding.get("role"), seen), Value.of(binding.get("members")), Value.of(expression))
    return policy_bindings


def _not_known(data: Any, what: str) -> Unknown:
    return data if isinstance(data, Unknown) else Unknown(f"{what} is not known", "scan the plan or the live resource")


def iam(prefix: str, owner: str) -> tuple[Many, ...]:
    """The resources of Terraform that set bindings: `google_kms_crypto_key_iam` with `_member`, `_binding`, `_policy`."""
    return tuple(Many(f"{prefix}_{part}", owner) for part in PARTS)


def bindings(view: View, place: Place) -> list[Binding | Unknown]:
    """The bindings at a place: an IAM policy, or companions that set bindings; an Unknown where there may be more."""
    if place == ITSELF:
        return companion_bindings(view.item.type, view)
    if not isinstance(place, tuple):
        return google_policy_bindings(view[place])
    companions = [(join, view.referrers(join)) for join in place if isinstance(join, Many)]
    entries = [binding for _, group in companions for other in group.views for binding in companion_bindings(other.item.type, other)]
    return entries + [group.more for _, group in companions if group.more]


def companion_bindings(type_: str, companion: View | Node, make: BindingsMaker = google_bindings) -> list[Binding | Unknown]:
    """The bindings that one resource of Terraform sets."""
    if type_.endswith("_policy"):
        return google_policy_bindings(companion["policy_data"], make)
    members = companion["member"] if type_.endswith("_member") else companion["members"]
    return make(companion["role"], members, companion["condition.expression"])


def inherited(view: View, place: Place = INHERITED) -> list[Binding]:
    """The bindings of the project, the folders and the organisation that a resource is in, as far as they are in the input."""
    value = view[place]
    known = [binding for binding in value.data if isinstance(binding, dict)] if isinstance(value.data, list) else []
    policy_bindings = google_policy_bindings(Value({"bindings": known}, value.seen))
    return [binding for binding in policy_bindings if not isinstance(binding, Unknown)]


def public_inherited(view: View, place: Place, service: str) -> list[Binding | Unknown]:
    """Inherited bindings that let everyone use a service. Everybody else's are judged where they stand (iam.no-wildcard-privilege).

    Where the policies above are not in the input, there are none: Resource Manager takes no public members.
    https://cloud.google.com/resource-manager/reference/rest/v3/projects/setIamPolicy
    """
    public_bindings: list[Binding | Unknown] = []
    for binding in inherited(view, place):
        if binding.member in PUBLIC_MEMBERS and (reaches := _reaches(view, binding.role, service)) is not False:
            public_bindings.append(binding if reaches is True else reaches)
    return public_bindings


# https://cloud.google.com/iam/docs/roles-overview#basic
BASIC = frozenset(f"roles/{name}" for name in ("owner", "editor", "viewer", "admin", "writer", "reader"))


def _reaches(view: View, role: Any, service: str) -> bool | Unknown:
    """Whether a role on a project holds permissions of a service, such as `storage`."""
    if not isinstance(role, str):
        return unknown_inside(role) or Unknown(f"which role {role} is", "scan the live project")
    if role in BASIC or role.startswith(f"roles/{service}."):
        return True
    if role.startswith("roles/"):
        why = f"whether {role}, which everyone has on the project, holds permissions of {service}: its permissions are not in our table"
        return Unknown(why, "take the role from allUsers and allAuthenticatedUsers")
    return role_holds(view, role, lambda permission: permission.startswith(f"{service}."))


def role_key(name: Any) -> str:
    """What a custom role is found by: its full name (`projects/p/roles/r`), or its last part where the project is not known."""
    return f"//iam.googleapis.com/{name}"


def _permissions(role: Item) -> Iterator[tuple[Hashable, Value[Any]]]:
    name = role["name"].data
    keys = {role.address, role_key(name)} if isinstance(name, str) else {role.address}
    yield from [(key, in_force(role, role["includedPermissions"])) for key in keys]


def is_off(role: Node | View) -> Value[bool]:
    """Whether a custom role gives nothing to whoever has it: one that is disabled, or deleted and kept for seven days.

    https://cloud.google.com/iam/docs/reference/rest/v1/projects.roles#RoleLaunchStage,
    https://cloud.google.com/iam/docs/creating-custom-roles#deleting-custom-role
    """
    deleted = role["deleted"]  # which a plan does not know before the role is made
    return any_of([role["stage"].default("GA").equals("DISABLED"), Value(deleted.data is True, deleted.seen)])


def in_force(role: Node | View, permissions: Value[Any]) -> Value[Any]:
    """What a custom role that lists some permissions gives."""
    off = is_off(role)
    return permissions if off.data is False else off.then(lambda is_so: [] if is_so else permissions.raw)


ROLES = Contribution(types=("iam.googleapis.com/Role",), records=_permissions, name="google.roles")
"""Full name of a custom role to the permissions that it holds. Those of an organisation are used in all its projects."""


def role_holds(view: View, role: str, wanted: Callable[[str], bool]) -> bool | Unknown:
    """Whether a custom role, given by its name, holds a permission that is wanted; one that is not known may be it."""
    permissions = role_permissions(view, role)
    if isinstance(permissions, Unknown):
        return permissions
    if any(isinstance(permission, str) and wanted(permission) for permission in permissions):
        return True
    return open_permission(permissions) or False


def open_permission(permissions: list[Any]) -> Unknown | None:
    """Why one of the permissions of a role may be any."""
    untold = next((permission for permission in permissions if permission is not None and not isinstance(permission, str)), None)
    if untold is None:
        return None
    return unknown_inside(untold) or Unknown(f"which permission {describe(untold)} is", "scan the plan, or the live project")


def role_permissions(view: View, role: str, roles: Index = ROLES) -> list[Any] | Unknown:
    """The permissions of a custom role, given by its name (`projects/p/roles/r`). `roles`: full name to permissions."""
    known = view.index(roles)
    records = known.get(role_key(role)) or known.get(role_key("roles/" + role.rpartition("/")[2]))
    if not records:
        return _not_here(view, role)
    permissions: Value[Any] = records[0]
    if any(record.raw != permissions.raw for record in records[1:]):
        return Unknown(f"which of several roles that are called {role} it is", "let the code name their projects", view.location)
    if isinstance(permissions.data, list):
        return permissions.data
    if permissions.absent:
        return []
    return unknown_inside(permissions.data) or Unknown(f"which permissions the custom role {role} lists", "scan the plan", view.location)


def listed_permissions(view: View, role: Any, roles: Index = ROLES) -> list[Any] | Unknown:
    """The permissions of a custom role, by its name or by a reference to it. `roles`: full name to permissions."""
    declared = view.named(role, roles) if isinstance(role, Reference) else None
    if declared is not None:
        permissions = in_force(declared, declared["permissions|includedPermissions"])
        return permissions.data if isinstance(permissions.data, list) else permissions.unknown or []
    if isinstance(role, str):
        return role_permissions(view, role, roles)
    return unknown_inside(role) or Unknown(f"what the role {describe(role)} allows", "scan the plan or the live project", view.location)


def _not_here(view: View, role: str) -> Unknown:
    if is_live(view.item):
        way = "include iam.googleapis.com/Role in the export"
        return Unknown(f"what the custom role {role} allows is not in the assets that were read", way)
    way = "scan it together with this, or the live project"
    return Unknown(f"what the custom role {role} allows: it is declared elsewhere", way, view.location)
