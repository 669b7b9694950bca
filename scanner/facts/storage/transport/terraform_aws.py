"""Policies in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_policy"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import One
from assay.scanner.facts.storage.transport.kinds import TransportPolicy
from assay.scanner.facts.storage.transport.policies import TransportAt, bucket, control_policies, queue, topic

_ABOVE = control_policies("aws_organizations_policy", "type", "content")
READERS = (
    Reader(
        TransportPolicy,
        ("aws_s3_bucket",),
        bucket,
        TransportAt(
            name="bucket", names=("bucket", "id"), policy="policy", policies=One("aws_s3_bucket_policy", "bucket", "policy"), above=_ABOVE
        ),
    ),
    Reader(
        TransportPolicy,
        ("aws_sqs_queue",),
        queue,
        TransportAt(
            name="name", names=("id", "url"), policy="policy", policies=One("aws_sqs_queue_policy", "queue_url", "policy"), above=_ABOVE
        ),
    ),
    Reader(
        TransportPolicy,
        ("aws_sns_topic",),
        topic,
        TransportAt(name="name", names=("arn",), policy="policy", policies=One("aws_sns_topic_policy", "arn", "policy")),
    ),
)
