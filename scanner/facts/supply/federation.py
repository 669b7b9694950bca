"""Roles of AWS that CI systems assume, whatever the input."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.spelling import Link, Place, Spelling
from assay.scanner.facts.statements import Statement, statements
from assay.scanner.facts.supply.kinds import Federation, Subject
from assay.scanner.facts.supply.subjects import CI_ISSUERS, audience, subjects
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Reference, Text, Unknown, Value, all_of


class RoleAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells which tokens let somebody take on a role."""

    document: Place
    providers: Link | None = None
    """The identity providers that the document may refer to, and where one has its URL. An ARN ends in it."""


def federation(view: View, at: RoleAt) -> Federation | None:
    """The federation that a trust policy sets up; None where it trusts no CI system."""
    document = view[at.document]
    trusting = [
        statement
        for statement in statements(document)
        if isinstance(statement, Statement) and statement.allows is not False and _trusts_ci(view, at, statement)
    ]
    if not trusting:
        return None
    admitted_subjects: list[Any] = [subject for statement in trusting for subject in subjects(statement)]
    if doubt := next((statement.allows for statement in trusting if isinstance(statement.allows, Unknown)), None):
        admitted_subjects = [
            doubt if isinstance(subject, Subject) and subject.scoped.data is False else subject for subject in admitted_subjects
        ]
    return Federation(
        identity=view.identity(view[at.name]),
        audience_pinned=all_of([Value(_pinned(statement), document.seen) for statement in trusting]),
        subjects=Value(admitted_subjects, document.seen),
    )


def _pinned(statement: Statement) -> bool | Unknown:
    pinned = audience(statement)
    return statement.allows if pinned is False and isinstance(statement.allows, Unknown) else pinned


def _trusts_ci(view: View, at: RoleAt, statement: Statement) -> bool:
    federated = [who for kind, who in statement.principals if kind == "Federated"]
    conditions = [] if isinstance(statement.conditions, Unknown) else statement.conditions
    return any(_is_ci(view, at, who, [condition.key for condition in conditions]) for who in federated)


def _is_ci(view: View, at: RoleAt, who: Any, keys: list[str]) -> bool:
    """Whether an identity provider is a CI system: by its URL, its ARN, or the keys of the conditions on its tokens."""
    if at.providers and isinstance(who, Reference):
        provider = view.named(who, at.providers)
        url = provider.item[at.providers.path].data if provider else None
        if isinstance(url, str):
            return any(issuer in url for issuer in CI_ISSUERS)
    name = "".join(part for part in who.parts if isinstance(part, str)) if isinstance(who, Text) else str(who)
    return any(issuer in text for text in (name, *keys) for issuer in CI_ISSUERS)
