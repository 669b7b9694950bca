"""Pub/Sub topics and subscriptions, and queues of Cloud Tasks: who may use them.

https://cloud.google.com/pubsub/docs/access-control, https://cloud.google.com/tasks/docs/reference-access-control
"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.bindings import Binding, bindings, listed_permissions, open_permission, public_inherited
from assay.scanner.facts.messaging.kinds import ChannelGrant, MessageChannel
from assay.scanner.facts.messaging.parties import called, google_parties
from assay.scanner.facts.policies import google_grants
from assay.scanner.facts.spelling import Index, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

_ALL = frozenset(("roles/owner", "roles/editor", "roles/pubsub.admin", "roles/pubsub.editor", "roles/cloudtasks.admin"))
SENDS = _ALL | {"roles/pubsub.publisher", "roles/cloudtasks.enqueuer"}
RECEIVES = _ALL | {"roles/pubsub.subscriber", "roles/cloudtasks.viewer", "roles/cloudtasks.taskDeleter", "roles/cloudtasks.taskRunner"}
SENDING = ("pubsub.topics.publish", "cloudtasks.tasks.create")
RECEIVING = ("pubsub.subscriptions.consume", "pubsub.topics.attachSubscription", "cloudtasks.tasks.get", "cloudtasks.tasks.list")
"""What custom roles list: https://cloud.google.com/pubsub/docs/access-control, https://cloud.google.com/tasks/docs/access-control"""
CHANGES = _ALL | {"roles/cloudtasks.queueAdmin"}
CHANGING = tuple(
    f"{resource}.{verb}"
    for resource in ("pubsub.topics", "pubsub.subscriptions", "cloudtasks.queues")
    for verb in ("delete", "setIamPolicy", "update")
)
_NEITHER = frozenset(("roles/viewer", "roles/browser", "roles/pubsub.viewer"))


class ChannelAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may use a channel of Google's."""

    bindings: Place
    roles: Index
    """The custom roles that are in the input, by their full names."""
    inherited: Place = ""
    service: str = "pubsub"


def channel(view: View, at: ChannelAt) -> MessageChannel:
    """Without a binding of its own, those of its project alone decide."""
    given = bindings(view, at.bindings) + (public_inherited(view, at.inherited, at.service) if at.inherited else [])
    grants = [_grant(view, at, binding) for binding in given]
    return MessageChannel(identity=view.identity(called(view, at.name)), grants=view.says(grants))


def _grant(view: View, at: ChannelAt, binding: Binding | Unknown) -> ChannelGrant | Unknown:
    (grant,) = google_grants([binding])
    if isinstance(binding, Unknown):
        return binding
    return ChannelGrant(
        principal=grant.principal,
        actions=grant.actions,
        public=grant.public,
        foreign=grant.foreign,
        exposed=grant.exposed,
        identity=google_parties(view, binding.member),
        everything=Value(False, binding.seen),
        sends=Value(allows(view, at.roles, binding.role, SENDS, SENDING), binding.seen),
        receives=Value(allows(view, at.roles, binding.role, RECEIVES, RECEIVING), binding.seen),
        changes=Value(allows(view, at.roles, binding.role, CHANGES, CHANGING), binding.seen),
        own_account=Value(False, binding.seen),
    )


def allows(view: View, roles: Index, role: Any, those: frozenset[str], permissions: tuple[str, ...]) -> bool | Unknown:
    """Whether a role sends, or receives: one of the service's own, or a custom one that lists its permissions here."""
    if isinstance(role, str) and role.startswith("roles/"):
        if role in SENDS | RECEIVES | CHANGES | _NEITHER:
            return role in those
        return Unknown(f"whether {role} sends or receives messages", "bind a role of the service instead", view.location)
    listed = listed_permissions(view, role, roles)
    if isinstance(listed, Unknown):
        return listed
    return any(permission in permissions for permission in listed) or open_permission(listed) or False
