"""Where what AWS cannot deliver goes.

SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html. SNS:
https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html. EventBridge:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html. Its Scheduler:
https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html. Lambda, of streams:
https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Annotated, Any

from assay.scanner.facts.messaging.kinds import Delivery
from assay.scanner.facts.messaging.parties import called
from assay.scanner.facts.spelling import Index, Link, Place, Referrer, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.documents import decode
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.raw import Reference, Unknown, because, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

_CARRY_WORK = ("sqs", "lambda", "http", "https", "firehose")
"""Protocols of SNS by which programs get messages; mail, text messages and push notifications tell people."""
_OF_A_QUEUE = ("sqs", "mq")
"""Services whose messages stay in the queue while nobody takes them."""
_QUEUES = ("aws_sqs_queue", "AWS::SQS::Queue")
_SERVICE_OF_TYPE = {
    "aws_sqs_queue": "sqs", "aws_mq_broker": "mq", "aws_kinesis_stream": "kinesis", "aws_kinesis_stream_consumer": "kinesis",
    "aws_dynamodb_table": "dynamodb", "aws_msk_cluster": "kafka", "aws_msk_serverless_cluster": "kafka", "aws_docdb_cluster": "rds",
    "AWS::SQS::Queue": "sqs", "AWS::AmazonMQ::Broker": "mq", "AWS::Kinesis::Stream": "kinesis", "AWS::Kinesis::StreamConsumer": "kinesis",
    "AWS::DynamoDB::Table": "dynamodb", "AWS::DynamoDB::GlobalTable": "dynamodb", "AWS::MSK::Cluster": "kafka",
    "AWS::MSK::ServerlessCluster": "kafka", "AWS::DocDB::DBCluster": "rds",
}  # fmt: skip


class DeliveryAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells where something goes that was not delivered."""

    target: Annotated[Place, "dead_lettered", "asked"] = ""
    """What names the destination."""
    redrive: Annotated[Place, "dead_lettered", "asked"] = ""
    """A redrive policy: JSON that names it."""
    targets: Annotated[str, "dead_lettered", "asked"] = ""
    """The targets of a rule, each with a destination of its own, and below them `target`."""
    dead_letters: Annotated[Index | None, "asked"] = None
    """Of queues, what dead letters go to (see `dead_letters`)."""
    tags: Annotated[str, "may_keep"] = ""
    """Of a live queue, the call that tells its tags, by which it may have a role."""
    admits: Annotated[Place, "asked"] = ""
    """Of a queue, whose dead letters it takes."""
    protocol: Annotated[Place, "asked"] = ""
    """Of a subscription."""
    confirmed: Annotated[Place, "asked"] = ""
    """Of a subscription, its ARN where it has one."""
    source: Annotated[str | Link, "asked"] = ""
    """Of the consumer of a stream, what it consumes."""
    managed: Annotated[Link | None, "asked"] = None
    """The rule of a target, which AWS may manage for itself."""


def delivery(view: View, at: DeliveryAt) -> Delivery:
    """Whatever names a destination has one."""
    blocks, more = view.inner(at.targets) if at.targets else ([view], None)
    named = [any_of([_named(block, at.target), _redriven(block, at.redrive)]) for block in blocks]
    dead_lettered = all_of([*named, *([view.says(more)] if more else [])])
    return Delivery(
        identity=view.identity(called(view, at.name)),
        asked=dead_lettered if dead_lettered.data is True else _asked(view, at),
        dead_lettered=dead_lettered,
        kept=view.says(True),
        forwarded=view.says(True),
        may_keep=view.says(at.dead_letters is not None),
    )


def inline(view: View, at: DeliveryAt) -> Delivery | None:
    """Subscriptions that a topic lists, which have no dead-letter queue; None for a topic that lists none."""
    blocks, more = view.inner(at.targets)
    asked = any_of([*(_of_programs(block[at.protocol]) for block in blocks), *([view.says(more)] if more else [])])
    if not blocks and not more:
        return None
    told: dict[str, Value[bool]] = {
        "dead_lettered": view.says(False),
        "kept": view.says(True),
        "forwarded": view.says(True),
        "may_keep": view.says(False),
    }
    return Delivery(identity=view.identity(called(view, at.name)), asked=asked, **told)


def _named(view: View, place: Place) -> Value[bool]:
    return view[place].then(lambda data: data not in (None, ""))


def _redriven(view: View, place: Place) -> Value[bool]:
    def names(data: Any) -> bool | Unknown:
        target = _target(data)
        return because(target) if isinstance(target, Unknown) else target not in (None, "")

    redriven = view[place].then(names)
    if redriven.unknown and any(_queues(value.data) for value in _links(view, place)):
        # A plan does not have the text of a policy that names a queue which is not there yet, and has what it refers to.
        return Value(True, redriven.seen)
    return redriven


