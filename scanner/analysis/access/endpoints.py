"""What policies of VPC endpoints leave where a resource takes requests of some endpoints alone (`aws:SourceVpce`).

An endpoint filters what comes through it and nothing else, so that its policy decides nothing where a request may come from elsewhere:
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from assay.scanner.facts.condition_keys import NEGATED
from assay.scanner.facts.model import Identity
from assay.scanner.facts.spelling import Another, Link, Place
from assay.scanner.facts.statements import Statement, allowed_of, statements
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.values import Value, all_of, any_of

from .arns import Arns, reaches_named, spelled
from .decisions import kept, within
from .whose import as_for

_ENDPOINT = "aws:sourcevpce"


class EndpointsAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells the endpoints and their policies. One without a policy lets everything through."""

    listed: Link
    """Their type, with where one tells its id."""
    policies: Place


class Asked(msgspec.Struct, frozen=True):
    """An action on a resource, by each of its ARNs."""

    action: str
    arns: list[str]
    forms: Arns


def let_through(view: View, told: Another | None, denials: Iterable[Statement], who: Identity, asked: Asked) -> Value[bool]:
    """Whether an endpoint lets an identity do something, wherever a denial leaves it to some.

    `told`: of `EndpointsAt`. `denials`: of the policy of the resource.
    """
    if told is None:
        return Value(True)
    at: EndpointsAt = told.spelling
    leaving = [allowed for denial in denials if (allowed := _left_to(denial, who, asked)) is not None]
    return all_of([Value(True), *(any_of([_lets(view, at, endpoint, who, asked) for endpoint in left_to]) for left_to in leaving)])


def _left_to(denial: Statement, who: Identity, asked: Asked) -> list[Any] | None:
    """The endpoints that a denial leaves it to; None where it is for something else, or leaves it to others by another condition too."""
    one = as_for(denial, who)
    if one is None or one.allows is not False or not isinstance(one.conditions, list) or len(one.conditions) != 1:
        return None
    (condition,) = one.conditions
    if condition.key != _ENDPOINT or condition.compares not in NEGATED or ":" in condition.operator:
        return None
    denies = bool(allowed_of(one, [asked.action])[0]) and reaches_named(one, asked.arns) is True
    return condition.values if denies else None


def _lets(view: View, at: EndpointsAt, named: Any, who: Identity, asked: Asked) -> Value[bool]:
    """Whether the policy of an endpoint lets it; one that is not of this input may."""
    item = _endpoint(view, at, named)
    if not isinstance(item, Item):
        return Value(item or True)
    endpoint = View(item, view.items, view.declared)
    documents = [value for value in endpoint.values(at.policies) if not value.absent]
    if not documents:
        return Value(True)
    entries = [_for(entry, who, asked.forms) for document in documents for entry in statements(document)]
    mine = [entry for entry in entries if entry is not None]
    allows = [(entry, within(asked.action, asked.arns, entry)) for entry in mine]
    denials = [entry for entry in mine if isinstance(entry, Statement) and entry.allows is not True]
    left = [
        all_of([value, kept(asked.action, asked.arns, entry, denials)]) if isinstance(entry, Statement) else value
        for entry, value in allows
        if value.data is not False
    ]
    return any_of([*left, Value(False)])


def _for(entry: Statement | Unknown, who: Identity, forms: Arns) -> Statement | Unknown | None:
    return entry if isinstance(entry, Unknown) else as_for(spelled(entry, forms), who)


def _endpoint(view: View, at: EndpointsAt, named: Any) -> Item | Unknown | None:
    """The endpoint that a condition names, by a reference or by its id; an Unknown where it may be one of those that were not listed."""
    if isinstance(named, Reference):
        item = view.items.at(named.address)
        return item if item is not None and item.type in at.listed.types else None
    there = view.items.of(*at.listed.types) if at.listed.path and isinstance(named, str) else []
    listed = [item for item in there if not isinstance(item, Unlisted)]
    endpoint = next((item for item in listed if item[at.listed.path].data == named), None)
    return endpoint or next((item.why for item in there if isinstance(item, Unlisted)), None)
