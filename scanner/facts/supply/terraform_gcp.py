"""Workload identity federation in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/iam_workload_identity_pool_provider
"""

from __future__ import annotations

import re
from typing import Any

from scanner.facts.base import Stack, identity, reads
from scanner.facts.google_iam import node_bindings
from scanner.facts.supply.kinds import Federation, Subject
from scanner.facts.supply.subjects import condition_pins
from scanner.sources.interface import Item
from scanner.sources.values import Reference, Text, Unknown, Value, describe

_BINDINGS = tuple(f"google_service_account_iam_{part}" for part in ("member", "binding", "policy"))
_PINNING = re.compile(r"/(?:subject|attribute\.(?:repository|repository_id|sub|project_path|workflow_ref|job_workflow_ref))/[^*]+$")


@reads("google_iam_workload_identity_pool_provider", companions=_BINDINGS)
def provider(item: Item, stack: Stack) -> Federation | None:
    if item["disabled"].default(False).truth().data is True or any(item.blocks(other)[0] for other in ("aws", "saml", "x509")):
        return None
    condition = item["attribute_condition"]
    subjects = [_by_condition(condition, _members(item, stack))]
    return Federation(
        identity=identity(item, name=item["workload_identity_pool_provider_id"]),
        # Without allowed audiences, only the provider's own full name is accepted.
        audience_pinned=Value(True, item["oidc.allowed_audiences"].seen),
        subjects=Value(subjects, condition.seen),
    )


def _by_condition(condition: Value[Any], members: list[Any]) -> Subject:
    """The condition of the provider may pin the repository, or else every binding that uses the pool."""
    pattern: Value[str] = Value(describe(condition.data) if not condition.absent else "*", condition.seen)
    pins: Any = False
    if isinstance(condition.data, str):
        pins = condition_pins(condition.data)
    elif isinstance(condition.data, Text):
        text = "".join(part if isinstance(part, str) else "unknown" for part in condition.data.parts)
        pins = condition_pins(text) and (
            condition.data.unknown or Unknown(f"the condition {condition.data} is known after apply", "scan the plan")
        )
    elif not condition.absent:
        pins = condition.unknown or Unknown("the condition is known after apply", "scan the plan")
    if pins is not True and members and all(member is True for member in members):
        pins, pattern = True, Value("the members of the bindings", condition.seen)
    return Subject(pattern=pattern, scoped=Value(pins, condition.seen))


def _members(item: Item, stack: Stack) -> list[bool]:
    """For every binding in the code that lets identities of the provider's pool act: whether it names a repository."""
    pool = item.link("workload_identity_pool_id").data
    found: list[bool] = []
    for type_ in _BINDINGS:
        for node in stack.of(type_):
            for binding in node_bindings(type_, node):
                if not isinstance(binding, Unknown) and _names_pool(binding.member, pool):
                    text = _flat(binding.member)
                    found.append(bool(_PINNING.search(text)))
    return found


def _flat(member: Any) -> str:
    return "".join(part if isinstance(part, str) else "x" for part in member.parts) if isinstance(member, Text) else str(member)


def _names_pool(member: Any, pool: Any) -> bool:
    if isinstance(member, Text) and isinstance(pool, Reference):
        return any(isinstance(part, Reference) and part.address == pool.address for part in member.parts)
    return isinstance(pool, str) and f"/workloadIdentityPools/{pool}/" in _flat(member)
