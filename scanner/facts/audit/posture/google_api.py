"""Notifications by their REST resource.

https://cloud.google.com/security-command-center/docs/reference/rest/v1/organizations.notificationConfigs
"""

from __future__ import annotations

import functools

from assay.scanner.facts.audit.posture.google import NOTIFICATION, NotificationAt, ProjectAt, notification, project, scopes, subscriptions
from assay.scanner.facts.audit.posture.kinds import PostureService
from assay.scanner.facts.bindings import SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Contribution, Link

_SUBSCRIPTIONS = Contribution(
    types=("pubsub.googleapis.com/Subscription",), records=functools.partial(subscriptions, whole=False), name="google.subscribed_topics"
)
READERS = (
    Reader(
        PostureService,
        (NOTIFICATION,),
        notification,
        NotificationAt(
            topic=Link("pubsubTopic", ("pubsub.googleapis.com/Topic",)),
            subscribers=_SUBSCRIPTIONS,
        ),
    ),
    Reader(
        PostureService,
        (SCOPES[0],),
        project,
        ProjectAt(notifications=Contribution(types=(NOTIFICATION,), records=scopes, name="google.notifications")),
        always=False,
    ),
)
