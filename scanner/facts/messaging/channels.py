"""SQS queues, SNS topics, EventBridge buses and Kinesis streams: who may use them.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-creating-custom-policies.html,
https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html,
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html,
https://docs.aws.amazon.com/streams/latest/dev/resource-based-policy-examples.html
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts import policies
from assay.scanner.facts.messaging.kinds import ChannelGrant, MessageChannel
from assay.scanner.facts.messaging.parties import aws_parties, called
from assay.scanner.facts.policies import Given
from assay.scanner.facts.spelling import Companion, Link, Place, Spelling
from assay.scanner.facts.statements import Statement, allowed_of, names_whole_account
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Text, Unknown, describe
from assay.scanner.sources.values import Value, any_of

# What puts messages into a channel, and what takes them out or has them sent on:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html and the pages of the other services
SENDS = ("sqs:sendmessage", "sns:publish", "events:putevents", "kinesis:putrecord", "kinesis:putrecords")
RECEIVES = (
    "sqs:receivemessage", "sqs:deletemessage", "sqs:purgequeue", "sqs:startmessagemovetask", "sns:subscribe", "events:putrule",
    "events:puttargets", "kinesis:getrecords", "kinesis:getsharditerator", "kinesis:subscribetoshard",
)  # fmt: skip
CHANGES = (
    "sqs:addpermission", "sqs:removepermission", "sqs:setqueueattributes", "sqs:deletequeue", "sns:addpermission", "sns:removepermission",
    "sns:settopicattributes", "sns:deletetopic", "events:putpermission", "events:removepermission", "events:updateeventbus",
    "events:deleteeventbus", "kinesis:putresourcepolicy", "kinesis:deleteresourcepolicy", "kinesis:deletestream",
    "kinesis:stopstreamencryption",
)  # fmt: skip
_EVERYTHING = lazy_re.pattern(r"(?:\*|(?:sqs|sns|events|kinesis):\*+)")
_OWNERS, _EQUAL = ("aws:sourceowner", "aws:principalaccount"), ("stringequals", "stringlike")


class ChannelAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may use a channel of AWS."""

    identities: Annotated[Link, "grants"]
    """The types of those whom a policy may name."""
    policy: Annotated[Place, "grants"] = ""
    unset: Annotated[str, "grants"] = ""
    """The policy of a channel that has none, of an input that says so by a text."""
    given: str = ""
    """What a channel is called that AWS gives to every account."""
    policies: Annotated[Place, "grants"] = ()
    """Policies that are resources of their own."""
    parted: Annotated[Place, "grants"] = ()
    """Where parts of it may have policies of their own: the registered consumers of a stream."""
    statements: Annotated[tuple[Companion, ...], "grants"] = ()
    """Resources that are one statement each."""
    statement: Annotated[str, "grants"] = ""
    """Where such a one has the statement as a whole."""
    parts: Annotated[tuple[str, ...], "grants"] = ()
    """Where it has the principal, the action, and the operator, the key and the value of its condition."""


def channel(view: View, at: ChannelAt) -> MessageChannel | None:
    """Without a policy the owner's identities alone use it, and whoever the services of AWS act for in the account.

    None for the event bus that every account has, while nobody gave it a policy.
    """
    if at.given and view[at.name].data == at.given and view[at.policy].absent:
        return None
    own = [_or_none(document, at) for document in (view[at.policy], *view.values(at.parted))]
    documents = [*(policies.required(document) for document in view.values(at.policies)), *own, *_single(view, at)]
    grants = [_grant(view, at, given) for document in documents for given in policies.aws_given(document, view.account)]
    seen = [place for document in documents for place in document.seen]
    return MessageChannel(identity=view.identity(called(view, at.name)), grants=Value(grants, tuple(dict.fromkeys(seen))))


def _or_none(document: Value[Any], at: ChannelAt) -> Value[Any]:
    return document.then(lambda text: None if text in ("", at.unset) else text) if at.unset else document


def _single(view: View, at: ChannelAt) -> list[Value[Any]]:
    """The documents of companions that are one statement each, and an Unknown where there may be more of them."""
    companions = view.referrers(*at.statements)
    documents = [_document(companion, at) for companion in companions.views]
    return [*documents, *([view.says(companions.more)] if companions.more else [])]


def _document(companion: View, at: ChannelAt) -> Value[Any]:
    if companion.doubt is not None:
        return companion.says(companion.doubt)
    whole = companion[at.statement]
    if not whole.absent:
        return whole.then(lambda statement: {"Statement": [statement]})
    principal, action, operator, key, text = (companion[place] for place in at.parts)
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": "*" if principal.data == "*" else {"AWS": principal.raw},
        # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html
        "Action": action.default("events:PutEvents").raw,
    }
    if not operator.absent:
        statement["Condition"] = {operator.data: {key.data: text.raw}} if _texts(operator, key) else operator.unknown or key.unknown
    return companion.says({"Statement": [statement]})


def _texts(*values: Value[Any]) -> bool:
    return all(isinstance(value.data, str) for value in values)


def _grant(view: View, at: ChannelAt, given: Given | Unknown) -> ChannelGrant | Unknown:
    if isinstance(given, Unknown):
        return given
    statement, grant = given.statement, given.grant
    return ChannelGrant(
        principal=grant.principal,
        actions=grant.actions,
        public=grant.public,
        foreign=grant.foreign,
        exposed=grant.exposed,
        identity=aws_parties(view, at.identities, given.kind, given.who, statement),
        everything=_everything(statement),
        sends=allows(statement, SENDS),
        receives=allows(statement, RECEIVES),
        changes=allows(statement, CHANGES),
        own_account=_own_account(view, given),
    )


def _everything(statement: Statement) -> Value[bool]:
    if statement.not_action:
        return Value(True, statement.seen)
    return any_of([_matches(action, lambda text: bool(_EVERYTHING.fullmatch(text)), statement) for action in statement.actions])


def allows(statement: Statement, wanted: Collection[str]) -> Value[bool]:
    """Whether a statement allows one of some actions, which are in lower case."""
    listed, unknown = allowed_of(statement, wanted)
    known = bool(listed) and not (statement.not_action and unknown)
    return Value(True if known else unknown or False, statement.seen)


def _matches(action: Any, holds: Callable[[str], bool], statement: Statement) -> Value[bool]:
    if isinstance(action, str):
        return Value(holds(action.lower()), statement.seen)
    why = action if isinstance(action, Unknown) else action.unknown if isinstance(action, Text) else None
    return Value(why or Unknown(f"which action {describe(action)} is", "scan the plan or the live resource"), statement.seen)


def _own_account(view: View, given: Given) -> Value[bool]:
    """The account as a whole, or everyone of it: as the policy says that a new topic has, or by the account of whoever asks.

    https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalaccount
    """
    statement = given.statement
    if statement.not_principal:
        return Value(False, statement.seen)
    if given.kind == "AWS" and names_whole_account(given.who):
        return given.grant.foreign.negate()
    if given.kind != "*" or isinstance(statement.conditions, Unknown):
        return Value(False, statement.seen)
    own = [condition for condition in statement.conditions if condition.key in _OWNERS and condition.operator.lower() in _EQUAL]
    foreign = [policies.of_other_account("AWS", value, view.account, statement) for condition in own for value in condition.values]
    return any_of(foreign).negate() if foreign else Value(False, statement.seen)
