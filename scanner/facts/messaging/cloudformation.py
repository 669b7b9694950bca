"""Messaging in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queuepolicy.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.references import template_key
from assay.scanner.facts.messaging.change_streams import TableAt, table
from assay.scanner.facts.messaging.channels import ChannelAt, channel
from assay.scanner.facts.messaging.deliveries import DeliveryAt, dead_letters, delivery, inline
from assay.scanner.facts.messaging.kinds import ChangeStream, Delivery, MessageChannel, MessageStore
from assay.scanner.facts.messaging.stores import StoreAt, store
from assay.scanner.facts.spelling import Link, Many, One, Referrer

_IDENTITIES = Link("", ("AWS::IAM::Role", "AWS::IAM::User", "AWS::SNS::Topic", "AWS::S3::Bucket", "AWS::Events::Rule"))
_POLICY = "PolicyDocument"

_QUEUE = ChannelAt(
    name="QueueName",
    identities=_IDENTITIES,
    policies=(One("AWS::SQS::QueuePolicy", "Queues", _POLICY), One("AWS::SQS::QueueInlinePolicy", "Queue", _POLICY)),
)
_TOPIC = ChannelAt(
    name="TopicName",
    identities=_IDENTITIES,
    policies=(One("AWS::SNS::TopicPolicy", "Topics", _POLICY), One("AWS::SNS::TopicInlinePolicy", "TopicArn", _POLICY)),
)
_EVENT_BUS = ChannelAt(
    name="Name",
    names=("Name",),
    identities=_IDENTITIES,
    policy="Policy",
    statements=(Many("AWS::Events::EventBusPolicy", "EventBusName", unsaid="default"),),
    statement="Statement",
    parts=("Principal", "Action", "Condition.Type", "Condition.Key", "Condition.Value"),
)
_STREAM = ChannelAt(
    name="Name",
    identities=_IDENTITIES,
    policies=Many(
        "AWS::Kinesis::ResourcePolicy", "ResourceArn", "ResourcePolicy", through=(("AWS::Kinesis::StreamConsumer", "StreamARN"),)
    ),
)
_STORES = {
    "AWS::SQS::Queue": StoreAt(name="QueueName", key=template_key("KmsMasterKeyId"), switch="SqsManagedSseEnabled"),
    "AWS::SNS::Topic": StoreAt(name="TopicName", key=template_key("KmsMasterKeyId"), by_default=False),
    "AWS::Events::EventBus": StoreAt(name="Name", key=template_key("KmsKeyIdentifier")),
    "AWS::Scheduler::Schedule": StoreAt(name="Name", key=template_key("KmsKeyArn")),
    "AWS::Kinesis::Stream": StoreAt(name="Name", key=template_key("StreamEncryption.KeyId"), type="StreamEncryption.EncryptionType"),
}
_ON_FAILURE = "DestinationConfig.OnFailure.Destination"
_DEAD_LETTERS = dead_letters(
    {
        "AWS::Events::Rule": ("Targets[].DeadLetterConfig.Arn",),
        "AWS::Scheduler::Schedule": ("Target.DeadLetterConfig.Arn",),
        "AWS::Lambda::EventSourceMapping": (_ON_FAILURE,),
        "AWS::Lambda::Function": ("DeadLetterConfig.TargetArn",),
        "AWS::Lambda::EventInvokeConfig": (_ON_FAILURE,),
        "AWS::Events::EventBus": ("DeadLetterConfig.Arn",),
    },
    {"AWS::SQS::Queue": "RedrivePolicy", "AWS::SNS::Subscription": "RedrivePolicy"},
)
_STREAMS = (
    "AWS::SQS::Queue", "AWS::AmazonMQ::Broker", "AWS::Kinesis::Stream", "AWS::Kinesis::StreamConsumer", "AWS::DynamoDB::Table",
    "AWS::DynamoDB::GlobalTable", "AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster", "AWS::DocDB::DBCluster",
)  # fmt: skip
_DELIVERIES = {
    "AWS::SQS::Queue": DeliveryAt(name="QueueName", redrive="RedrivePolicy", dead_letters=_DEAD_LETTERS, admits="RedriveAllowPolicy"),
    "AWS::SNS::Subscription": DeliveryAt(redrive="RedrivePolicy", protocol="Protocol", name="Endpoint"),
    "AWS::Events::Rule": DeliveryAt(targets="Targets", target="DeadLetterConfig.Arn", name="Name"),
    "AWS::Scheduler::Schedule": DeliveryAt(target="Target.DeadLetterConfig.Arn", name="Name"),
    "AWS::Lambda::EventSourceMapping": DeliveryAt(target=_ON_FAILURE, source=Link("EventSourceArn", _STREAMS), name="FunctionName"),
}
_CHANGES = TableAt(
    name="TableName",
    view_type="StreamSpecification.StreamViewType",
    mappings=Referrer("AWS::Lambda::EventSourceMapping", "EventSourceArn"),
    function="FunctionName",
    enabled="Enabled",
)
READERS = (
    Reader(ChangeStream, ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"), table, _CHANGES),
    *(Reader(Delivery, (type_,), delivery, at) for type_, at in _DELIVERIES.items()),
    Reader(Delivery, ("AWS::SNS::Topic",), inline, DeliveryAt(targets="Subscription", protocol="Protocol", name="TopicName"), always=False),
    *(Reader(MessageStore, (type_,), store, at) for type_, at in _STORES.items()),
    Reader(MessageChannel, ("AWS::SQS::Queue",), channel, _QUEUE),
    Reader(MessageChannel, ("AWS::SNS::Topic",), channel, _TOPIC),
    Reader(MessageChannel, ("AWS::Events::EventBus",), channel, _EVENT_BUS),
    Reader(MessageChannel, ("AWS::Kinesis::Stream",), channel, _STREAM),
)
