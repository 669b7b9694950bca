"""Messaging of AWS in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sqs_queue"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.references import terraform_key
from assay.scanner.facts.messaging.change_streams import TableAt, table
from assay.scanner.facts.messaging.channels import ChannelAt, channel
from assay.scanner.facts.messaging.deliveries import DeliveryAt, dead_letters, delivery
from assay.scanner.facts.messaging.kinds import ChangeStream, Delivery, MessageChannel, MessageStore
from assay.scanner.facts.messaging.stores import StoreAt, store
from assay.scanner.facts.spelling import Link, Many, One, Referrer

_IDENTITIES = Link("", ("aws_iam_role", "aws_iam_user", "aws_sns_topic", "aws_s3_bucket", "aws_cloudwatch_event_rule"))
_BUS = "event_bus_name"

_QUEUE = ChannelAt(
    name="name",
    names=("url", "id"),
    identities=_IDENTITIES,
    policy="policy",
    policies=One("aws_sqs_queue_policy", "queue_url", "policy"),
)
_TOPIC = ChannelAt(
    name="name", names=("arn",), identities=_IDENTITIES, policy="policy", policies=One("aws_sns_topic_policy", "arn", "policy")
)
# Policies and permissions without a bus are of the default one, which every account has.
_EVENT_BUS = ChannelAt(
    name="name",
    names=("name",),
    identities=_IDENTITIES,
    policies=One("aws_cloudwatch_event_bus_policy", _BUS, "policy", unsaid="default"),
    statements=(Many("aws_cloudwatch_event_permission", _BUS, unsaid="default"),),
    parts=("principal", "action", "condition.type", "condition.key", "condition.value"),
)
_STREAM = ChannelAt(
    name="name",
    names=("arn",),
    identities=_IDENTITIES,
    policies=Many("aws_kinesis_resource_policy", "resource_arn", "policy", through=(("aws_kinesis_stream_consumer", "stream_arn"),)),
)
_STORES = {
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html
    "aws_sqs_queue": StoreAt(name="name", key=terraform_key("kms_master_key_id"), switch="sqs_managed_sse_enabled"),
    "aws_sns_topic": StoreAt(name="name", key=terraform_key("kms_master_key_id"), by_default=False),
    "aws_cloudwatch_event_bus": StoreAt(name="name", key=terraform_key("kms_key_identifier")),
    "aws_scheduler_schedule": StoreAt(name="name", key=terraform_key("kms_key_arn")),
    "aws_kinesis_stream": StoreAt(name="name", key=terraform_key("kms_key_id"), type="encryption_type"),
}
_ON_FAILURE = "destination_config.on_failure.destination_arn"
_DEAD_LETTERS = dead_letters(
    {
        "aws_cloudwatch_event_target": ("dead_letter_config.arn",),
        "aws_scheduler_schedule": ("target.dead_letter_config.arn",),
        "aws_lambda_event_source_mapping": (_ON_FAILURE,),
        "aws_lambda_function": ("dead_letter_config.target_arn",),
        "aws_lambda_function_event_invoke_config": ("destination_config.on_failure.destination",),
        "aws_cloudwatch_event_bus": ("dead_letter_config.arn",),
    },
    {"aws_sqs_queue": "redrive_policy", "aws_sqs_queue_redrive_policy": "redrive_policy", "aws_sns_topic_subscription": "redrive_policy"},
)
_STREAMS = (
    "aws_sqs_queue", "aws_mq_broker", "aws_kinesis_stream", "aws_kinesis_stream_consumer", "aws_dynamodb_table", "aws_msk_cluster",
    "aws_msk_serverless_cluster", "aws_docdb_cluster",
)  # fmt: skip
_DELIVERIES = {
    "aws_sqs_queue": DeliveryAt(
        name="name",
        names=("url", "id"),
        redrive=("redrive_policy", One("aws_sqs_queue_redrive_policy", "queue_url", "redrive_policy")),
        dead_letters=_DEAD_LETTERS,
        admits=("redrive_allow_policy", One("aws_sqs_queue_redrive_allow_policy", "queue_url")),
    ),
    "aws_sns_topic_subscription": DeliveryAt(redrive="redrive_policy", protocol="protocol", name="endpoint"),
    "aws_cloudwatch_event_target": DeliveryAt(target="dead_letter_config.arn", name="target_id|rule"),
    "aws_scheduler_schedule": DeliveryAt(target="target.dead_letter_config.arn", name="name"),
    "aws_lambda_event_source_mapping": DeliveryAt(target=_ON_FAILURE, source=Link("event_source_arn", _STREAMS), name="function_name"),
}
# The stream of a replica is looked up in its region.
_CHANGES = TableAt(
    name="name",
    names=("name",),
    on="stream_enabled",
    view_type="stream_view_type",
    mappings=Referrer("aws_lambda_event_source_mapping", "event_source_arn", through=(("data.aws_dynamodb_table", "name"),)),
    function="function_name",
    enabled="enabled",
)
READERS = (
    Reader(ChangeStream, ("aws_dynamodb_table",), table, _CHANGES),
    *(Reader(Delivery, (type_,), delivery, at) for type_, at in _DELIVERIES.items()),
    *(Reader(MessageStore, (type_,), store, at) for type_, at in _STORES.items()),
    Reader(MessageChannel, ("aws_sqs_queue",), channel, _QUEUE),
    Reader(MessageChannel, ("aws_sns_topic",), channel, _TOPIC),
    Reader(MessageChannel, ("aws_cloudwatch_event_bus",), channel, _EVENT_BUS),
    Reader(MessageChannel, ("aws_kinesis_stream",), channel, _STREAM),
)
