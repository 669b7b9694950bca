"""Policies in the live account. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.messaging.aws_api import QUEUES, TOPICS
from assay.scanner.facts.storage.aws_api import BUCKETS
from assay.scanner.facts.storage.transport.kinds import TransportPolicy
from assay.scanner.facts.storage.transport.policies import TransportAt, bucket, queue, topic

_QUEUE = "get_queue_attributes.Attributes"
READERS = (
    Reader(TransportPolicy, (BUCKETS.type,), bucket, TransportAt(name="Name", names=("Name",), policy="get_bucket_policy.Policy")),
    Reader(
        TransportPolicy,
        (QUEUES.type,),
        queue,
        TransportAt(name=f"{_QUEUE}.QueueArn", policy=f"{_QUEUE}.Policy"),
    ),
    Reader(TransportPolicy, (TOPICS.type,), topic, TransportAt(name="TopicArn", policy="get_topic_attributes.Attributes.Policy")),
)
