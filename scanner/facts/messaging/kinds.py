"""Queues, topics, event buses and streams."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import msgspec

from assay.scanner.facts.keys.kinds import KeyRef
from assay.scanner.facts.model import Fact, Identity, Part, Resource
from assay.scanner.facts.policies import Grant
from assay.scanner.override import override
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

RolesOf = Callable[[Identity | Unknown], list[str] | Unknown]


class Parties(msgspec.Struct, frozen=True):
    """Whom a grant speaks of."""

    principal: Identity | Unknown | None = None
    """None for everyone."""
    sources: tuple[Identity | Unknown, ...] = ()
    """What a condition says that requests come from: any of these."""
    open: Unknown | None = None
    """Why it is not known in full who the principal is."""
    perhaps: tuple[tuple[Identity, Unknown], ...] = ()
    """Whom else the principal may be, with the reason why that is not known."""

    def roles(self, roles_of: RolesOf) -> list[str] | Unknown:
        """The roles of the principal."""
        roles = _roles(self.principal, roles_of) or _roles(self.open, roles_of)
        return roles or next((why for who, why in self.perhaps if _roles(who, roles_of)), [])

    def source_roles(self, roles_of: RolesOf) -> list[str] | Unknown:
        """The roles that all sources have."""
        known = [_roles(source, roles_of) for source in self.sources]
        sets = [set(roles) for roles in known if not isinstance(roles, Unknown)]
        unknown = next((roles for roles in known if isinstance(roles, Unknown)), None)
        common = sorted(set.intersection(*sets)) if sets else []
        return unknown if unknown is not None and (common or not sets) else common


def _roles(who: Identity | Unknown | None, roles_of: RolesOf) -> list[str] | Unknown:
    return [] if who is None else roles_of(who)


class ChannelGrant(Grant, kw_only=True):
    """What a policy or a binding of a channel gives to somebody."""

    identity: Parties = Parties()
    everything: Fact[bool]
    """Every action of the service, those that change the channel and its policy among them (AWS)."""
    sends: Fact[bool]
    receives: Fact[bool]
    """Reads messages, or subscribes to them."""
    changes: Fact[bool]
    """Deletes the channel, changes how it is set up, or says who else may use it."""
    own_account: Fact[bool]
    """It is for all identities of the channel's own account, so that their own policies decide who uses it."""
    roles: Fact[list[str]] = Value([])
    """What the principal is to the deployment, as the configuration says."""
    source_roles: Fact[list[str]] = Value([])
    """What that is for which a service, or anyone, acts, as a condition says it (`aws:SourceArn`)."""


class MessageChannel(Resource, kw_only=True):
    """What messages are sent through: a queue, a topic, a subscription, an event bus, a stream."""

    grants: Fact[list[ChannelGrant]]
    """Access by resource policy or bindings."""

    @override
    def give_roles(self, roles_of: RolesOf) -> None:
        """Grants have roles too: of whom they let in, and of the sources that they name."""
        super().give_roles(roles_of)
        for grant in self.grants.data if isinstance(self.grants.data, list) else ():
            if isinstance(grant, ChannelGrant):
                grant.roles = Value(grant.identity.roles(roles_of), grant.principal.seen)
                grant.source_roles = Value(grant.identity.source_roles(roles_of), grant.principal.seen)


class MessageStore(Resource, kw_only=True):
    """What keeps messages at rest: a queue, a topic, an event bus, a stream, a schedule with the input of its target."""

    encrypted: Fact[bool]
    """Messages are encrypted at rest, by whatever key."""
    encryption_key: Fact[KeyRef | None]
    """The key that it names; None where the provider encrypts with a key of its own, or not at all."""


class Delivery(Resource, kw_only=True):
    """What delivers messages, and may fail to: a queue, a subscription, a rule or a schedule with its targets, the consumer of a stream."""

    asked: Fact[bool]
    """What it cannot deliver would be lost. Not of what keeps the dead letters of others, and not of mail to people."""
    dead_lettered: Fact[bool]
    """What it cannot deliver goes to a dead-letter destination."""
    may_keep: Fact[bool]
    """It is a queue or a subscription, which may itself keep the dead letters of others."""
    kept: Fact[bool]
    """There it stays until somebody reads it: a topic of Pub/Sub keeps nothing that nobody subscribes to."""
    forwarded: Fact[bool]
    """Pub/Sub may put it there: its service agent publishes to the topic, and takes from the subscription (Google)."""


class StreamConsumer(Part):
    """What is called with the changes of a data store: the mapping of a function, a trigger."""

    known_by: ClassVar = ("name", "region")
    name: Fact[str]
    region: Fact[str]
    """Where it runs."""
    enabled: Fact[bool]
    failing: Fact[bool]
    """Its last call failed, of a live account."""


class ChangeStream(Resource, kw_only=True):
    """The changes of a data store: a stream of DynamoDB, the events of Firestore."""

    watched: Fact[bool]
    """Something that is here certainly consumes it, enabled or not."""
    on: Fact[bool]
    both_images: Fact[bool]
    """A change comes with what was there before and after."""
    consumers: Fact[list[StreamConsumer]]
    consumed: Fact[bool]
    """An enabled consumer is called with its changes."""
    one_region: Fact[bool]
    """Its enabled consumers, those of its copies included, run in one region, so that each change is acted on once."""
    locked: Fact[bool]
    """Of consumers in several regions one acts, by a lock that all of them take."""


KINDS = (MessageChannel, MessageStore, Delivery, ChangeStream)
