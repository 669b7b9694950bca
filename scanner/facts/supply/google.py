"""Workload identity federation, whatever input spells it."""

from __future__ import annotations

import re
from typing import Any

from assay.scanner.facts.base import Identity
from assay.scanner.facts.supply.kinds import Federation, Subject
from assay.scanner.facts.supply.subjects import condition_pins
from assay.scanner.sources.values import Text, Unknown, Value, describe

_PINNING = re.compile(r"/(?:subject|attribute\.(?:repository|repository_id|sub|project_path|workflow_ref|job_workflow_ref))/[^*]+$")


def federation(who: Identity, condition: Value[Any], audiences: Value[Any], members: list[Any]) -> Federation:
    """A provider of tokens. `members`: for every binding that lets its identities in, whether it pins a repository, or Unknown."""
    return Federation(
        identity=who,
        # Without allowed audiences, only the provider's own full name is accepted.
        audience_pinned=Value(True, audiences.seen),
        subjects=Value([_by_condition(condition, members)], condition.seen),
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
    elif pins is False and not any(member is False for member in members):
        pins = next((member for member in members if isinstance(member, Unknown)), False)
    return Subject(pattern=pattern, scoped=Value(pins, condition.seen))


def names_repository(member: Any) -> bool:
    """Whether a member of a binding is one repository, or one subject, of a pool."""
    return bool(_PINNING.search(flat(member)))


def flat(member: Any) -> str:
    """A member as text, with something in the place of what is not known."""
    return "".join(part if isinstance(part, str) else "x" for part in member.parts) if isinstance(member, Text) else str(member)
