"""Messaging in the live account. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.aws_api import TABLES
from assay.scanner.facts.data.aws_api import TAGS as TABLE_TAGS
from assay.scanner.facts.iam.aws_api import ROLES, USERS
from assay.scanner.facts.keys.aws_api import live_key
from assay.scanner.facts.messaging import aws_config
from assay.scanner.facts.messaging.change_streams import TableAt, mappings_by_table, table
from assay.scanner.facts.messaging.channels import ChannelAt, channel
from assay.scanner.facts.messaging.deliveries import DeliveryAt, dead_letters, delivery
from assay.scanner.facts.messaging.kinds import ChangeStream, Delivery, MessageChannel, MessageStore
from assay.scanner.facts.messaging.stores import StoreAt, store
from assay.scanner.facts.spelling import Index, Link, Many
from assay.scanner.sources.aws.calls import Call, Listing

QUEUE_ATTRIBUTES = Call("sqs", "GetQueueAttributes", (("QueueUrl", "value"), ("AttributeNames", '=["All"]')))
QUEUE_TAGS = Call("sqs", "ListQueueTags", (("QueueUrl", "value"),), may_be_empty=True)
QUEUES = Listing(
    "sqs.queue",
    Call("sqs", "ListQueues", page_size=1000),
    entries="QueueUrls",
    id="arn:{partition}:sqs:{region}:{account}:{last}",
    gone=("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
    details=(QUEUE_ATTRIBUTES, QUEUE_TAGS),
    recorded=aws_config.QUEUE,
)
TOPIC_ATTRIBUTES = Call("sns", "GetTopicAttributes", (("TopicArn", "TopicArn"),))
TOPICS = Listing(
    "sns.topic",
    Call("sns", "ListTopics"),
    entries="Topics",
    id="TopicArn",
    gone=("NotFound",),
    details=(TOPIC_ATTRIBUTES,),
    recorded=aws_config.TOPIC,
)
DESCRIBE_BUS = Call("events", "DescribeEventBus", (("Name", "Name"),))
BUSES = Listing(
    "events.bus",
    Call("events", "ListEventBuses", marker=("NextToken", "NextToken")),
    entries="EventBuses",
    id="Arn",
    gone=("ResourceNotFoundException",),
    details=(DESCRIBE_BUS,),
)
RULES = Listing(
    "events.rule",
    Call("events", "ListRules", (("EventBusName", "Name"),), page_size=100),
    entries="Rules",
    id="Arn",
    parent=BUSES.type,
    gone=("ResourceNotFoundException",),
)
EVENT_TARGETS = Listing(
    "events.target",
    Call("events", "ListTargetsByRule", (("Rule", "Name"), ("EventBusName", "EventBusName")), page_size=100),
    entries="Targets",
    id="{RuleArn} {Id}",
    parent=RULES.type,
    known=(("RuleArn", "Arn"),),
)
# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetResourcePolicy.html: of a stream without one `{}`
STREAM_POLICY = Call("kinesis", "GetResourcePolicy", (("ResourceARN", "StreamARN"),), may_be_empty=True)
DESCRIBE_STREAM = Call("kinesis", "DescribeStreamSummary", (("StreamARN", "StreamARN"),))
STREAMS = Listing(
    "kinesis.stream",
    Call("kinesis", "ListStreams", page_size=100),
    entries="StreamSummaries",
    id="StreamARN",
    gone=("ResourceNotFoundException",),
    details=(STREAM_POLICY, DESCRIBE_STREAM),
    recorded=aws_config.STREAM,
)
CONSUMER_POLICY = Call("kinesis", "GetResourcePolicy", (("ResourceARN", "ConsumerARN"),), may_be_empty=True)
CONSUMERS = Listing(
    "kinesis.consumer",
    Call("kinesis", "ListStreamConsumers", (("StreamARN", "StreamARN"),), page_size=100),
    entries="Consumers",
    id="ConsumerARN",
    parent=STREAMS.type,
    known=(("StreamARN", "StreamARN"),),
    gone=("ResourceNotFoundException",),
    details=(CONSUMER_POLICY,),
)
GET_SCHEDULE = Call("scheduler", "GetSchedule", (("Name", "Name"), ("GroupName", "GroupName")))
SCHEDULES = Listing(
    "scheduler.schedule",
    Call("scheduler", "ListSchedules", page_size=100),
    entries="Schedules",
    id="Arn",
    gone=("ResourceNotFoundException",),
    details=(GET_SCHEDULE,),
)
# A subscription that nobody confirmed has no ARN yet: https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptions.html
SUBSCRIPTION = Call("sns", "GetSubscriptionAttributes", (("SubscriptionArn", "SubscriptionArn"),), absent=("InvalidParameter",))
SUBSCRIPTIONS = Listing(
    "sns.subscription",
    Call("sns", "ListSubscriptions"),
    entries="Subscriptions",
    id="SubscriptionArn",
    gone=("NotFound",),
    details=(SUBSCRIPTION,),
)
MAPPINGS = Listing(
    "lambda.event_source_mapping",
    Call("lambda", "ListEventSourceMappings", page_size=100),
    entries="EventSourceMappings",
    id="EventSourceMappingArn",
    joined_across_regions=True,
)
LISTINGS = (QUEUES, TOPICS, BUSES, RULES, EVENT_TARGETS, STREAMS, CONSUMERS, SCHEDULES, SUBSCRIPTIONS, MAPPINGS)
_IDENTITIES = Link("", (ROLES.type, USERS.type))

_QUEUE, _TOPIC = "get_queue_attributes.Attributes", "get_topic_attributes.Attributes"
_STREAM = "describe_stream_summary.StreamDescriptionSummary"
_STORES = {
    QUEUES.type: StoreAt(key=live_key(f"{_QUEUE}.KmsMasterKeyId"), switch=f"{_QUEUE}.SqsManagedSseEnabled", by_default=False),
    TOPICS.type: StoreAt(key=live_key(f"{_TOPIC}.KmsMasterKeyId"), by_default=False),
    SCHEDULES.type: StoreAt(name="Name", key=live_key("get_schedule.KmsKeyArn")),
    STREAMS.type: StoreAt(name="StreamName", key=live_key(f"{_STREAM}.KeyId"), type=f"{_STREAM}.EncryptionType"),
}
_SCHEDULE_TARGET = "get_schedule.Target.DeadLetterConfig.Arn"
_ON_FAILURE = "DestinationConfig.OnFailure.Destination"
_DEAD_LETTERS = dead_letters(
    {
        EVENT_TARGETS.type: ("DeadLetterConfig.Arn",),
        SCHEDULES.type: (_SCHEDULE_TARGET,),
        MAPPINGS.type: (_ON_FAILURE,),
    },
    {QUEUES.type: f"{_QUEUE}.RedrivePolicy", SUBSCRIPTIONS.type: "get_subscription_attributes.Attributes.RedrivePolicy"},
    calls=(GET_SCHEDULE.name, QUEUE_ATTRIBUTES.name, SUBSCRIPTION.name),
)
_DELIVERIES = {
    QUEUES.type: DeliveryAt(
        redrive=f"{_QUEUE}.RedrivePolicy", dead_letters=_DEAD_LETTERS, admits=f"{_QUEUE}.RedriveAllowPolicy", tags=QUEUE_TAGS.name
    ),
    SUBSCRIPTIONS.type: DeliveryAt(
        name="Endpoint",
        redrive="get_subscription_attributes.Attributes.RedrivePolicy",
        protocol="Protocol",
        confirmed="SubscriptionArn",
    ),
    EVENT_TARGETS.type: DeliveryAt(name="Id", target="DeadLetterConfig.Arn", managed=Link("RuleArn", (RULES.type,))),
    SCHEDULES.type: DeliveryAt(name="Name", target=_SCHEDULE_TARGET),
    MAPPINGS.type: DeliveryAt(name="FunctionArn", target=_ON_FAILURE, source="EventSourceArn"),
}
_DESCRIBED = "describe_table.Table"

READERS = (
    Reader(
        ChangeStream,
        (TABLES.type,),
        table,
        TableAt(
            name="value",
            on=f"{_DESCRIBED}.StreamSpecification.StreamEnabled",
            view_type=f"{_DESCRIBED}.StreamSpecification.StreamViewType",
            mappings=mappings_by_table(MAPPINGS.type, "EventSourceArn"),
            function="FunctionArn",
            enabled="State",
            result="LastProcessingResult",
            tables=Index((TABLES.type,), lambda item: [((item["value"].data, item.region.data), item)]),
            copies=f"{_DESCRIBED}.Replicas",
            tags=TABLE_TAGS.name,
        ),
    ),
    *(Reader(Delivery, (type_,), delivery, at) for type_, at in _DELIVERIES.items()),
    *(Reader(MessageStore, (type_,), store, at) for type_, at in _STORES.items()),
    Reader(
        MessageStore,
        (BUSES.type,),
        store,
        StoreAt(name="Name", key=live_key("describe_event_bus.KmsKeyIdentifier"), given="default"),
        always=False,
    ),
    Reader(
        MessageChannel,
        (QUEUES.type,),
        channel,
        ChannelAt(identities=_IDENTITIES, policy=f"{_QUEUE}.Policy"),
    ),
    Reader(
        MessageChannel,
        (TOPICS.type,),
        channel,
        ChannelAt(identities=_IDENTITIES, policy=f"{_TOPIC}.Policy"),
    ),
    Reader(
        MessageChannel,
        (BUSES.type,),
        channel,
        ChannelAt(name="Name", identities=_IDENTITIES, policy="Policy", given="default"),
        always=False,
    ),
    Reader(
        MessageChannel,
        (STREAMS.type,),
        channel,
        ChannelAt(
            name="StreamName",
            names=("StreamARN",),
            identities=_IDENTITIES,
            policy="get_resource_policy.Policy",
            unset="{}",
            parted=Many(CONSUMERS.type, "StreamARN", "get_resource_policy.Policy", calls=(CONSUMER_POLICY.name,)),
        ),
    ),
)
