"""What readers of Google's REST resources share. An item is an asset of the live cloud, or the same shape in a template.

An asset has metadata at paths that begin with `#`; a template has only what its author writes:
`#iam_policy` (bindings on the resource), `#inherited_bindings` (of its project, folders and organisation), `#enforced:CONSTRAINT` (boolean
organisation policies in effect), `#ancestors`, `#as_of` (when it was read). All are absent in a template, unless it says them.
https://cloud.google.com/asset-inventory/docs/reference/rest/v1/assets
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner.facts.base import Stack
from assay.scanner.facts.policies import PUBLIC_MEMBERS, Binding, google_policy_bindings
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Reference, Unknown, Value, unknown_inside

RESOURCE_MANAGER = "cloudresourcemanager.googleapis.com"
COMMON = (f"{RESOURCE_MANAGER}/Project", f"{RESOURCE_MANAGER}/Folder", f"{RESOURCE_MANAGER}/Organization", "iam.googleapis.com/Role")
"""Types that say something of every other."""


def short(value: Value[Any]) -> Value[Any]:
    """The last part of a relative name: `orders` of `projects/p/locations/us/keyRings/trade/cryptoKeys/orders`."""
    return value.then(lambda name: name.rpartition("/")[2] if isinstance(name, str) else name)


def named(item: Item) -> Value[Any]:
    """The name a resource is called by; an asset of which only the policy is there still has its full name."""
    name = item["name"]
    return short(name if isinstance(name.data, str) else Value(item.address, (item.location(),)))


def is_live(item: Item) -> bool:
    """Whether the item shows what is, rather than what a template asks for: nothing that could be there is left out then."""
    return not item["#ancestors"].absent


def missing(item: Item, what: str, type_: str) -> Unknown:
    """Why another resource that `item` speaks of cannot be looked at."""
    if not is_live(item):
        where = "code" if item.type.startswith("google_") else "template"
        way = "scan it together with this, or the live project"
        return Unknown(f"{what} of {item.address} is not in this {where}", way, item.location())
    return Unknown(f"{what} of {item.address} is not in the assets that were read", f"include {type_} in the export", item.location())


def linked(item: Item, path: str, stack: Stack) -> Item | None:
    """The item that an attribute names."""
    target = item.link(path).data
    return stack.at(target.address) if isinstance(target, Reference) else None


def own_bindings(item: Item) -> list[Binding | Unknown]:
    """The bindings on the resource itself. A resource without a policy has none; a policy that was not read is Unknown."""
    return google_policy_bindings(item["#iam_policy"])


def inherited_bindings(item: Item) -> list[Binding]:
    """The bindings of the project, the folders and the organisation that a resource is in, as far as they are in the input."""
    held = item["#inherited_bindings"]
    known = [each for each in held.data if isinstance(each, dict)] if isinstance(held.data, list) else []
    found = google_policy_bindings(Value({"bindings": known}, held.seen))
    return [each for each in found if not isinstance(each, Unknown)]


def public_inherited(item: Item, stack: Stack, service: str) -> list[Binding | Unknown]:
    """Inherited bindings that let everyone use a service. Everybody else's are judged where they stand (iam.no-wildcard-privilege).

    Where the policies above are not in the input, there are none: Resource Manager takes no public members.
    https://cloud.google.com/resource-manager/reference/rest/v3/projects/setIamPolicy
    """
    found: list[Binding | Unknown] = []
    for binding in inherited_bindings(item):
        if binding.member in PUBLIC_MEMBERS and (reaches := _reaches(binding.role, service, stack)) is not False:
            found.append(binding if reaches is True else reaches)
    return found


# https://cloud.google.com/iam/docs/roles-overview#basic
_BASIC = ("roles/owner", "roles/editor", "roles/viewer", "roles/admin", "roles/writer", "roles/reader")


def _reaches(role: Any, service: str, stack: Stack) -> bool | Unknown:
    """Whether a role on a project holds permissions of a service, such as `storage`."""
    if not isinstance(role, str):
        return unknown_inside(role) or Unknown(f"which role {role} is", "scan the live project")
    if role in _BASIC or role.startswith(f"roles/{service}."):
        return True
    if role.startswith("roles/"):
        why = f"whether {role}, which everyone has on the project, holds permissions of {service}: its permissions are not in our table"
        return Unknown(why, "take the role from allUsers and allAuthenticatedUsers")
    return role_holds(role, lambda permission: permission.startswith(f"{service}."), stack)


def role_holds(role: str, wanted: Callable[[str], bool], stack: Stack) -> bool | Unknown:
    """Whether a custom role, given by its name, holds a permission that is wanted."""
    custom = stack.at(f"//iam.googleapis.com/{role}")
    if custom is None:
        way = "include iam.googleapis.com/Role in the export"
        return Unknown(f"what the custom role {role} allows is not in the assets that were read", way)
    held = custom["includedPermissions"]
    if isinstance(held.data, list):
        return any(isinstance(each, str) and wanted(each) for each in held.data)
    return held.unknown or False


def constraint(item: Item, name: str) -> Value[bool]:
    """Whether an organisation policy enforces a boolean constraint for a resource; absent where the input cannot have one."""
    held: Value[bool] = item[f"#enforced:{name}"]
    return held.default(False) if is_live(item) else held
