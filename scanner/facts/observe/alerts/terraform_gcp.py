"""Alert policies in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/monitoring_alert_policy,
.../monitoring_notification_channel
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.alerts.google import PolicyAt, policy
from assay.scanner.facts.observe.alerts.kinds import Alert
from assay.scanner.facts.spelling import Link

TYPE = "google_monitoring_alert_policy"
POLICY = PolicyAt(name="display_name", channels=Link("notification_channels", ("google_monitoring_notification_channel",)), verified="")
READERS = (Reader(Alert, (TYPE,), policy, POLICY),)
