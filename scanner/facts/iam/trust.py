"""Who may take on an identity."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from assay.scanner.facts.bindings import BASIC, PUBLIC_MEMBERS, Binding
from assay.scanner.facts.condition_keys import CALLERS, exact, of_callers
from assay.scanner.facts.condition_keys import OPEN as UNSEEN
from assay.scanner.facts.condition_keys import Test as KeyTest
from assay.scanner.facts.iam.kinds import Trust
from assay.scanner.facts.iam.tables import roles
from assay.scanner.facts.patterns import OPEN as ANY_TEXT
from assay.scanner.facts.patterns import spelled
from assay.scanner.facts.spelling import Link
from assay.scanner.facts.statements import (
    Statement,
    bounded,
    bounded_by,
    leaves_bounded,
    means_everyone,
    names_whole_account,
    principal_account,
    statements,
)
from assay.scanner.facts.supply.web_identity import Provider, allowing, guests_of, providers, scoped
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown, describe, references_in
from assay.scanner.sources.values import Value, all_of, any_of

_LOOKED_UP = ("aws_iam_role", "aws_iam_user")
"""Data sources that find an identity in the account that they ask."""


class Role:
    """What is known of a role beside its trust policy: the account that it is in, and what the policy may refer to."""

    def __init__(self, view: View, identity_providers: Link | None, identities: Link | None, pools: Link | None = None) -> None:
        self.view, self.identity_providers, self.identities, self.pools = view, identity_providers, identities, pools

    def providers(self, statement: Statement) -> list[Provider]:
        """The identity providers that a statement trusts."""
        return providers(self.view, self.identity_providers, statement)

    def is_guestless(self, pool: Any) -> Value[bool]:
        """Whether an identity pool has no guests, so that nobody comes from it who has not signed in."""
        declared = self.view.named(pool, self.pools) if self.pools and isinstance(pool, Reference) else None
        if declared is None or not self.pools:
            return Value(Unknown(f"whether the identity pool {describe(pool)} has guests", "scan what declares it together with this"))
        return declared[self.pools].default(False).truth().negate()

    def owner(self, who: Any) -> str | Unknown:
        """The account of a principal (`principal_account`); `other` where it is declared here, in another account than the role.

        An identity that is looked up is of the account in which its provider looks: that of the role, where both log in alike.
        """
        if self.identities:
            for reference in references_in(who):
                declared = self.view.named(reference, self.identities)
                alike = self.view.item.same_account(declared.item) if declared else None
                if alike is False:
                    return "other"
                if alike and reference is who and reference.type in _LOOKED_UP:
                    return "this"
        return principal_account(who)


def aws_trusts(document: Value[Any], role: Role) -> list[Any]:
    """Everyone whom a trust policy allows; CI systems are left out: they are judged as federation."""
    written = statements(document)
    trusts: list[Any] = [statement for statement in written if isinstance(statement, Unknown)]
    denials = [statement for statement in written if isinstance(statement, Statement) and statement.allows is not True]
    for statement in allowing(written):
        trusts += [
            _trust(statement, who, _scoped(statement, kind, who, role, denials))
            for kind, who in statement.principals
            if kind != "Federated" or statement.not_principal
        ]
        trusts += [
            _trust(statement, provider.who, _of_provider(statement, provider, role))
            for provider in role.providers(statement)
            if not provider.is_ci
        ]
    return trusts


def _of_provider(statement: Statement, provider: Provider, role: Role) -> Value[bool]:
    """Whether it is said whose tokens of a provider are let in; those of guests of an identity pool are anybody's."""
    said = any_of([bounded(statement, _TRUST_KEYS), scoped(statement, provider)])
    return all_of([said, *map(role.is_guestless, guests_of(statement))])


def ci_only(document: Value[Any], role: Role) -> Value[bool]:
    """Whether all that a trust policy allows are CI systems; False where it allows nobody."""
    written = statements(document)
    trusting = allowing(written)
    are_ci = [provider.is_ci for statement in trusting for provider in role.providers(statement)]
    others = any(kind != "Federated" or statement.not_principal for statement in trusting for kind, _ in statement.principals)
    unread = any(isinstance(statement, Unknown) for statement in written)
    return Value(bool(are_ci) and all(are_ci) and not others and not unread, document.seen)


def _trust(statement: Statement, who: Any, decided: Value[bool]) -> Trust:
    name = ("anyone but " if statement.not_principal else "") + describe(who)
    data = decided.data
    if isinstance(statement.allows, Unknown) and data is not True:
        data = statement.allows  # it does no harm if it denies
    return Trust(principal=Value(name, statement.seen), scoped=Value(data, statement.seen))


# https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
_TRUST_KEYS = frozenset({*CALLERS, "sts:externalid"})
_SAME_ACCOUNT = ("aws:principalaccount", "kms:calleraccount")


