"""Schedules of Google by their REST resources. https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.messaging.triggers.google import JobAt, PushAt, TokenAt, job, push
from assay.scanner.facts.messaging.triggers.kinds import Trigger
from assay.scanner.facts.spelling import Link

READERS = (
    Reader(
        Trigger,
        ("cloudscheduler.googleapis.com/Job",),
        job,
        JobAt(
            schedule="schedule",
            state="state",
            http="httpTarget",
            pubsub="pubsubTarget",
            app_engine="appEngineHttpTarget",
            token=TokenAt(url="uri", oidc="oidcToken", oauth="oauthToken", account="serviceAccountEmail"),
            topic=Link("topicName", ("pubsub.googleapis.com/Topic",)),
            status="status.code",
        ),
    ),
    Reader(
        Trigger,
        ("pubsub.googleapis.com/Subscription",),
        push,
        PushAt(
            push="pushConfig",
            token=TokenAt(url="pushEndpoint", oidc="oidcToken", account="serviceAccountEmail"),
            detached="detached",
            state="state",
        ),
        always=False,
    ),
)
