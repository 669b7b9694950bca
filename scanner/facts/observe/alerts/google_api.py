"""Alert policies by their REST resource. https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.alerts.google import CHANNEL, PolicyAt, policy
from assay.scanner.facts.observe.alerts.kinds import Alert
from assay.scanner.facts.spelling import Link

TYPE = "monitoring.googleapis.com/AlertPolicy"
POLICY = PolicyAt(channels=Link("notificationChannels", (CHANNEL,)))
READERS = (Reader(Alert, (TYPE,), policy, POLICY),)
