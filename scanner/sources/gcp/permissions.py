"""The permissions that a plan needs, computed from its methods."""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.gcp.plan import AssetPlan

USE_QUOTA = "serviceusage.services.use"
"""Every call needs it on the quota project: https://cloud.google.com/asset-inventory/docs/roles-permissions"""


def role(plan: AssetPlan, parent: str, export: bool) -> dict[str, Any]:
    """A custom role with exactly what is needed, as `gcloud iam roles create --file` takes it.

    https://cloud.google.com/iam/docs/reference/rest/v1/projects.roles
    """
    permissions = sorted({USE_QUOTA, *(method.permission for method in plan.methods(parent, export))})
    return {
        "title": "Assay audit",
        "description": f"Reads the asset inventory of {parent}; changes nothing and reads no data",
        "stage": "GA",
        "includedPermissions": permissions,
    }
