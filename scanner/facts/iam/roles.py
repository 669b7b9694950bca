"""What a Google role amounts to, where a member has it at project level or above.

Basic roles: https://cloud.google.com/iam/docs/roles-overview#basic. What predefined roles hold is in a table (tables/), since no input of
code says it; https://cloud.google.com/iam/docs/roles-permissions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.facts.bindings import BASIC, is_deleted, open_permission
from assay.scanner.facts.conditions import Test
from assay.scanner.facts.iam.escalation import escalating
from assay.scanner.facts.iam.kinds import Permission
from assay.scanner.facts.iam.tables import roles
from assay.scanner.facts.patterns import ANY, ONE, OPEN
from assay.scanner.sources.raw import Either, Location, Reference, Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, all_of

_ADMINISTRATOR = lazy_re.pattern(r"roles/[\w.]+\.admin")
_SERVICE_AGENT = lazy_re.pattern(r"^serviceAccount:(?:\d+@cloudservices|(?:service|project|bq)-\d+@[\w.-]+\.iam)\.gserviceaccount\.com$")
# What gives the address of one: https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/project_service_identity,
# …/data-sources/storage_project_service_account, storage_transfer_project_service_account, bigquery_default_service_account
_AGENTS = (
    "google_project_service_identity", "google_storage_project_service_account", "google_storage_transfer_project_service_account",
    "google_bigquery_default_service_account",
)  # fmt: skip
_ADDRESSES = ("email", "email_address", "member")
_ANY_NUMBER = "\0"
"""A part that is not known."""

Holds = Callable[[str], list[Any] | Unknown]
"""The permissions of a custom role, by its name (`projects/p/roles/r`)."""


def is_service_agent(member: Any) -> bool:
    """A service account that Google made for one of its services: https://cloud.google.com/iam/docs/service-agents

    It may be told by what gives its address: `google_project_service_identity.pubsub.member`. Its project may be any:
    `service-${data.google_project.trade.number}@gcp-sa-pubsub.iam.gserviceaccount.com`.
    """
    parts = member.parts if isinstance(member, Text) else (member,)
    if isinstance(parts[-1], Reference) and parts[-1].type in _AGENTS and parts[-1].attribute in _ADDRESSES:
        return parts[:-1] in ((), ("serviceAccount:",))
    text = "".join(part if isinstance(part, str) else _ANY_NUMBER for part in parts)
    return _ANY_NUMBER not in text.partition("@")[2] and bool(_SERVICE_AGENT.match(text.replace(_ANY_NUMBER, "0")))


def harmless(member: Any, seen: tuple[Location, ...] = ()) -> Value[bool]:
    """Whether what a member is given is of no use to anybody, or to Google alone; of one of several members, what all of them are."""
    if isinstance(member, Either):
        return Value.of(member, seen).then(lambda option: is_service_agent(option) or is_deleted(option))
    return Value(is_service_agent(member) or is_deleted(member), seen)


def unread(name: str) -> Unknown:
    """What is known of a custom role by its name alone."""
    return Unknown(f"what the custom role {name} allows: it is declared elsewhere", "scan it together with this, or the live project")


# What all resources of a project have in their names: https://cloud.google.com/iam/docs/conditions-resource-attributes#resource-name
_SCOPES = ("projects", "folders", "organizations", "locations", "zones", "regions")


def names_resources(test: Test) -> bool | Unknown:
    """Whether a test of a condition limits a binding to resources by name: `projects/_/buckets/orders…`, not `projects/_/buckets/…`."""
    if test.path != ("resource", "name") or not test.pattern.strip(ANY + ONE):
        return False
    if test.pattern.startswith((ANY, OPEN)):
        if not test.pattern.endswith(ANY):
            return True  # it ends with a name
        return Unknown("which resources a condition on a part of resource.name leaves", "compare by == or startsWith")
    parts = test.pattern.removeprefix("//").split("/")
    parts = parts[1:] if "." in parts[0] else parts
    named = [
        name.replace(ANY, "").replace(ONE, "")
        for collection, name in zip(parts[::2], parts[1::2], strict=False)
        if collection not in _SCOPES
    ]
    if any(name.replace(OPEN, "") for name in named):
        return True
    return Unknown("which resources a condition on resource.name leaves", "give what is open in it") if OPEN in test.pattern else False


def role_permission(role: Value[Any], member: Any, bounded: Value[bool] | None = None, holds: Holds = unread) -> Permission:
    """A role that a member has at project level or above. `bounded`: the condition of the binding names the resources that it is for.

    A role that the input declares is judged where it is declared, and here by the permissions that it gives.
    """
    by = role.then(lambda name: _gives(name, holds))
    named = describe(role.data) + (f", which gives it {by.data}," if isinstance(by.data, str) and by.data not in ("", "all") else "")
    wide = all_of([harmless(member, role.seen).negate(), by.then(bool)])
    if bounded is not None and wide.data is not False:
        wide = Value(False if bounded.data is True else bounded.data if bounded.unknown else wide.data, wide.seen)
    return Permission(name=Value(f"{named} for {describe(member)}", role.seen), wildcard=Value(wide.data, (*wide.seen, *_read_from(role))))


def _gives(name: Any, holds: Holds) -> str | Unknown:
    """`all` for a basic role and the administrator of a service, the permission by which one can be given more, or empty."""
    if isinstance(name, Reference) and not name.is_data:
        return ""  # it is judged where it is declared
    if isinstance(name, Text) and any(isinstance(part, Reference) and part.type.endswith("_custom_role") for part in name.parts):
        return ""
    if not isinstance(name, str):
        return unknown_inside(name) or Unknown(f"which role {describe(name)} is", "scan the plan")
    if name in BASIC or _ADMINISTRATOR.fullmatch(name):
        return "all"
    if not name.startswith("roles/"):
        permissions = holds(name)
        return permissions if isinstance(permissions, Unknown) else worst(permissions)
    table = roles()
    if name in table.escalating:
        return table.escalating[name]
    missing = f"what {name} allows: it is not among Google's predefined roles of {table.as_of} that are known here"
    return (
        "" if name in table.narrow else Unknown(missing, "grant a role that is in the table, or a custom role that lists its permissions")
    )


def worst(permissions: list[Any]) -> str | Unknown:
    """The permission of a custom role by which a member can be given more, or its wildcard; empty where there is none."""
    known = [permission for permission in permissions if isinstance(permission, str)]
    widest = escalating(known) or next((permission for permission in known if "*" in permission), "")
    return widest or open_permission(permissions) or ""


def _read_from(role: Value[Any]) -> list[Location]:
    """The table, where it was looked up in it, as evidence."""
    predefined = isinstance(role.data, str) and role.data.startswith("roles/") and role.data not in BASIC
    return [Location(operation=f"permissions of predefined roles ({roles().source})", time=roles().as_of)] if predefined else []
