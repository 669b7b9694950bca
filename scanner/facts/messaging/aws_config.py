"""Queues, topics and streams in AWS Config: their attributes, as the calls give them.

https://github.com/awslabs/aws-config-resource-schema, `AWS::SQS::Queue`, `AWS::SNS::Topic`, `AWS::Kinesis::Stream`. A policy that
an item lacks is not known.
"""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.sources.aws.recorded import ConfigurationItem, Recorded


def _attributes(item: ConfigurationItem, *texts: str) -> dict[str, Any]:
    """The attributes; policies are texts in an answer, and may be objects in an item."""
    fields = item.fields("KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds")
    for name in texts:
        if isinstance(policy := fields.get(name), dict):
            fields[name] = msgspec.json.encode(policy).decode()
    return {"Attributes": fields}


def _queue(item: ConfigurationItem) -> dict[str, Any]:
    name, url = item.arn.rpartition(":")[2], item.configuration.get("QueueUrl")
    return {"value": url if isinstance(url, str) and url.endswith(f"/{name}") else name or item.name}


def _queue_attributes(item: ConfigurationItem) -> dict[str, Any]:
    told = _attributes(item, "Policy", "RedrivePolicy", "RedriveAllowPolicy")
    told["Attributes"]["QueueArn"] = told["Attributes"].get("QueueArn") if isinstance(told["Attributes"].get("QueueArn"), str) else item.arn
    return told


def _queue_tags(item: ConfigurationItem) -> Any:
    return {"Tags": item.tags} if isinstance(item.tags, dict) else None


QUEUE = Recorded("AWS::SQS::Queue", _queue, (("get_queue_attributes", _queue_attributes), ("list_queue_tags", _queue_tags)))
TOPIC = Recorded(
    "AWS::SNS::Topic",
    lambda item: {"TopicArn": item.configuration.get("TopicArn") or item.arn},
    (("get_topic_attributes", lambda item: _attributes(item, "Policy")),),
)


def _stream(item: ConfigurationItem) -> dict[str, Any]:
    return {"StreamName": item.configuration.get("Name") or item.name, "StreamARN": item.configuration.get("Arn") or item.arn}


def _summary(item: ConfigurationItem) -> Any:
    """As CloudFormation has it. One without an encryption tells nothing of it."""
    fields = item.fields()
    encryption = item.configuration.get("StreamEncryption")
    if isinstance(encryption, dict):
        fields |= {"EncryptionType": encryption.get("EncryptionType"), "KeyId": encryption.get("KeyId")}
    return {"StreamDescriptionSummary": fields | _stream(item)}


STREAM = Recorded("AWS::Kinesis::Stream", _stream, (("describe_stream_summary", _summary),))
