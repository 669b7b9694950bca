"""Who may read a secret of Secret Manager: by bindings on it, its project and above, and as service accounts that do.

https://cloud.google.com/secret-manager/docs/access-control
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.bindings import BASIC, listed_permissions, open_permission
from assay.scanner.facts.google_assets import named
from assay.scanner.facts.iam.becoming import ACCESSING, ACTING, DEPLOYING, IMPERSONATING, OPENING_SECRETS
from assay.scanner.facts.iam.tables import roles
from assay.scanner.facts.spelling import Index, Place
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

from .denials_google import DeniesAt
from .google import compared_name
from .kinds import ReadableSecret, SecretReader
from .members import AccountsAt, Member, Sought, members
from .questioned import is_left_out

_BASIC = {
    "roles/owner": frozenset({ACCESSING, OPENING_SECRETS, ACTING, *IMPERSONATING, *DEPLOYING}),
    "roles/editor": frozenset({ACTING, "iam.serviceAccountKeys.create", *DEPLOYING}),
}
"""An editor reads no secret: https://cloud.google.com/secret-manager/docs/access-control. `admin` and `writer` are their newer names."""
_NEWER = {"roles/admin": "roles/owner", "roles/writer": "roles/editor"}


class SecretAt(AccountsAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may read a secret."""

    bindings: Annotated[Place, "readers"]
    inherited: Annotated[Place, "readers"] = ""
    project: Annotated[Index | None, "readers"] = None
    roles: Annotated[Index, "readers"]
    accounts: Annotated[Index, "readers"]
    denies: Annotated[DeniesAt | None, "readers"] = None
    form: Annotated[str, "readers"] = "projects/*/secrets/{}"
    """As conditions compare it, where that is not its full name."""


def secret(view: View, at: SecretAt) -> ReadableSecret:
    """A secret with its readers. Whoever sets its policy reads it, too."""
    called = view.identity(view[at.name] if at.name else named(view.item))
    if is_left_out(view, called):
        return ReadableSecret(identity=called, readers=view.says([]))
    name = compared_name(view, at.form, called)
    sought = Sought(
        frozenset({ACCESSING}), frozenset({OPENING_SECRETS}), "secretmanager.googleapis.com", name, held_permissions, called.name
    )
    listed = members(view, at, sought)
    return ReadableSecret(identity=called, readers=view.says([_reader(one) if isinstance(one, Member) else one for one in listed]))


def _reader(one: Member) -> SecretReader:
    return SecretReader(identity=one.who, name=one.name, steps=Value(one.steps), reads=one.certain)


def held_permissions(view: View, role: Any, wanted: frozenset[str], custom: Index) -> frozenset[str] | Unknown:
    """Which a role holds of some permissions that scans ask about (`GOOGLE_INTEREST`)."""
    if isinstance(role, str) and role.startswith("roles/"):
        table = roles()
        if role in BASIC:
            return wanted & _BASIC.get(_NEWER.get(role, role), frozenset())
        if role in table.telling:
            return wanted & set(table.telling[role])
        if role in table.narrow or role in table.escalating:
            return frozenset()
        return not_in_table(view, role, table.as_of)
    return of_custom_role(view, role, wanted, custom)


def of_custom_role(view: View, role: Any, wanted: frozenset[str], custom: Index) -> frozenset[str] | Unknown:
    """Which of some permissions a custom role lists."""
    listed = listed_permissions(view, role, custom)
    if isinstance(listed, Unknown):
        return listed
    return wanted & {permission for permission in listed if isinstance(permission, str)} or open_permission(listed) or frozenset()


def not_in_table(view: View, role: str, as_of: str) -> Unknown:
    """Why it is not known what a predefined role holds."""
    reason = f"what {role} allows: it is not among Google's predefined roles of {as_of} that are known here"
    return Unknown(reason, "grant a role that is in the table, or a custom role that lists its permissions", view.location)
