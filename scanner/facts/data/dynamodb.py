"""DynamoDB: what its settings mean, however an input writes them."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack
from assay.scanner.facts.keys._old import key_ref
from assay.scanner.sources.values import Value


def own_key(enabled: Value[Any], key: Value[Any], stack: Stack) -> Value[Any]:
    """Without the setting an AWS-owned key; with it but no key, the AWS-managed alias/aws/dynamodb.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html
    """
    switched = enabled.default(False).truth()
    if switched.unknown or not switched.data:
        return Value(switched.unknown, switched.seen)
    return key_ref(key.default("alias/aws/dynamodb"), stack)


def recovery_days(enabled: Value[bool], period: Value[Any]) -> Value[Any]:
    """35 days unless a period is given: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html"""
    days = period.default(35).number()
    return enabled.then(lambda on: days.data if on else None)
