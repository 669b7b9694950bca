"""Security Command Center in Terraform, by either version of its API.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/scc_project_notification_config,
.../scc_notification_config, .../scc_folder_notification_config, .../scc_v2_project_notification_config
"""

from __future__ import annotations

from assay.scanner.facts.audit.posture.google import NotificationAt, notification, subscriptions
from assay.scanner.facts.audit.posture.kinds import PostureService
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Index, Link

_NOTIFICATIONS = (
    "google_scc_notification_config",
    *(f"google_scc_{level}_notification_config" for level in ("project", "folder")),
    *(f"google_scc_v2_{level}_notification_config" for level in ("project", "folder", "organization")),
)
READERS = (
    Reader(
        PostureService,
        _NOTIFICATIONS,
        notification,
        NotificationAt(
            name="config_id",
            topic=Link("pubsub_topic", ("google_pubsub_topic",)),
            filter="streaming_config.filter",
            subscribers=Index(("google_pubsub_subscription",), subscriptions),
        ),
    ),
)
