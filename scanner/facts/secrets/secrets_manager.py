"""Secrets Manager: what its settings mean, however an input writes them."""

from __future__ import annotations

import re
from typing import Any

from assay.scanner.facts import policies
from assay.scanner.facts.base import Companions, Stack
from assay.scanner.facts.secrets.kinds import SecretCopy
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Unknown, Value, gather


def namesakes(item: Item, name: str, stack: Stack, home: Unknown) -> list[Any]:
    """Secrets of the same name: CI/CD may copy a secret to each region instead of replicating it. `name`: the attribute that names it."""
    same = stack.namesakes(item, name)
    return [doubt or SecretCopy(region=each.region.default(home), encryption_key=Value(None)) for each, doubt in same]


def replicated(regions: list[Any], item: Item) -> Value[bool]:
    unknown = next((region for region in regions if isinstance(region, Unknown)), None)
    more = len([region for region in regions if not isinstance(region, Unknown)]) > 1
    return Value(True if more else unknown or False, (item.location(),))


def grants(item: Item, documents: list[Value[Any]], attached: Companions) -> Value[list[Any]]:
    """What the resource policies grant."""
    account = item.account.data if isinstance(item.account.data, str) else None
    more: list[Value[Any]] = [Value(attached.more)] if attached.more and not attached.nodes else []
    return gather([*[policies.aws_grants(document, account) for document in documents], *more])


def rotation_days(days: Value[Any], schedule: Value[Any]) -> Value[Any]:
    """Days between rotations, by their number or by the schedule expression."""
    rules = days.number()
    return rules if not rules.absent else schedule.text().then(schedule_days)


def schedule_days(expression: Any) -> float | Unknown | None:
    """Days between runs of `rate(30 days)`. https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html"""
    if not expression:
        return None
    match = re.fullmatch(r"rate\((\d+) (hour|day)s?\)", str(expression).strip())
    if match:
        return int(match[1]) / (24 if match[2] == "hour" else 1)
    return Unknown(f"how often {expression} runs is not evaluated", "use rate(… days) or automatically_after_days")
