"""Which requests without TLS a policy refuses.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html (enforce encryption of data in transit),
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html,
https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html#enforce-encryption-data-in-transit
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from typing import Annotated, Any, NamedTuple

from assay.scanner.facts import policies
from assay.scanner.facts.spelling import Contribution, Place, Spelling
from assay.scanner.facts.statements import Condition, Statement, statements
from assay.scanner.facts.storage.transport.kinds import TransportPolicy
from assay.scanner.facts.storage.transport.patterns import Own, apart, matched
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of, places


class Service(NamedTuple):
    """What a policy of a service has to refuse."""

    name: str
    parts: tuple[tuple[str, str], ...]
    """What of the resource requests are for: the end of its ARN, and what it is called."""
    actions: tuple[tuple[str, ...], ...]
    """Actions that are all there are: one pattern, or a list of them."""
    arns: frozenset[str] = frozenset({"arn", "Arn"})
    """Attributes that are the ARN, in Terraform and CloudFormation."""
    names: frozenset[str] = frozenset()


# Each list: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html, as far as it is of buckets and objects
_VERBS = (
    "s3:abort*", "s3:bypass*", "s3:create*", "s3:delete*", "s3:get*", "s3:initiate*", "s3:list*", "s3:object*", "s3:pause*", "s3:put*",
    "s3:replicate*", "s3:restore*", "s3:update*",
)  # fmt: skip
_OF_QUEUES = tuple(
    f"sqs:{action.lower()}"
    for action in (
        "AddPermission", "CancelMessageMoveTask", "ChangeMessageVisibility", "CreateQueue", "DeleteMessage", "DeleteQueue",
        "GetQueueAttributes", "GetQueueUrl", "ListDeadLetterSourceQueues", "ListMessageMoveTasks", "ListQueueTags", "PurgeQueue",
        "ReceiveMessage", "RemovePermission", "SendMessage", "SetQueueAttributes", "StartMessageMoveTask", "TagQueue", "UntagQueue",
    )
)  # fmt: skip
S3 = Service("s3", (("", "the bucket itself"), ("/*", "its objects")), (("s3:*",), _VERBS), names=frozenset({"bucket", "id", ""}))
SQS = Service("sqs", (("", "the queue"),), (("sqs:*",), _OF_QUEUES), names=frozenset({"name", "QueueName"}))
# The policy of a topic takes no `sns:*`, and publishing is what carries messages to it; how they are delivered the subscription says.
# https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
SNS = Service("sns", (("", "the topic"),), (("sns:publish",),), frozenset({"arn", "id", "TopicArn", ""}), frozenset({"name", "TopicName"}))


class TransportAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the policy of a resource."""

    policy: Annotated[Place, "denied", "gap"] = ""
    policies: Annotated[Place, "denied", "gap"] = ()
    """Policies that are resources of their own."""
    above: Annotated[Contribution | None, "denied", "gap"] = None
    """The resource control policies of the organisation, where the input may have them."""


def bucket(view: View, at: TransportAt) -> TransportPolicy:
    """S3 answers HTTP too: https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"""
    return _policy(view, at, S3)


def queue(view: View, at: TransportAt) -> TransportPolicy:
    """SQS answers HTTP too: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html"""
    return _policy(view, at, SQS)


def topic(view: View, at: TransportAt) -> TransportPolicy:
    """SNS answers HTTP too: https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html"""
    return _policy(view, at, SNS)


def _policy(view: View, at: TransportAt, service: Service) -> TransportPolicy:
    # A policy of its own is the policy of the resource, so that of what is declared elsewhere all is known.
    own_policy = [] if view.elsewhere else [view[at.policy]]
    documents = [*own_policy, *(policies.required(document) for document in view.values(at.policies))]
    written = [statement for document in documents for statement in statements(document)]
    name = view.called(at.name).then(_last)
    own = Own(view, service.name, name, service.arns, service.names)
    by_part = [any_of([*(_denies(statement, service, own, suffix) for statement in written)]) for suffix, _ in service.parts]
    seen = places([value for value in documents if value.seen]) or (view.location,)
    denied = _or_above(view, at, service, all_of([Value(part.data, part.seen or seen) for part in by_part]))
    return TransportPolicy(identity=view.identity(name), denied=denied, gap=Value(_gap(service, by_part), denied.seen))


def _last(name: Any) -> Any:
    """The name in the URL of a queue, and in the ARN of a topic."""
    return re.split("[:/]", name)[-1] if isinstance(name, str) else name


def _gap(service: Service, by_part: list[Value[bool]]) -> str:
    open_ = [what for (_, what), part in zip(service.parts, by_part, strict=True) if part.data is False]
    return " and ".join(open_) or "some of it"


