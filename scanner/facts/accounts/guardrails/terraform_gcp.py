"""Organisation policies in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/org_policy_policy, and of the first API
.../google_organization_policy, .../google_folder_organization_policy, .../google_project_organization_policy
"""

from __future__ import annotations

from assay.scanner.facts.accounts.guardrails.google import PolicyAt, policy
from assay.scanner.facts.accounts.guardrails.kinds import Guardrail
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Fixed

READERS = (
    Reader(
        Guardrail,
        ("google_org_policy_policy",),
        policy,
        PolicyAt(
            name=("name", Fixed(None)),
            constraint="name",
            allowed="values.allowed_values",
            denied="deny_all",
            inherits=("spec.inherit_from_parent",),
        ),
        always=False,
    ),
    Reader(
        Guardrail,
        ("google_organization_policy", "google_folder_organization_policy", "google_project_organization_policy"),
        policy,
        PolicyAt(
            name=("constraint", Fixed(None)),
            constraint="constraint",
            rules=("boolean_policy", "list_policy"),
            enforced="enforced",
            allowed="allow.values",
            denied="deny.all",
            condition="",
            inherits=("list_policy.inherit_from_parent",),
        ),
        always=False,
    ),
)
