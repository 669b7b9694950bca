"""What a run asks of Google Cloud: asset types and policies, by which methods. live/google.py makes it for the selected controls."""

from __future__ import annotations

import msgspec

from assay.scanner.sources.gcp.inventory import ACCESS_CONTEXT, DENY_POLICY
from assay.scanner.sources.gcp.records import ACCESS_POLICY, IAM_POLICY, RESOURCE


class Method(msgspec.Struct, frozen=True):
    """A method of an API, with what it takes to call it."""

    service: str
    name: str
    permission: str
    roles: tuple[str, ...]
    """Predefined roles that hold the permission."""
    content: str = ""
    """Kind of content that it gives; empty where it gives no assets."""

    @property
    def label(self) -> str:
        """As reports and the ledger name it: `cloudasset.ListAssets`."""
        return f"{self.service}.{self.name}"


_VIEWER = ("roles/cloudasset.viewer", "roles/serviceusage.serviceUsageConsumer")
# https://cloud.google.com/asset-inventory/docs/roles-permissions
LIST_RESOURCES = Method("cloudasset", "ListAssets", "cloudasset.assets.listResource", _VIEWER, RESOURCE)
LIST_POLICIES = Method("cloudasset", "ListAssets", "cloudasset.assets.listIamPolicy", _VIEWER, IAM_POLICY)
SEARCH_POLICIES = Method("cloudasset", "SearchAllIamPolicies", "cloudasset.assets.searchAllIamPolicies", _VIEWER, IAM_POLICY)
EXPORT_RESOURCES = Method("cloudasset", "ExportAssets", "cloudasset.assets.exportResource", _VIEWER, RESOURCE)
EXPORT_POLICIES = Method("cloudasset", "ExportAssets", "cloudasset.assets.exportIamPolicy", _VIEWER, IAM_POLICY)
LIST_PERIMETERS = Method("cloudasset", "ListAssets", "cloudasset.assets.listAccessPolicy", _VIEWER, ACCESS_POLICY)
EXPORT_PERIMETERS = Method("cloudasset", "ExportAssets", "cloudasset.assets.exportAccessPolicy", _VIEWER, ACCESS_POLICY)
# https://cloud.google.com/storage/docs/access-control/iam-json
_OBJECTS = ("roles/storage.objectUser",)
WRITE_EXPORT = Method("storage", "objects.insert", "storage.objects.create", _OBJECTS)
LIST_OBJECTS = Method("storage", "objects.list", "storage.objects.list", _OBJECTS)
GET_OBJECT = Method("storage", "objects.get", "storage.objects.get", _OBJECTS)
# https://cloud.google.com/resource-manager/docs/organization-policy/using-constraints#required-roles
EFFECTIVE_POLICY = Method("orgpolicy", "GetEffectivePolicy", "orgpolicy.policy.get", ("roles/orgpolicy.policyViewer",))

# https://cloud.google.com/iam/docs/deny-access#required-roles
_DENY_REVIEWER = ("roles/iam.denyReviewer",)
LIST_DENY_POLICIES = Method("iam", "ListPolicies", "iam.denypolicies.list", _DENY_REVIEWER)
GET_DENY_POLICY = Method("iam", "GetPolicy", "iam.denypolicies.get", _DENY_REVIEWER)


class AssetPlan(msgspec.Struct, frozen=True):
    """What to ask for."""

    types: tuple[str, ...]
    """Asset types."""
    constraints: tuple[str, ...]
    """Organisation policies, which also hold what is set above the scope of the audit."""

    @property
    def resources(self) -> tuple[str, ...]:
        """The types of which resources and IAM policies are asked for."""
        return tuple(type_ for type_ in self.types if not type_.startswith(ACCESS_CONTEXT) and type_ != DENY_POLICY)

    @property
    def deny_policies(self) -> bool:
        """Whether deny policies are asked for, which are no assets."""
        return DENY_POLICY in self.types

    @property
    def perimeters(self) -> tuple[str, ...]:
        """The types that are content of their own, which only organisations have."""
        return tuple(type_ for type_ in self.types if type_.startswith(ACCESS_CONTEXT))

    def methods(self, parent: str, export: bool) -> list[Method]:
        """Every method that is called for a project, folder or organisation.

        IAM policies of one project are listed, since they are then of the same moment as the resources. Those of more than that are
        searched, which may be done four times as often (https://cloud.google.com/asset-inventory/docs/quota).
        """
        if export:
            methods = [EXPORT_RESOURCES, EXPORT_POLICIES, WRITE_EXPORT, LIST_OBJECTS, GET_OBJECT]
        else:
            methods = [LIST_RESOURCES, LIST_POLICIES if parent.startswith("projects/") else SEARCH_POLICIES]
        if self.perimeters and parent.startswith("organizations/"):
            methods.insert(2, EXPORT_PERIMETERS if export else LIST_PERIMETERS)
        methods += [LIST_DENY_POLICIES, GET_DENY_POLICY] if self.deny_policies else []
        return [*methods, *([EFFECTIVE_POLICY] if self.constraints and not parent.startswith("organizations/") else [])]
