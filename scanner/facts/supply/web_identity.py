"""Trust policies of AWS that let in whoever an identity provider vouches for: which provider, and what its tokens have to claim.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
"""

from __future__ import annotations

import fnmatch
from typing import Any

import msgspec

from assay.scanner.facts import patterns
from assay.scanner.facts.condition_keys import NEGATED
from assay.scanner.facts.patterns import ANY
from assay.scanner.facts.spelling import Link
from assay.scanner.facts.statements import Condition, Statement, means_everyone
from assay.scanner.facts.supply import claims, issuers
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown, describe
from assay.scanner.sources.values import Value

_ASSUMING = ("sts:assumerole", "sts:assumerolewithwebidentity", "sts:assumerolewithsaml")
_EQUAL = ("stringequals", "stringequalsignorecase", "arnequals", "arnlike", "stringlike", "bool", "numericequals")
_WITH_WILDCARDS = ("stringlike", "arnlike", "arnequals")


class Provider(msgspec.Struct, frozen=True):
    """An identity provider that a statement trusts."""

    who: Any
    """As the statement names it."""
    issuer: str
    """Host and path of its URL, as far as they are known; empty where they are not."""
    is_ci: bool
    """Its tokens are those of a CI system: such trust is judged by supply.ci-oidc-scoped, any other by iam.trust-policy-scoped."""
    doubt: Unknown | None = None
    """Why it may be a CI system though it is not taken for one."""


class TokenClaim(msgspec.Struct, frozen=True):
    """A condition on a token: the claim is there, and has to be one of some values."""

    name: str
    """`sub`, `aud`, `repository_id`; lower case."""
    issuer: str
    values: list[Any]
    """As the policy writes them."""
    patterns: list[str]
    """The same as patterns (patterns.py)."""

    def why(self, at: int) -> Unknown:
        """Why a value has an open part."""
        value = self.values[at]
        plain = value if isinstance(value, Unknown) else value.unknown if isinstance(value, Text) else None
        return plain or Unknown(f"the {self.name} {describe(value)} is known after apply", "scan the plan")


def assumes(statement: Statement) -> bool:
    """Whether a statement lets somebody take on the role, and not only tag a session: an action that is not known may."""
    return bool(_assuming(statement))


def providers(view: View, link: Link | None, statement: Statement) -> list[Provider]:
    """The identity providers that a statement trusts. One that is excepted by NotPrincipal is none."""
    if statement.not_principal:
        return []
    return [_provider(view, link, statement, who) for kind, who in statement.principals if kind == "Federated"]


def _provider(view: View, link: Link | None, statement: Statement, who: Any) -> Provider:
    url = _url(view, link, who)
    names = [issuers.name(option) if isinstance(option, (str, Text)) else "" for option in url.options or (url.data,)]
    required = claims_of(statement)
    said = required if isinstance(required, list) else []
    is_ci = {_is_ci(name, said) for name in names}
    claimed = next((claim.issuer for claim in said), "")
    doubt = None
    if len(is_ci) > 1 or not (any(names) or claimed):
        doubt = url.unknown or Unknown(f"who issues the tokens of {describe(who)}", "scan the provider together with this, or the account")
    return Provider(who, (names[0] if len(names) == 1 else "") or claimed, is_ci == {True}, doubt)


def _is_ci(issuer: str, said: list[TokenClaim]) -> bool:
    """Whether the tokens of an issuer, of which some things are asked, are those of a CI system."""
    sort = next((sort for name in (issuer, *(claim.issuer for claim in said)) if name and (sort := issuers.sort(name))), None)
    subjects = [pattern for claim in said if claim.name == "sub" for pattern in claim.patterns]
    return any(map(claims.names_ci, subjects)) if sort is None else sort == issuers.CI


def _url(view: View, link: Link | None, who: Any) -> Value[Any]:
    """What names the issuer of a provider: the URL of the resource that is named, or the end of its ARN; absent where neither is here."""
    if isinstance(who, Reference):
        provider = view.named(who, link) if link else None
        return provider.item[link.path] if provider and link else Value(None)
    if isinstance(who, Text):
        return Value(who.parts[-1] if isinstance(who.parts[-1], str) else None)
    return Value.of(who)


def claims_of(statement: Statement) -> list[TokenClaim] | Unknown:
    """What the token of whoever uses a statement has to claim; conditions that hold where a claim is missing say nothing."""
    if isinstance(statement.conditions, Unknown):
        return statement.conditions
    there = {
        condition.key
        for condition in statement.conditions
        if condition.operator.lower() == "null" and [str(value).lower() for value in condition.values] == ["false"]
    }
    return [claim for condition in statement.conditions if (claim := _claim(condition, there)) is not None]


def _claim(condition: Condition, there: set[str]) -> TokenClaim | None:
    operator = condition.operator.lower()
    if (operator.startswith("forallvalues:") or operator.endswith("ifexists")) and condition.key not in there:
        return None
    operator = operator.rpartition(":")[2].removesuffix("ifexists")
    issuer, _, name = condition.key.rpartition(":")
    if operator not in _EQUAL or not condition.values or not ("." in issuer or issuer == "saml" or "${" in issuer):
        return None  # a key of AWS itself: `aws:SourceIp`, `sts:ExternalId`
    spelled = [patterns.aws(value, wildcards=operator in _WITH_WILDCARDS) for value in condition.values]
    return TokenClaim(name, issuers.name(issuer), condition.values, spelled)