def _denies(statement: Statement | Unknown, service: Service, own: Own, suffix: str) -> Value[bool]:
    """Whether a statement refuses every request without TLS that is for a part of the resource."""
    if isinstance(statement, Unknown):
        return Value(statement)
    refuses = statement.allows if isinstance(statement.allows, Unknown) else not statement.allows
    everyone = any(kind == "*" or (kind == "AWS" and who == "*") for kind, who in statement.principals) and not statement.not_principal
    open_principal = next((why for _, who in statement.principals if (why := unknown_inside(who))), None)
    needs: list[Any] = [
        refuses,
        everyone or (open_principal if open_principal and not statement.not_principal else False),
        without_tls(statement),
        _of_part(statement, own, suffix),
        _of_all_actions(statement, service, own),
    ]
    return Value(all_of([Value(need) for need in needs]).data, statement.seen)


def _of_part(statement: Statement, own: Own, suffix: str) -> Any:
    if statement.not_resource:
        return all_of([Value(own.spared(raw, suffix)) for raw in statement.resources]).data
    return any_of([Value(own.reached(raw, suffix)) for raw in statement.resources]).data


def _of_all_actions(statement: Statement, service: Service, own: Own) -> Any:
    return any_of([all_of([Value(_of_action(statement, action, own)) for action in actions]) for actions in service.actions]).data


def _of_action(statement: Statement, wanted: str, own: Own) -> Any:
    patterns = [(own.text(raw).lower(), raw) for raw in statement.actions]
    if statement.not_action:
        return all_of([Value(apart(pattern, wanted, raw)) for pattern, raw in patterns]).data
    return any_of([Value(matched(pattern, wanted, raw)) for pattern, raw in patterns]).data


def without_tls(statement: Statement) -> bool | Unknown:
    """Whether the conditions of a statement hold for every request without TLS."""
    if isinstance(statement.conditions, Unknown):
        return statement.conditions
    tests = [_holds(condition) for condition in statement.conditions]
    return all_of([Value(test) for test in tests]).data if tests else False


_NO_VERSION = Unknown(
    "whether a request without TLS has an s3:TlsVersion: a condition that needs one may not hold for it",
    "deny aws:SecureTransport false too, or write NumericLessThanIfExists",
)


def _holds(condition: Condition) -> bool | Unknown:
    operator = condition.operator.lower().rpartition(":")[2]
    if condition.key == "aws:securetransport":
        return _says_false(condition) if operator in ("bool", "boolifexists") else False
    if condition.key == "aws:principalisawsservice":
        # The services of AWS use TLS by themselves, and nobody else can be one of them.
        return _says_false(condition) if operator in ("bool", "boolifexists") else False
    if condition.key == "s3:tlsversion" and operator in ("numericlessthan", "numericlessthanifexists"):
        versions: list[Any] = [Value.of(value).number().data for value in condition.values]  # any of several suffices
        if why := next((version for version in versions if isinstance(version, Unknown)), None):
            return why
        if max((version for version in versions if version is not None), default=0) < 1.2:
            return False
        return operator.endswith("ifexists") or _NO_VERSION
    return False


def _says_false(condition: Condition) -> bool | Unknown:
    """Any of several values suffices."""
    return any_of([Value.of(value).text().equals("false") for value in condition.values] or [Value(False)]).data  # type: ignore[no-any-return]


# What the organisation refuses. https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html

_ABOVE_SUPPORT = (S3, SQS)
_OF_RESOURCES = "RESOURCE_CONTROL_POLICY"


def control_policies(type_: str, kind: str, content: str) -> Contribution:
    """Service to the resource control policies of the input that refuse requests without TLS for everything of it."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        if item[kind].equals(_OF_RESOURCES).data is not False:
            for service in _ABOVE_SUPPORT:
                if any(_refuses_all(statement, service) for statement in statements(item[content])):
                    yield service.name, item.address

    return Contribution(types=(type_,), records=records, name=f"{type_}.without-tls")


def _refuses_all(statement: Statement | Unknown, service: Service) -> bool:
    if isinstance(statement, Unknown) or statement.allows is not False or statement.not_resource or statement.not_action:
        return False
    wide = any(isinstance(action, str) and matched(action.lower(), f"{service.name}:*", action) is True for action in statement.actions)
    return wide and "*" in statement.resources and without_tls(statement) is True


def _or_above(view: View, at: TransportAt, service: Service, denied: Value[bool]) -> Value[bool]:
    """Where a resource control policy of the input refuses it, it is not told whether that is for the account of the resource."""
    if at.above is None or denied.data is not False:
        return denied
    above = next(iter(view.index(at.above).get(service.name, ())), None)
    if above is None:
        return denied
    reason = f"whether {above}, a resource control policy that refuses requests without TLS, counts for the account of this resource"
    return Value(Unknown(reason, "deny them in its own policy too, or waive the finding by naming that policy"), denied.seen)
