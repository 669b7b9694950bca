"""Policies of an organisation in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-organizations-policy.html
"""

from __future__ import annotations

from assay.scanner.facts.accounts.guardrails.aws import PolicyAt, policy
from assay.scanner.facts.accounts.guardrails.kinds import Guardrail
from assay.scanner.facts.catalogue import Reader

READERS = (
    Reader(
        Guardrail,
        ("AWS::Organizations::Policy",),
        policy,
        PolicyAt(name="Name", type="Type", content="Content", attached="TargetIds"),
        always=False,
    ),
)
