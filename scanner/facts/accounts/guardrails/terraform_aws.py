"""Policies of an organisation in Terraform.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/organizations_policy, .../organizations_policy_attachment
"""

from __future__ import annotations

from assay.scanner.facts.accounts.guardrails.aws import PolicyAt, policy
from assay.scanner.facts.accounts.guardrails.kinds import Guardrail
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Referrer

READERS = (
    Reader(
        Guardrail,
        ("aws_organizations_policy",),
        policy,
        PolicyAt(
            name="name",
            type="type",
            content="content",
            attached=Referrer("aws_organizations_policy_attachment", "policy_id", generated=(("aws_organizations_policy", "policy_id"),)),
        ),
        always=False,
    ),
)
