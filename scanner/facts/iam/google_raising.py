"""By which permissions a member of Google's gets more than it has: policies of projects, and credentials of service accounts.

https://cloud.google.com/iam/docs/service-account-permissions,
https://cloud.google.com/iam/docs/best-practices-service-accounts#manage-service-accounts
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assay.scanner.facts.bindings import BASIC, Binding, bindings, is_off, listed_permissions, open_permission
from assay.scanner.facts.catalogue import Meaning
from assay.scanner.facts.conditions import bounded
from assay.scanner.facts.iam import google
from assay.scanner.facts.iam.escalation import ESCALATING
from assay.scanner.facts.iam.google import AccountAt, BindingsAt, RoleAt, called, is_going, resolved
from assay.scanner.facts.iam.kinds import Escalation, Raise
from assay.scanner.facts.iam.roles import harmless, names_resources
from assay.scanner.facts.iam.tables import roles
from assay.scanner.facts.steps import step
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, all_of

_READING = ("roles/viewer", "roles/reader")
_BASIC = "iam.serviceAccounts.actAs"
"""What editors have, and owners with more: https://cloud.google.com/iam/docs/roles-overview#basic"""
MINTING = frozenset(
    {
        "iam.serviceAccounts.getAccessToken", "iam.serviceAccounts.getOpenIdToken", "iam.serviceAccounts.implicitDelegation",
        "iam.serviceAccounts.signBlob", "iam.serviceAccounts.signJwt", "iam.serviceAccounts.setIamPolicy", "iam.serviceAccountKeys.create",
    }
)  # fmt: skip
"""They make credentials of an account. actAs alone makes none: whoever deploys needs it on the account that it deploys for."""
_BASIC_MINTING = {"roles/owner": "iam.serviceAccounts.setIamPolicy", "roles/editor": "iam.serviceAccountKeys.create"}
"""https://cloud.google.com/iam/docs/roles-permissions/iam"""
_OF_CLUSTERS = "roles/iam.workloadIdentityUser"
"""By it a workload of a cluster has the account as its own: https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity"""


def bindings_above(view: View, at: BindingsAt) -> Escalation | None:
    """What the members of the bindings at one level may do to get more; None for a project that is being deleted."""
    if is_going(view, at):
        return None
    written = bindings(view, at.bindings)
    raises = [binding if isinstance(binding, Unknown) else above(view, at, binding) for binding in written]
    agents = [isinstance(binding, Binding) and harmless(binding.member).data is True for binding in written]
    title = view[at.title]
    name = title if isinstance(title.data, str) else called(view, at)
    return Escalation(
        identity=view.identity(name),
        raises=view.says([raised for raised in raises if raised is not None]),
        service_linked=view.says(bool(agents) and all(agents)),
    )


def above(view: View, at: BindingsAt, binding: Binding) -> Raise | Unknown | None:
    """How the member of a binding gets more; None where it does not."""
    role = resolved(view, at.looked_up, Value.of(binding.role, binding.seen))
    by = role.then(lambda name: _raising(view, at, name))
    useless = harmless(binding.member, binding.seen)
    if by.data == "" or useless.data is True:
        return None
    takes = role.then(lambda name: not (isinstance(name, str) and name in BASIC))
    limited = all_of([takes, Value(bounded(binding.condition, names_resources), binding.seen)])
    open_ = all_of([by.then(bool), limited.negate(), useless.negate()])
    if open_.data is False:
        return None
    what = f" ({by.data})" if isinstance(by.data, str) else ""
    return _raise(view, binding, f"{describe(role.data)}{what}", open_)


def _raising(view: View, at: BindingsAt, role: Any) -> str | Unknown:
    """The permission by which a role raises at the level of a project; empty where none does."""
    if isinstance(role, str) and role.startswith("roles/"):
        table = roles()
        if role in BASIC:
            return "" if role in _READING else _BASIC
        if role in table.escalating:
            return table.escalating[role] if table.escalating[role] in ESCALATING else ""
        if role in table.narrow:
            return ""
        return _not_in_table(role)
    return _listed(view, role, at, frozenset(ESCALATING))


def _listed(view: View, role: Any, at: BindingsAt | AccountAt, wanted: frozenset[str]) -> str | Unknown:
    """The permission that a custom role holds of some. One that the input declares is judged where it is declared, too."""
    listed = listed_permissions(view, role, at.roles)
    if isinstance(listed, Unknown):
        return listed
    worst = next((name for name in ESCALATING if name in wanted and name in listed), "")
    return worst or open_permission(listed) or ""