def allowing(statements: list[Statement | Unknown]) -> list[Statement]:
    """The statements that let somebody take on the role, each with what the denials beside it leave."""
    denials = [statement for statement in statements if isinstance(statement, Statement) and statement.allows is False]
    return [
        _spared(statement, denials)
        for statement in statements
        if isinstance(statement, Statement) and statement.allows is not False and assumes(statement)
    ]


def _spared(statement: Statement, denials: list[Statement]) -> Statement:
    """A statement with what denials leave of it: "deny everyone whose subject is not this" is a condition of what allows.

    Only denials with one condition count, which are for everyone and of all the actions by which the statement lets take on the role.
    """
    left = [condition for denial in denials if _is_for_all(denial, statement) and (condition := _opposite(denial))]
    if not left or isinstance(statement.conditions, Unknown):
        return statement
    return msgspec.structs.replace(statement, conditions=[*statement.conditions, *left])


def _is_for_all(denial: Statement, statement: Statement) -> bool:
    everyone = not denial.not_principal and any(kind == "*" or means_everyone(who) for kind, who in denial.principals)
    return everyone and not denial.not_action and _assuming(statement) <= _named(denial)


def _assuming(statement: Statement) -> set[str]:
    """The actions by which a statement may let take on the role; one that is not known may be any."""
    unknown = any(not isinstance(action, str) for action in statement.actions)
    return set(_ASSUMING) if statement.not_action or unknown else _named(statement)


def _named(statement: Statement) -> set[str]:
    """Those that its actions name."""
    patterns_of = [action.lower() for action in statement.actions if isinstance(action, str)]
    return {name for name in _ASSUMING if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns_of)}


def _opposite(denial: Statement) -> Condition | None:
    """What is asked of whoever a denial with one condition spares."""
    if not isinstance(denial.conditions, list) or len(denial.conditions) != 1:
        return None
    (condition,) = denial.conditions
    positive = NEGATED.get(condition.operator.lower())
    return Condition(positive, condition.key, condition.values) if positive else None


def scoped(statement: Statement, provider: Provider) -> Value[bool]:
    """Whether conditions say whose tokens of a provider that is no CI system are let in."""
    required = claims_of(statement)
    if isinstance(required, Unknown):
        return Value(required, statement.seen)
    decided = [_bounds(claim, provider) for claim in required]
    result = True if True in decided else next((one for one in decided if isinstance(one, Unknown)), False)
    return Value(result, statement.seen)


_GUEST = "unauthenticated"


def guests_of(statement: Statement) -> list[Any]:
    """The identity pools, as a statement writes them, whose guests it asks for: users who never signed in.

    https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html
    """
    required = claims_of(statement)
    said = required if isinstance(required, list) else []
    asked = [claim for claim in said if claim.name == "amr"]
    if not asked or not all(_GUEST in claim.values for claim in asked):
        return []
    return [pool for claim in said if claim.name == "aud" for pool in claim.values]


_NOT_WHO = ("amr", "oaud", "email_verified", "acr", "iat", "exp", "iss")
"""Claims that say how somebody signed in, or which the caller chooses: `oaud` of Google is what a token was asked for."""
_AUDIENCES = ("aud", "app_id", "azp", "client_id")
_ACCOUNT = "system:serviceaccount:"
_COGNITO = ("aws_cognito_", "AWS::Cognito::")


def _bounds(claim: TokenClaim, provider: Provider) -> bool | Unknown:
    """Whether every value of a condition says who it is."""
    results = [
        True
        if claim.name in _AUDIENCES and _is_pool(claim.values[at])
        else patterns.settled(pattern, lambda text: _says_who(claim, text, provider), claim.why(at))
        for at, pattern in enumerate(claim.patterns)
    ]
    if provider.doubt and claim.name in _AUDIENCES:  # every token of a CI system may have it
        results = [provider.doubt if result is True else result for result in results]
    return False if False in results else next((result for result in results if isinstance(result, Unknown)), True)


def _is_pool(value: Any) -> bool:
    """Whether a value is the id of a pool of Cognito, or of a client of one, which nobody else has."""
    return isinstance(value, Reference) and not value.is_data and value.type.startswith(_COGNITO)


def _says_who(claim: TokenClaim, pattern: str, provider: Provider) -> bool:
    if claim.name in _NOT_WHO or not pattern.strip(ANY + patterns.ONE):
        return False
    if ":saml-provider/" in provider.issuer or claim.issuer == "saml":
        return True  # the assertion itself names the roles: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_saml.html
    if claim.name in _AUDIENCES:
        # `sts.amazonaws.com` is AWS itself, and every workload of a cluster may ask for a token with any audience.
        return patterns.fixed(pattern) and not pattern.startswith("sts.") and not issuers.is_cluster(provider.issuer)
    if pattern.startswith(_ACCOUNT):
        namespace = pattern.removeprefix(_ACCOUNT).partition(":")[0]
        return bool(namespace) and patterns.fixed(namespace)
    return patterns.fixed(pattern)
