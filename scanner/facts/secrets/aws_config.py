"""Secrets in AWS Config. Of replicas, policies and of when they rotated there is nothing.

https://github.com/awslabs/aws-config-resource-schema, `AWS::SecretsManager::Secret`
"""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.aws.recorded import AnyCase, ConfigurationItem, Recorded


def _secret(item: ConfigurationItem) -> Any:
    """None of one that is being deleted, which no list has."""
    fields = item.fields("KmsKeyId", "RotationLambdaARN", "RotationRules", "Description", "RotationEnabled")
    if fields.get("Deleted") is True or fields.get("Deleted") == "true":
        return None
    rules = fields.get("RotationRules")
    if isinstance(rules, dict):
        schedule = rules.get("RotationScheduleExpression") or rules.get("ScheduleExpression")
        fields["RotationRules"] = AnyCase({"AutomaticallyAfterDays": rules.get("AutomaticallyAfterDays"), "ScheduleExpression": schedule})
    return fields


SECRET = Recorded("AWS::SecretsManager::Secret", _secret)
