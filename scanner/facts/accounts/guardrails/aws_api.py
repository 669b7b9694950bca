"""Policies of the organisation, which its management account and those that it delegates to can list.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPolicies.html, .../API_DescribePolicy.html,
.../API_ListTargetsForPolicy.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.accounts.guardrails.aws import SERVICE_CONTROL, AccountAt, account
from assay.scanner.facts.accounts.guardrails.kinds import Guardrail
from assay.scanner.facts.accounts.listing import ACCOUNT
from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Index
from assay.scanner.sources.aws.calls import Call, Listing
from assay.scanner.sources.interface import Item

CONTENT = Call("organizations", "DescribePolicy", (("PolicyId", "Id"),))


def _policies(type_: str, kind: str) -> tuple[Listing, Listing]:
    """The policies of a kind, and what they are attached to."""
    policies = Listing(
        type_,
        Call("organizations", "ListPolicies", (("Filter", f"={kind}"),)),
        entries="Policies",
        id="Arn",
        everywhere=True,
        gone=("PolicyNotFoundException",),
        details=(CONTENT,),
    )
    targets = Listing(
        f"{type_}_target",
        Call("organizations", "ListTargetsForPolicy", (("PolicyId", "Id"),)),
        entries="Targets",
        id="{PolicyArn}/{TargetId}",
        everywhere=True,
        parent=policies.type,
        known=(("PolicyArn", "Arn"),),
    )
    return policies, targets


POLICIES, TARGETS = _policies("organizations.policy", SERVICE_CONTROL)
RESOURCE_POLICIES, RESOURCE_TARGETS = _policies("organizations.resource_policy", "RESOURCE_CONTROL_POLICY")
LISTINGS = (POLICIES, TARGETS, RESOURCE_POLICIES, RESOURCE_TARGETS)


def _targets(item: Item) -> Iterator[tuple[Hashable, Any]]:
    policy = item["PolicyArn"].data
    yield policy if isinstance(policy, str) else None, item


READERS = (
    Reader(
        Guardrail,
        (ACCOUNT.type,),
        account,
        AccountAt(
            policies=every(POLICIES.type, calls=(CONTENT.name,)),
            targets=Index((TARGETS.type,), _targets),
            content=f"{CONTENT.name}.Policy.Content",
        ),
    ),
)
