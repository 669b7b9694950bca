"""Roles of AWS that CI systems assume, whatever the input."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.spelling import Link, Place, Spelling
from assay.scanner.facts.statements import Statement, statements
from assay.scanner.facts.supply.kinds import Federation, TokenSubject
from assay.scanner.facts.supply.subjects import audience, subjects
from assay.scanner.facts.supply.web_identity import allowing, providers
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of


class FederatedRoleAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells which tokens let somebody take on a role."""

    document: Place
    providers: Link | None = None
    """The identity providers that the document may refer to, and where one has its URL. An ARN ends in it."""


def federation(view: View, at: FederatedRoleAt) -> Federation | None:
    """The federation that a trust policy sets up; None where it trusts no CI system."""
    document = view[at.document]
    trusting = [
        statement
        for statement in allowing(statements(document))
        if any(provider.is_ci for provider in providers(view, at.providers, statement))
    ]
    if not trusting:
        return None
    return Federation(
        identity=view.identity(view[at.name]),
        audience_pinned=all_of([Value(_pinned(statement), document.seen) for statement in trusting]),
        subjects=Value([subject for statement in trusting for subject in _admitted(statement)], document.seen),
    )


def _pinned(statement: Statement) -> bool | Unknown:
    pinned = audience(statement)
    return statement.allows if pinned is False and isinstance(statement.allows, Unknown) else pinned


def _admitted(statement: Statement) -> list[Any]:
    """The subjects of a statement; one that is too wide does no harm where the statement denies."""
    admitted = subjects(statement)
    if not isinstance(statement.allows, Unknown):
        return admitted
    doubt = statement.allows
    return [doubt if isinstance(subject, TokenSubject) and subject.scoped.data is False else subject for subject in admitted]
