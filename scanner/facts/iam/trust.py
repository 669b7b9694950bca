"""Who may take on an identity."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from assay.scanner.facts.bindings import PUBLIC_MEMBERS, Binding
from assay.scanner.facts.iam.kinds import Trust
from assay.scanner.facts.statements import BOUNDING_KEYS, Statement, bounded, names_whole_account, principal_account, statements
from assay.scanner.sources.values import Reference, Text, Unknown, Value, any_of, describe

# https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
_TRUST_KEYS = BOUNDING_KEYS | {"sts:externalid"}


def aws_trusts(document: Value[Any], account: str | None) -> list[Any]:
    """Everyone whom a trust policy allows, identity providers left out: they are judged as federation."""
    trusts: list[Any] = []
    for statement in statements(document):
        if isinstance(statement, Unknown):
            trusts.append(statement)
        elif statement.allows is not False:
            trusts += [_trust(statement, kind, who, account) for kind, who in statement.principals if kind != "Federated"]
    return trusts


def federated_only(document: Value[Any]) -> Value[bool]:
    """Whether all that a trust policy allows are identity providers; False where it allows nobody."""
    kinds = [
        "unknown" if isinstance(statement, Unknown) else kind
        for statement in statements(document)
        for kind, _ in (statement.principals if not isinstance(statement, Unknown) else [("", "")])
        if isinstance(statement, Unknown) or statement.allows is not False
    ]
    return Value(bool(kinds) and set(kinds) == {"Federated"}, document.seen)


def _trust(statement: Statement, kind: str, who: Any, account: str | None) -> Trust:
    name = ("anyone but " if statement.not_principal else "") + describe(who)
    scoped = _scoped(statement, kind, who, account).data
    if isinstance(statement.allows, Unknown) and scoped is not True:
        scoped = statement.allows  # it does no harm if it denies
    return Trust(principal=Value(name, statement.seen), scoped=Value(scoped, statement.seen))


def _scoped(statement: Statement, kind: str, who: Any, account: str | None) -> Value[bool]:
    if statement.not_principal or kind == "*":
        return bounded(statement)
    if kind != "AWS":
        return Value(True)  # a service, whichever it is
    conditioned = any_of([bounded(statement, _TRUST_KEYS), _multi_factor(statement)])
    if names_whole_account(who):
        return conditioned
    owner = principal_account(who)
    if isinstance(owner, Unknown):
        return Value(True) if conditioned.data is True else Value(owner)
    wild = isinstance(who, str) and "*" in who
    foreign = account is not None and owner not in ("", "this", account)
    return conditioned if wild or foreign else Value(True)


def _multi_factor(statement: Statement) -> Value[bool]:
    if isinstance(statement.conditions, Unknown):
        return Value(statement.conditions)
    return Value(
        any(
            condition.operator.lower() == "bool"
            and condition.key == "aws:multifactorauthpresent"
            and [str(value).lower() for value in condition.values] == ["true"]
            for condition in statement.conditions
        )
    )


# Google roles that let a member act as a service account: https://cloud.google.com/iam/docs/service-account-permissions
_ACTS_AS = (
    "roles/iam.workloadIdentityUser", "roles/iam.serviceAccountTokenCreator", "roles/iam.serviceAccountUser",
    "roles/iam.serviceAccountOpenIdTokenCreator", "roles/iam.serviceAccountKeyAdmin", "roles/iam.serviceAccountAdmin",
    "roles/owner", "roles/editor",
)  # fmt: skip


# Permissions that amount to it, for custom roles.
ACTING = frozenset(
    {"iam.serviceAccountKeys.create"}
    | {
        f"iam.serviceAccounts.{action}"
        for action in ("actAs", "getAccessToken", "getOpenIdToken", "implicitDelegation", "setIamPolicy", "signBlob", "signJwt")
    }
)


def unread_role(name: str) -> Unknown:
    """What is known of a custom role by its name alone."""
    return Unknown(f"what the custom role {name} allows: it is named by its text", "scan the live project")


def google_trust(binding: Binding | Unknown, acting: Callable[[str], bool | Unknown] = unread_role) -> Trust | Unknown | None:
    """A binding on a service account; None where its role does not let anybody act as the account.

    `acting` tells whether a custom role does.
    """
    if isinstance(binding, Unknown):
        return binding
    custom = isinstance(binding.role, str) and not binding.role.startswith("roles/")
    acts = acting(binding.role) if custom else not isinstance(binding.role, str) or binding.role in _ACTS_AS
    if acts is False:
        return None
    scoped = _scoped_member(binding.member)
    if scoped is False and isinstance(acts, Unknown):
        scoped = acts
    return Trust(principal=Value(describe(binding.member), binding.seen), scoped=Value(scoped, binding.seen))


def _scoped_member(member: Any) -> bool | Unknown:
    if isinstance(member, Unknown):
        return member
    text = "".join(part if isinstance(part, str) else "x" for part in member.parts) if isinstance(member, Text) else str(member)
    if text in PUBLIC_MEMBERS or text.startswith(("domain:", "allUsers", "allAuthenticatedUsers")):
        return False
    if text.startswith(("principalSet:", "principal:")):
        # `…/workloadIdentityPools/POOL/*` is every identity of the pool: https://cloud.google.com/iam/docs/principal-identifiers
        if isinstance(member, Text) and isinstance(member.parts[-1], Unknown):
            return member.parts[-1]
        return not re.search(r"/\*$", text)
    if isinstance(member, Text) and isinstance(member.parts[0], Unknown):
        return member.parts[0]
    if isinstance(member, Reference):
        return True
    return "*" not in text
