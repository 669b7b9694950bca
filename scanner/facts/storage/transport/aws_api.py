"""Policies in the live account. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.storage.aws_api import BUCKETS
from assay.scanner.facts.storage.transport.kinds import TransportPolicy
from assay.scanner.facts.storage.transport.policies import TransportAt, bucket, queue, topic
from assay.scanner.sources.aws.calls import Call, Listing

QUEUE_ATTRIBUTES = Call("sqs", "GetQueueAttributes", (("QueueUrl", "value"), ("AttributeNames", '=["All"]')))
QUEUES = Listing(
    "sqs.queue",
    Call("sqs", "ListQueues", page_size=1000),
    entries="QueueUrls",
    id="arn:{partition}:sqs:{region}:{account}:{last}",
    gone=("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
    details=(QUEUE_ATTRIBUTES,),
)
TOPIC_ATTRIBUTES = Call("sns", "GetTopicAttributes", (("TopicArn", "TopicArn"),))
TOPICS = Listing("sns.topic", Call("sns", "ListTopics"), entries="Topics", id="TopicArn", gone=("NotFound",), details=(TOPIC_ATTRIBUTES,))
LISTINGS = (QUEUES, TOPICS)
_QUEUE = "get_queue_attributes.Attributes"
READERS = (
    Reader(TransportPolicy, (BUCKETS.type,), bucket, TransportAt(name="Name", names=("Name",), policy="get_bucket_policy.Policy")),
    Reader(
        TransportPolicy,
        (QUEUES.type,),
        queue,
        TransportAt(name="get_queue_attributes.Attributes.QueueArn", policy="get_queue_attributes.Attributes.Policy"),
    ),
    Reader(TransportPolicy, (TOPICS.type,), topic, TransportAt(name="TopicArn", policy="get_topic_attributes.Attributes.Policy")),
)