def _links(view: View, place: Place) -> list[Value[Any]]:
    """What stands at a place, by reference."""
    values: list[Value[Any]] = []
    for part in place if isinstance(place, tuple) else (place,):
        if isinstance(part, str) and part:
            values.append(view.link(part))
        elif isinstance(part, Referrer):
            values += [companion.link(part.path) for companion in view.referrers(part).views]
    return values


def _queues(linked: Any) -> list[Reference]:
    """The queues that a policy refers to."""
    listed = linked if isinstance(linked, list) else [linked]
    return [reference for reference in listed if isinstance(reference, Reference) and reference.type in _QUEUES]


def _target(policy: Any) -> Any:
    """What a redrive policy names; None without one."""
    content = decode(policy) if policy not in (None, "") else None
    if content is None or isinstance(content, dict):
        return (content or {}).get("deadLetterTargetArn")
    return content if isinstance(content, Unknown) else Unknown("the redrive policy is no object", "correct it")


def _asked(view: View, at: DeliveryAt) -> Value[bool]:
    """Whether something is lost without a destination."""
    if at.dead_letters is not None:
        return any_of([view.exists(at.admits), _keeps_others(view, at, at.dead_letters)]).negate()
    if at.confirmed and view[at.confirmed].equals("PendingConfirmation", "Deleted").data is True:
        return view.says(False)
    if at.protocol:
        return _of_programs(view[at.protocol])
    if at.source:
        return _service(view, at.source).then(lambda service: service not in _OF_A_QUEUE)
    rule = view.target(at.managed) if at.managed else None
    return rule["ManagedBy"].is_set().negate() if rule is not None else view.says(True)


def _of_programs(protocol: Value[Any]) -> Value[bool]:
    return protocol.equals(*_CARRY_WORK)


def _service(view: View, source: str | Link) -> Value[Any]:
    """The service of what a function consumes, by its ARN or by what it refers to. A Kafka cluster of one's own is named otherwise."""
    value = view.link(source)

    def service(data: Any) -> Any:
        live = isinstance(data, Reference) and data.address.startswith("arn:")
        reference = data if isinstance(data, Reference) and not live else None
        if reference is not None:
            return _SERVICE_OF_TYPE.get(reference.type) or Unknown(
                f"what {reference} is of", "scan the plan or the live resource", view.location
            )
        fields = spelled(data).split(":") if not isinstance(data, Unknown) else []  # a live reference is an ARN
        if data is None:
            return "kafka"
        told = len(fields) > 2 and "\0" not in fields[2]  # the name of an open value, which may be any
        return fields[2] if told else unknown_inside(data) or Unknown(f"what {data} is", "give its ARN", view.location)

    return value.then(service)


def _keeps_others(view: View, at: DeliveryAt, index: Index) -> Value[bool]:
    """Whether a queue keeps the dead letters of something that is here."""
    known = view.index(index)
    name = called(view, at.name)
    keys = {view.item.address, name.data if isinstance(name.data, str) else view.item.address}
    if any(known.get(key) for key in keys):
        return view.says(True)
    doubts = known.get(None, ())
    return view.says(doubts[0] if doubts else False)


def dead_letters(targets: Mapping[str, tuple[str, ...]], redrives: Mapping[str, str], calls: tuple[str, ...] = ()) -> Index:
    """Queues to what sends its dead letters there, by address or by name. `targets`: types to where they name a destination; `redrives`:
    types to where they have a redrive policy; `calls`: what tells that of live ones.
    """

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        for path in targets.get(item.type, ()):
            yield from _keyed(item, path, lambda node, place: node.link(place).data)
        if item.type in redrives:
            yield from _keyed(item, redrives[item.type], _named_queue)

    return Index(tuple({**targets, **redrives}), records, calls)


def _named_queue(node: Node, path: str) -> Any:
    target = _target(node[path].data)
    queues = _queues(node.link(path).data) if isinstance(target, Unknown) else []
    return queues[0] if len(queues) == 1 else target


def _keyed(item: Item, path: str, read: Callable[[Node, str], Any]) -> Iterator[tuple[Hashable, Any]]:
    outer, _, inner = path.partition("[].")
    nodes: list[Node] = [item]
    if inner:
        nodes, more = item.blocks(outer)
        if more:
            yield None, more
    for node in nodes:
        target = read(node, inner or outer)
        if target is None or target == "":
            continue
        key = target.address if isinstance(target, Reference) else "" if isinstance(target, Unknown) else spelled(target).rpartition(":")[2]
        if "\0" in key:  # the name of an open value, which may be any
            key = ""
        why = unknown_inside(target) or Unknown(f"which queue {item.address} leaves dead letters in", "scan the plan", item.location())
        yield (key, item.address) if key else (None, why)
