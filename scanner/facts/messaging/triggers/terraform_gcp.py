"""Schedules of Google in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_scheduler_job"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.messaging.triggers.google import SERVICES, JobAt, PushAt, TokenAt, job, push
from assay.scanner.facts.messaging.triggers.kinds import Trigger
from assay.scanner.facts.spelling import Link

_ACCOUNTS = (
    "template.service_account",
    "template.spec.service_account_name",
    "service_config.service_account_email",
    "service_account_email",
)
_SERVICES = Link("", SERVICES)
READERS = (
    Reader(
        Trigger,
        ("google_cloud_scheduler_job",),
        job,
        JobAt(
            name="name",
            schedule="schedule",
            paused="paused",
            http="http_target",
            pubsub="pubsub_target",
            app_engine="app_engine_http_target",
            token=TokenAt(
                url="uri",
                oidc="oidc_token",
                oauth="oauth_token",
                account="service_account_email",
                services=_SERVICES,
                service_accounts=_ACCOUNTS,
            ),
            topic=Link("topic_name", ("google_pubsub_topic",)),
        ),
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/pubsub_subscription#nested_push_config
    Reader(
        Trigger,
        ("google_pubsub_subscription",),
        push,
        PushAt(
            name="name",
            push="push_config",
            token=TokenAt(
                url="push_endpoint", oidc="oidc_token", account="service_account_email", services=_SERVICES, service_accounts=_ACCOUNTS
            ),
        ),
        always=False,
    ),
)
