"""Cloud Asset Inventory in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_asset_organization_feed, .../google_project_service
"""

from __future__ import annotations

from assay.scanner.facts.audit.recorders.google import FeedAt, ServiceAt, feed, service
from assay.scanner.facts.audit.recorders.kinds import ChangeRecord
from assay.scanner.facts.catalogue import Reader

_FEEDS = tuple(f"google_cloud_asset_{level}_feed" for level in ("project", "folder", "organization"))
READERS = (
    Reader(ChangeRecord, _FEEDS, feed, FeedAt(name="feed_id", content="content_type")),
    Reader(ChangeRecord, ("google_project_service",), service, ServiceAt(service="service"), always=False),
)
