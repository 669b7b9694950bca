"""Roles of AWS that CI systems assume, however an input writes them."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity
from assay.scanner.facts.policies import Statement, statements
from assay.scanner.facts.supply.kinds import Federation, Subject
from assay.scanner.facts.supply.subjects import CI_ISSUERS, audience, subjects
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Reference, Text, Unknown, Value, all_of, first_known

_URLS = ("url", "Url")
"""Where an identity provider has its URL."""


def federation(item: Item, document: Value[Any], stack: Stack, name: Value[Any]) -> Federation | None:
    """The federation that a trust policy sets up; None where it trusts no CI system."""
    trusting = [
        each for each in statements(document) if isinstance(each, Statement) and each.allows is not False and _trusts_ci(each, stack)
    ]
    if not trusting:
        return None
    found: list[Any] = [subject for each in trusting for subject in subjects(each)]
    if doubt := next((each.allows for each in trusting if isinstance(each.allows, Unknown)), None):
        found = [doubt if isinstance(each, Subject) and each.scoped.data is False else each for each in found]
    return Federation(
        identity=identity(item, name=name),
        audience_pinned=all_of([Value(_pinned(each), document.seen) for each in trusting]),
        subjects=Value(found, document.seen),
    )


def _pinned(statement: Statement) -> bool | Unknown:
    pinned = audience(statement)
    return statement.allows if pinned is False and isinstance(statement.allows, Unknown) else pinned


def _trusts_ci(statement: Statement, stack: Stack) -> bool:
    return any(_is_ci(who, statement, stack) for kind, who in statement.principals if kind == "Federated")


def _is_ci(who: Any, statement: Statement, stack: Stack) -> bool:
    if isinstance(who, Reference):
        provider = stack.at(who.address)
        url = first_known(*[provider[name] for name in _URLS]).data if provider else None
        if isinstance(url, str):
            return any(issuer in url for issuer in CI_ISSUERS)
    text = "".join(part for part in who.parts if isinstance(part, str)) if isinstance(who, Text) else str(who)
    if any(issuer in text for issuer in CI_ISSUERS):
        return True
    conditions = [] if isinstance(statement.conditions, Unknown) else statement.conditions
    return any(issuer in condition.key for condition in conditions for issuer in CI_ISSUERS)