def custom_role(view: View, at: RoleAt) -> Escalation | None:
    """A role by the permissions that it lists; None for one that is deleted or disabled."""
    off = is_off(view)
    if off.data is True:
        return None
    listed = view[at.permissions]
    if isinstance(listed.data, Reference):
        return None  # the permissions of another role, which is judged by itself
    written = listed.data if isinstance(listed.data, list) else [] if listed.absent else [listed.unknown or listed.data]
    raises = [
        Raise(
            name=Value(describe(permission), listed.seen),
            open=Value(True, listed.seen),
            steps=Value([step("whoever has it", (), describe(permission), listed.seen), step("what it is given on")]),
        )
        if isinstance(permission, str)
        else unknown_inside(permission) or Unknown(f"which permission {describe(permission)} is", "scan the plan")
        for permission in written
        if not isinstance(permission, str) or permission in ESCALATING
    ]
    identity = view.identity(called(view, at))
    identity.perhaps = off.unknown
    return Escalation(identity=identity, raises=view.says(raises), service_linked=Value(False))


def service_account(view: View, at: AccountAt) -> Escalation:
    """Who makes credentials of a service account, by the bindings on it: another one, since people are asked who they are."""
    raises = [binding if isinstance(binding, Unknown) else _on_account(view, at, binding) for binding in bindings(view, at.bindings)]
    return Escalation(
        identity=view.identity(called(view, at)),
        raises=view.says([raised for raised in raises if raised is not None]),
        service_linked=Value(False),
    )


MEANINGS: Mapping[Meaning, Meaning] = {
    google.bindings_above: bindings_above,
    google.custom_role: custom_role,
    google.service_account: service_account,
}


def _on_account(view: View, at: AccountAt, binding: Binding) -> Raise | Unknown | None:
    of_clusters = binding.role == _OF_CLUSTERS

    def uses(member: Any) -> bool | Unknown:
        if harmless(member).data is True or (of_clusters and ".svc.id.goog[" in describe(member)):
            return False
        return _of_another(view, at, member)

    other = Value.of(binding.member).then(uses)
    by = Value.of(binding.role).then(lambda role: _minting(view, at, role))
    open_ = all_of([by.then(bool), other])
    if open_.data is False:
        return None
    what = f" ({by.data})" if isinstance(by.data, str) else ""
    return _raise(view, binding, f"{describe(binding.role)}{what}", open_)


def _raise(view: View, binding: Binding, by: str, open_: Value[bool]) -> Raise:
    """What a member of a binding gets more by: a role with its permission."""
    who = describe(binding.member)
    way = [step(who, (), by, binding.seen), step(view.item.address, (view.location,))]
    return Raise(name=Value(f"{by} for {who}", binding.seen), open=Value(open_.data, binding.seen), steps=Value(way))


def _minting(view: View, at: AccountAt, role: Any) -> str | Unknown:
    """The permission by which a role makes credentials of the account that it is given on; empty where none does."""
    if not (isinstance(role, str) and role.startswith("roles/")):
        return _listed(view, role, at, MINTING)
    table = roles()
    if role in BASIC:
        return _BASIC_MINTING.get(role, "")
    worst = table.escalating.get(role, "")
    permissions = {worst, *table.telling.get(role, ())}
    if not worst and role not in table.narrow:
        return _not_in_table(role)
    return next((name for name in ESCALATING if name in MINTING and name in permissions), "")


def _not_in_table(role: str) -> Unknown:
    reason = f"what {role} allows: it is not among Google's predefined roles of {roles().as_of} that are known here"
    return Unknown(reason, "grant a role that is in the table, or a custom role that lists its permissions")


def _of_another(view: View, at: AccountAt, member: Any) -> bool | Unknown:
    """Whether a member is a service account, and not the account itself, which may sign for itself."""
    parts = member.parts if isinstance(member, Text) else (member,)
    reference = next((part for part in parts if isinstance(part, Reference)), None)
    text = str(member.prefix if isinstance(member, Text) else member)
    if reference is not None:
        if reference.type != "google_service_account" and not text.startswith("serviceAccount:"):
            return unknown_inside(member) or False
        own = view.link(at.name).data if isinstance(at.name, str) and at.name else None
        return not (isinstance(own, Reference) and own.address == reference.address) and reference.address != view.item.address
    if isinstance(member, Unknown) or not text:
        return unknown_inside(member) or False
    if not text.startswith("serviceAccount:"):
        return False
    told, owns = text.partition(":")[2], [own.rpartition("/")[2] for own in (view.item.address, str(called(view, at).data))]
    if isinstance(member, Text) and any(own.startswith(told) for own in owns):
        return unknown_inside(member) or Unknown(f"whether {describe(member)} is the account itself", "scan the plan")
    return told not in owns
