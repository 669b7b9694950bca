"""Where users come in, and where they prove who they are."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class RequestRoute(Part):
    """Requests that an entry handles alike: the default of a listener, one of its rules, a route of an API, all requests to a backend."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    serves: Fact[bool]
    """It sends requests on to something, as opposed to redirecting or answering them."""
    paths: Fact[list[str]]
    """Patterns of paths that it is for; empty where it is for every path."""
    signs_in: Fact[bool]
    """Whoever has not signed in gets no further."""
    issuer: Fact[str | None]
    """The issuer of OpenID Connect whose users get in; None where it is a user pool, or Google's own sign-in, that decides."""
    verifies_tokens: Fact[bool]
    """The JSON web token of every request is verified before the service gets it, or by the service."""


class UserEntry(Resource, kw_only=True):
    """Where requests of users arrive and can be asked to sign in: a load balancer for HTTP, an API, a backend of Google's load balancer."""

    naming: ClassVar = {"aws": Naming(families=frozenset({"balancer"}))}

    internet_facing: Fact[bool]
    asks_users: Fact[bool]
    """It can send a browser to sign in; an API refuses instead."""
    routes: Fact[list[RequestRoute]]


class Member(Part):
    """Who may come in by a binding of Identity-Aware Proxy."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """As the binding writes it: `domain:example.com`, `group:traders@example.com`."""
    public: Fact[bool]
    """Everybody, or everybody with a Google account."""
    domain: Fact[str]
    """The domain of the accounts that are meant."""


class Directory(Resource, kw_only=True):
    """Where users prove who they are: a Cognito user pool, Identity Platform, a load balancer or backend that relies on an identity
    provider."""

    own_users: Fact[bool]
    """It has users with passwords of its own."""
    second_factor: Fact[str]
    """For these: `ON`, `OPTIONAL` or `OFF`."""
    federates: Fact[bool]
    """Users of an identity provider elsewhere sign in by it."""
    federated_second_factor: Fact[bool]
    """That provider asks each of them for a second factor."""
    open_sign_up: Fact[bool]
    """Anybody can make themselves a user, and no code of the owner is asked first."""
    restricts_domains: Fact[bool]
    """Of the accounts of identity providers, only those of some domains get in."""
    members: Fact[list[Member]]
    """Who may come in by bindings; empty where there are no bindings for that."""
    domains: Fact[list[str]]
    """The domains that a setting restricts accounts to; empty where there is no such setting."""


KINDS = (UserEntry, Directory)
