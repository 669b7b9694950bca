"""KMS: what its settings mean, however an input writes them."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts import policies
from assay.scanner.facts.keys.references import OUTSIDE
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Value, all_of, gather


def rotatable(spec: Value[Any], usage: Value[Any], own_store: Value[Any]) -> Value[bool]:
    """Only symmetric encryption keys in KMS rotate by themselves: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html"""
    symmetric = spec.default("SYMMETRIC_DEFAULT").equals("SYMMETRIC_DEFAULT")
    return all_of([symmetric, usage.default("ENCRYPT_DECRYPT").equals("ENCRYPT_DECRYPT"), own_store.is_set().negate()])


def rotation_days(enabled: Value[Any], period: Value[Any]) -> Value[Any]:
    """Off unless it is set; 365 days unless a period is given: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html"""
    days = period.default(365).number()
    return enabled.default(False).truth().then(lambda on: days.data if on else None)


def outside(imported: Value[bool], days: Value[Any]) -> Value[Any]:
    """Days between rotations, which are not seen for material that comes from outside."""
    return imported.then(lambda held: OUTSIDE if held else days.data)


def grants(item: Item, documents: list[Value[Any]]) -> Value[list[Any]]:
    """What key policies grant.

    Without one, KMS writes one that lets the account itself: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    account = item.account.data if isinstance(item.account.data, str) else None
    return gather([policies.aws_grants(document, account) for document in documents])
