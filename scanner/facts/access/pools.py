"""Cognito user pools: who can sign in by them, and how.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.access.kinds import Directory
from assay.scanner.facts.model import attestable
from assay.scanner.facts.spelling import Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Value, all_of, any_of

_PROVIDER = attestable("whether the identity provider asks every user for a second factor is a setting of that provider")
_TRIGGER = attestable("whether the function that is asked before a user signs in checks the domain of the account is in its code")
_OWN_PROVIDER = attestable("whose accounts the identity provider lets in is a setting of that provider")
_ANYBODY = ("Google", "Facebook", "LoginWithAmazon", "SignInWithApple")
"""Types of identity providers where everybody can have an account."""


class PoolAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a user pool. The defaults are the API's names."""

    mfa: Annotated[Place, "second_factor"] = "MfaConfiguration"
    admins_only: Annotated[Place, "open_sign_up"] = "AdminCreateUserConfig.AllowAdminCreateUserOnly"
    triggers: Annotated[tuple[Place, ...], "open_sign_up", "restricts_domains"] = (
        "LambdaConfig.PreSignUp",
        "LambdaConfig.PreAuthentication",
    )
    """The functions that may refuse a user: before they sign up, which federated users do when they first sign in, and each time."""
    providers: Annotated[Referrer, "federates", "restricts_domains", "federated_second_factor"]
    provider: str = "ProviderType"
    clients: Annotated[Referrer, "own_users"]
    supported: Annotated[Place, "own_users"] = "SupportedIdentityProviders"
    """Of a client."""


def pool(view: View, at: PoolAt) -> Directory:
    """Without a setting nobody is asked for a second factor, and anybody can sign up."""
    providers = view.referrers(at.providers)
    federates = providers.exist
    guarded = any_of([view[place].is_set() for place in at.triggers])
    admins = view[at.admins_only].default(False).truth()
    return Directory(
        identity=view.identity(view[at.name]),
        own_users=_own_users(view, at),
        second_factor=view[at.mfa].default("OFF").text().then(str.upper),
        federates=federates,
        federated_second_factor=Value(_PROVIDER, federates.seen),
        open_sign_up=all_of([admins.negate(), _settled(guarded.negate(), guarded)]),
        restricts_domains=_restricts(guarded, providers.views, at),
        members=view.says([]),
        domains=view.says([]),
    )


def _settled(value: Value[Any], guarded: Value[Any]) -> Value[Any]:
    """Where a function is asked, it decides."""
    return Value(_TRIGGER, guarded.seen) if guarded.data is True else value


def _restricts(guarded: Value[Any], providers: list[View], at: PoolAt) -> Value[Any]:
    """A user of an identity provider becomes one of the pool when they first sign in, whoever may create users otherwise.

    https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-identity-federation.html
    """
    if guarded.data is not False:
        return Value(_TRIGGER, guarded.seen) if guarded.data is True else guarded
    anybody = any_of([provider.surely[at.provider].equals(*_ANYBODY) for provider in providers])
    return Value(_OWN_PROVIDER, anybody.seen) if anybody.data is False else anybody.negate()


def _own_users(view: View, at: PoolAt) -> Value[bool]:
    """Users of the pool itself can sign in by a client that supports `COGNITO`, or that does not say whom it supports."""
    clients = view.referrers(at.clients)
    if not clients.views or clients.more:
        return view.says(clients.more or True)
    return any_of([client.surely[at.supported].then(_supports_own).default(True) for client in clients.views])


def _supports_own(supported: Any) -> Any:
    if not isinstance(supported, list) or not supported:
        return True
    return any_of([Value(name).equals("COGNITO") for name in supported]).data