def _scoped(statement: Statement, kind: str, who: Any, role: Role, denials: list[Statement]) -> Value[bool]:
    if statement.not_principal or kind == "*":
        denying = [denial for denial in denials if denial is not statement and _denies_everyone(denial)]
        return any_of([bounded_by(statement, _of_anyone), *map(_left, denying)])
    if kind != "AWS":
        return Value(True)  # a service, whichever it is
    in_account = bounded_by(statement, _in_account)
    conditioned = any_of([in_account, _multi_factor(statement)])
    if names_whole_account(who):
        return conditioned
    owner = role.owner(who)
    if isinstance(owner, Unknown):
        return Value(True) if conditioned.data is True else Value(owner)
    if why := _open_name(who):
        return Value(True) if conditioned.data is True else Value(why)
    wild = isinstance(who, (str, Text)) and "*" in spelled(who)
    foreign = owner == "other" or (role.view.account is not None and owner not in ("", "this", role.view.account))
    return conditioned if wild or foreign else Value(True)


def _open_name(who: Any) -> Unknown | None:
    """Why it is not known what of an account a principal is: it may be `root`, which is every identity."""
    resource = spelled(who).split(":", 5)[5:] if isinstance(who, Text) else []
    return who.unknown if isinstance(who, Text) and resource and resource[0].startswith(ANY_TEXT) else None


def _of_anyone(key: str) -> KeyTest | None:
    """How a key bounds who of everybody it is: an ARN by its account and a name."""
    test = of_callers(key)
    return _named_in_an_account if key == "aws:principalarn" else test


def _named_in_an_account(pattern: str) -> bool | None:
    account = CALLERS["aws:principalarn"](pattern)
    return _name(pattern) if account else account


def _name(pattern: str) -> bool | None:
    """Something of the name of an identity is written, beside what sort it is: not `arn:aws:iam::111122223333:role/*`."""
    resource = pattern.split(":", 5)[-1]
    name = resource.partition("/")[2] or resource
    return True if name.strip("*?/" + UNSEEN) else None if UNSEEN in name else False


def _in_account(key: str) -> KeyTest | None:
    """How a key bounds the identities of one account, which the principal names: by their names, or by what only some of them know."""
    if key in _SAME_ACCOUNT:
        return None  # all of them have it
    if key == "aws:principalarn":
        return _name
    return (of_callers(key) or exact) if key in _TRUST_KEYS else None


def _left(denial: Statement) -> Value[bool]:
    """Whether a denial leaves none but some that are named."""
    effect = denial.allows if isinstance(denial.allows, Unknown) else True
    return all_of([Value(effect, denial.seen), leaves_bounded(denial, _of_anyone)])


def _denies_everyone(denial: Statement) -> bool:
    everyone = any(kind == "*" or means_everyone(who) for kind, who in denial.principals)
    actions = [str(action).lower() for action in denial.actions]
    return (
        everyone
        and not denial.not_principal
        and not denial.not_action
        and bool({"*", "sts:*", "sts:assumerole", "sts:assumerole*"} & {*actions})
    )


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


ACTING = frozenset(
    {"iam.serviceAccountKeys.create"}
    | {
        f"iam.serviceAccounts.{action}"
        for action in ("actAs", "getAccessToken", "getOpenIdToken", "implicitDelegation", "setIamPolicy", "signBlob", "signJwt")
    }
)
"""Permissions that let a member act as a service account: https://cloud.google.com/iam/docs/service-account-permissions"""
_READING = frozenset({"roles/viewer", "roles/reader"})


def _acts(role: str) -> bool | Unknown:
    """Whether a predefined role lets a member act as a service account."""
    if role in BASIC:
        return role not in _READING
    table = roles()
    if role in table.telling:
        return not ACTING.isdisjoint(table.telling[role])
    if role in table.narrow or role in table.escalating:
        return False
    reason = (
        f"whether {role} lets anybody act as an account: it is not among Google's predefined roles of {table.as_of} that are known here"
    )
    return Unknown(reason, "grant a role that is in the table, or a custom role that lists its permissions")


def unread_role(role: Any) -> Unknown:
    """What is known of a custom role by its name alone."""
    return Unknown(f"what the role {describe(role)} allows", "scan the live project")


def google_trust(binding: Binding | Unknown, acting: Callable[[Any], bool | Unknown] = unread_role) -> Trust | Unknown | None:
    """A binding on a service account; None where its role does not let anybody act as the account.

    `acting` tells whether a custom role does.
    """
    if isinstance(binding, Unknown):
        return binding

    def lets_act(role: Any) -> bool | Unknown:
        return _acts(role) if isinstance(role, str) and role.startswith("roles/") else acting(role)

    acts = Value.of(binding.role).then(lets_act).data
    if acts is False:
        return None
    scoped: Any = Value.of(binding.member).then(_scoped_member).data
    if scoped is False and isinstance(acts, Unknown):
        scoped = acts
    return Trust(principal=Value(describe(binding.member), binding.seen), scoped=Value(scoped, binding.seen))


def _scoped_member(member: Any) -> bool | Unknown:
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
