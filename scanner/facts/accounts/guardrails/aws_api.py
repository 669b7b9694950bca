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
POLICIES = Listing(
    "organizations.policy",
    Call("organizations", "ListPolicies", (("Filter", f"={SERVICE_CONTROL}"),)),
    entries="Policies",
    id="Arn",
    everywhere=True,
    gone=("PolicyNotFoundException",),
    details=(CONTENT,),
)
TARGETS = Listing(
    "organizations.policy_target",
    Call("organizations", "ListTargetsForPolicy", (("PolicyId", "Id"),)),
    entries="Targets",
    id="{PolicyArn}/{TargetId}",
    everywhere=True,
    parent=POLICIES.type,
    known=(("PolicyArn", "Arn"),),
)
LISTINGS = (POLICIES, TARGETS)


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
