"""What channels are called, and whom their policies and bindings speak of, so that the configuration can give these roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.scanner.facts.google_assets import named
from assay.scanner.facts.iam.accounts import account_named, declared_accounts, known_member
from assay.scanner.facts.messaging.kinds import Parties
from assay.scanner.facts.model import Identity, cloud_of, identity
from assay.scanner.facts.spelling import Link, Place
from assay.scanner.facts.statements import Condition, Statement
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown, describe, own_name, unknown_inside
from assay.scanner.sources.values import Value

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcearn
_SOURCES = ("aws:sourcearn", "aws:principalarn")
_POSITIVE = ("stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike")


def called(view: View, place: Place) -> Value[Any]:
    """The name at a place; of an input without one the last part of its address: `exits` of `arn:aws:sqs:us-east-1:123456789012:exits`."""
    if place:
        return view.called(place)
    return view.says(view.item.address.rpartition(":")[2]) if view.item.address.startswith("arn:") else named(view.item)


def aws_parties(view: View, link: Link, kind: str, who: Any, statement: Statement) -> Parties:
    """Those of one principal of a statement. A service, or everyone, acts for what `aws:SourceArn` says."""
    everyone = kind == "*" or statement.not_principal
    sources = [_known(view, link, source) for condition in _conditions(statement) for source in condition.values]
    if everyone:
        return Parties(None, tuple(sources))
    service = kind == "Service" and isinstance(who, str)
    return Parties(_called(view, who, who, "", labels=False) if service else _known(view, link, who), tuple(sources))


def subject(view: View, text: str) -> Parties:
    """Somebody whom an identity provider vouches for, who has no tags: `repo:example/trade:environment:prod`."""
    return Parties(_called(view, text, text, "", labels=False))


def _conditions(statement: Statement) -> Iterator[Condition]:
    """Those that say what a request comes from. Conditions are all to hold, so that the first is enough to say what it is not."""
    for condition in statement.conditions if isinstance(statement.conditions, list) else ():
        if condition.key in _SOURCES and condition.operator.lower().rpartition(":")[2] in _POSITIVE:
            yield condition
            return


def _known(view: View, link: Link, who: Any) -> Identity | Unknown:
    reference = who if isinstance(who, Reference) else _leading(who)
    item = view.named(reference or who, link) if reference is not None or isinstance(who, str) else None
    if item is not None:
        return identity(item.item, item.called("name|RoleName|UserName"))  # an answer has no `name`
    if reference is not None:
        return _called(view, reference.address, own_name(reference.address), reference.type)
    if isinstance(who, str):
        return _called(view, who, who.rpartition("/")[2] if who.startswith("arn:") else who, "")
    return unknown_inside(who) or Unknown(f"who {describe(who)} is", "scan the plan or the live resource", view.location)


def _leading(who: Any) -> Reference | None:
    """What a text begins with: `${aws_iam_role.order.arn}`, `${aws_s3_bucket.orders.arn}/*`."""
    return who.parts[0] if isinstance(who, Text) and isinstance(who.parts[0], Reference) else None


def google_parties(view: View, member: Any) -> Parties:
    """The member of a binding. Service accounts have no labels: they are known by their addresses."""
    parts = member.parts if isinstance(member, Text) else (member,)
    reference = next((part for part in parts if isinstance(part, Reference)), None)
    open_ = unknown_inside(member)
    if not isinstance(member, (str, Text, Reference)):
        return Parties(open_ or Unknown(f"who {describe(member)} is", "scan the plan or the live project", view.location))
    text = str(member)  # with `${…}` for what is not known
    if reference is not None:
        who = _called(view, reference.address, own_name(reference.address), reference.type, labels=False)
        who.id = known_member(view, reference.address) or text
        return Parties(who, open=open_)
    who = _called(view, text, text.partition(":")[2] or text, "", labels=False)
    perhaps = []
    for item, doubt in declared_accounts(view, account_named(member)):
        if doubt is None:
            who.address, who.type = item.address, item.type
            return Parties(who)
        perhaps.append((_called(view, item.address, item.label, item.type, labels=False), doubt))
    return Parties(who, open=open_, perhaps=tuple(perhaps))


def _called(view: View, address: str, name: str, type_: str, *, labels: bool = True) -> Identity:
    """Somebody of whom no more is known than what a policy calls it."""
    reason = f"the tags of {address} are not here"
    return Identity(
        id=address,
        name=name,
        cloud=cloud_of(view.item.type),
        account=None,
        region=None,
        address=address,
        root="",
        blocks=[],
        type=type_,
        tags_open=Unknown(reason, "name it by `resource` under roles in assay.yaml", view.location) if labels else None,
    )
