"""Queues, topics, event buses and streams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from assay.scanner.facts.keys.kinds import KeyRef
from assay.scanner.facts.model import Fact, Identity, Resource
from assay.scanner.facts.policies import Grant
from assay.scanner.override import override
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

RolesOf = Callable[[Identity], list[str] | Unknown]


class Parties(msgspec.Struct, frozen=True):
    """Whom a grant speaks of."""

    principal: Identity | Unknown | None = None
    """None for everyone."""
    sources: tuple[Identity | Unknown, ...] = ()
    """What a condition says that requests come from: any of these."""

    def roles(self, roles_of: RolesOf) -> list[Any]:
        """The roles of the principal, and those that all sources have; an Unknown where there may be more."""
        listed: list[Any] = _roles(self.principal, roles_of)
        of_sources = [_roles(source, roles_of) for source in self.sources]
        known = [set(roles) for roles in of_sources if not any(isinstance(role, Unknown) for role in roles)]
        doubts = [role for roles in of_sources for role in roles if isinstance(role, Unknown)]
        if not doubts and known:
            listed += sorted(set.intersection(*known))
        elif doubts and all(known):
            listed += doubts[:1]
        return listed


def _roles(who: Identity | Unknown | None, roles_of: RolesOf) -> list[Any]:
    roles = [] if who is None else who if isinstance(who, Unknown) else roles_of(who)
    return [roles] if isinstance(roles, Unknown) else list(roles)


class ChannelGrant(Grant, kw_only=True):
    """What a policy or a binding of a channel gives to somebody."""

    identity: Parties = Parties()
    everything: Fact[bool]
    """Every action of the service, those that change the channel and its policy among them (AWS)."""
    sends: Fact[bool]
    receives: Fact[bool]
    """Reads messages, or subscribes to them."""
    own_account: Fact[bool]
    """It is for all identities of the channel's own account, so that their own policies decide who uses it."""
    roles: Fact[list[str]] = Value([])
    """What the principal is to the deployment, as the configuration says; of a service that acts for something, what that is."""


class MessageChannel(Resource, kw_only=True):
    """What messages are sent through: a queue, a topic, a subscription, an event bus, a stream."""

    grants: Fact[list[ChannelGrant]]
    """Access by resource policy or bindings."""

    @override
    def give_roles(self, roles_of: RolesOf) -> None:
        super().give_roles(roles_of)
        for grant in self.grants.data if isinstance(self.grants.data, list) else ():
            if isinstance(grant, ChannelGrant):
                grant.roles = Value(grant.identity.roles(roles_of), grant.principal.seen)


class MessageStore(Resource, kw_only=True):
    """What keeps messages at rest: a queue, a topic, an event bus, a stream, a schedule with the input of its target."""

    encrypted: Fact[bool]
    """Messages are encrypted at rest, by whatever key."""
    encryption_key: Fact[KeyRef | None]
    """The key that it names; None where the provider encrypts with a key of its own, or not at all."""


KINDS = (MessageChannel, MessageStore)
