"""Policies in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucketpolicy.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import One
from assay.scanner.facts.storage.transport.kinds import TransportPolicy
from assay.scanner.facts.storage.transport.policies import TransportAt, bucket, control_policies, queue, topic

_POLICY = "PolicyDocument"
_ABOVE = control_policies("AWS::Organizations::Policy", "Type", "Content")
READERS = (
    Reader(
        TransportPolicy,
        ("AWS::S3::Bucket",),
        bucket,
        TransportAt(name="BucketName", names=("BucketName",), policies=One("AWS::S3::BucketPolicy", "Bucket", _POLICY), above=_ABOVE),
    ),
    Reader(
        TransportPolicy,
        ("AWS::SQS::Queue",),
        queue,
        TransportAt(
            name="QueueName",
            policies=(One("AWS::SQS::QueuePolicy", "Queues", _POLICY), One("AWS::SQS::QueueInlinePolicy", "Queue", _POLICY)),
            above=_ABOVE,
        ),
    ),
    Reader(
        TransportPolicy,
        ("AWS::SNS::Topic",),
        topic,
        TransportAt(
            name="TopicName",
            policies=(One("AWS::SNS::TopicPolicy", "Topics", _POLICY), One("AWS::SNS::TopicInlinePolicy", "TopicArn", _POLICY)),
        ),
    ),
)
