"""What a resource's own policy, access list or bindings grant, whatever input they came from.

What makes a policy public:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple

from assay.scanner.facts.bindings import PUBLIC_MEMBERS, Binding
from assay.scanner.facts.denials import denied
from assay.scanner.facts.model import Fact, Part
from assay.scanner.facts.statements import Statement, bounded, means_everyone, principal_account, statements
from assay.scanner.sources.raw import Text, Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of


class Grant(Part):
    """Access that a resource's own policy, access list or bindings give to somebody."""

    known_by: ClassVar = ("principal", "actions")
    principal: Fact[str]
    """As the policy names it: an ARN, `*`, `allUsers`, a group URI."""
    actions: Fact[str]
    public: Fact[bool]
    """Anyone, or any authenticated identity of the provider, is meant, and no condition bounds it."""
    foreign: Fact[bool]
    """The principal is of another account than the resource's."""
    exposed: Fact[bool]
    """Public, and no block makes it ineffective."""


MISSING = Unknown("the policy document is missing", "write the policy document")


def required(document: Value[Any]) -> Value[Any]:
    """A policy document that has to be there: without it nobody can say what is allowed, since the provider refuses the resource."""
    return document.default(MISSING)


def aws_grants(value: Value[Any], account: str | None, blocked: Value[Any] | None = None) -> Value[list[Any]]:
    """What the allowing statements of a resource policy grant, one element for each principal. `blocked`: public access is ineffective.

    What its denials take from everybody is no public grant.
    """
    given = aws_given(value, account, blocked)
    return Value([entry if isinstance(entry, Unknown) else entry.grant for entry in given], value.seen)


class Given(NamedTuple):
    """What one statement gives to one principal."""

    statement: Statement
    kind: str
    """Of the principal: `AWS`, `Service`, `Federated`, `CanonicalUser`, or `*` for everyone."""
    who: Any
    grant: Grant


def aws_given(value: Value[Any], account: str | None, blocked: Value[Any] | None = None) -> list[Given | Unknown]:
    """The grants of a resource policy (`aws_grants`), each with the statement that it comes from."""
    given: list[Given | Unknown] = []
    written = statements(value)
    denials = [statement for statement in written if isinstance(statement, Statement) and statement.allows is not True]
    for statement in written:
        if isinstance(statement, Unknown):
            given.append(statement)
        elif isinstance(statement.allows, Unknown):
            given.append(statement.allows)
        elif statement.allows:
            kept = denied(statement, denials).negate()
            given += [
                Given(statement, kind, who, _aws_grant(statement, kind, who, account, kept, blocked)) for kind, who in statement.principals
            ]
    return given


def _aws_grant(statement: Statement, kind: str, who: Any, account: str | None, kept: Value[bool], blocked: Value[Any] | None) -> Grant:
    """`kept`: no denial takes it from everybody."""
    open_: Value[bool] = Value(True, statement.seen)
    if kind != "*" and not statement.not_principal:
        open_ = Value.of(who, statement.seen).then(means_everyone) if kind == "AWS" else Value(False, statement.seen)
    public = all_of([open_, bounded(statement).negate(), kept])
    actions = ("everything but " if statement.not_action else "") + ", ".join(describe(action) for action in statement.actions)
    return Grant(
        principal=Value(("anyone but " if statement.not_principal else "") + describe(who), statement.seen),
        actions=Value(actions, statement.seen),
        public=public,
        foreign=of_other_account(kind, who, account, statement),
        exposed=all_of([public, blocked.negate()]) if blocked else public,
    )


def denied_to_everyone(value: Value[Any]) -> bool:
    """Whether a resource policy allows something to everyone that its denials certainly take away again."""
    written = [statement for statement in statements(value) if isinstance(statement, Statement)]
    denials = [statement for statement in written if statement.allows is not True]
    allowed = [statement for statement in written if statement.allows is True and bounded(statement).data is False]
    wide = [statement for statement in allowed if statement.not_principal or any(kind == "*" for kind, _ in statement.principals)]
    return any(denied(statement, denials).data is True for statement in wide)


def of_other_account(kind: str, who: Any, account: str | None, statement: Statement) -> Value[bool]:
    """Whether a principal of a statement is of another account than `account`, which is None where it is not known."""
    if kind != "AWS":
        return Value(False, statement.seen)
    owner = principal_account(who)
    if isinstance(owner, Unknown):
        return Value(owner, statement.seen)
    if owner in ("", "this") or owner == account:
        return Value(False, statement.seen)
    if account is None:
        reason = f"whether account {owner} is the account of this resource"
        return Value(Unknown(reason, "set accounts in assay.yaml, or scan the live resource"), statement.seen)
    return Value(True, statement.seen)


def acl_grant(principal: Value[Any], actions: Value[Any], public: Value[bool], ineffective: Value[bool]) -> Grant:
    """What an access list gives. `ineffective`: its public grants have no effect."""
    exposed = all_of([public, ineffective.negate()])
    return Grant(principal=principal, actions=actions, public=public, foreign=Value(False), exposed=exposed)


def exposed(grants: Value[Any]) -> Value[bool]:
    """Whether one of some grants lets everyone in, and nothing blocks it."""
    given = [grant.data.exposed if isinstance(grant.data, Grant) else grant for grant in grants.elements()]
    return any_of([*given, Value(False, grants.seen)])


def google_grants(bindings: Iterable[Binding | Unknown], blocked: Value[Any] | None = None) -> list[Any]:
    """Everybody's access by bindings, as Grant or Unknown. `blocked`: public access is ineffective."""
    grants: list[Any] = []
    for binding in bindings:
        if isinstance(binding, Unknown):
            grants.append(binding)
            continue
        who = Value.of(binding.member, binding.seen)
        public = who.equals(*PUBLIC_MEMBERS) if isinstance(binding.member, (str, Text, Unknown)) else Value(False, binding.seen)
        grants.append(
            Grant(
                principal=Value(describe(binding.member), binding.seen),
                actions=Value(describe(binding.role), binding.seen),
                public=public,
                foreign=Value(False, binding.seen),
                exposed=all_of([public, blocked.negate()]) if blocked else public,
            )
        )
    return grants
